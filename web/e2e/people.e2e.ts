/** Myself and the configuration's history: profile, codes, rules, tokens, sessions, changes. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { launch } from "./browser.ts";
import { type Demo, startDemo, TOKEN } from "./demo.ts";
import { ask, axe, misfits, open, show, signIn, until } from "./session.ts";

interface Named {
  id: string;
  name: string;
  version: number;
}

let demo: Demo;
let browser: Browser;
let service: Named;

beforeAll(async () => {
  [demo, browser] = await Promise.all([startDemo(), launch()]);
  const { items } = await ask<{ items: Named[] }>(demo, "GET", "/api/v1/services");
  const found = items.find((one) => one.name === "checkout");
  if (found === undefined) {
    throw new Error("the demo has no checkout");
  }
  service = found;
});

afterAll(async () => {
  await browser.close();
  await demo.stop();
});

/** The newest code that went out in the demo. */
function lastCode(): Promise<string> {
  return until("a code", async () => {
    const { items } = await ask<{ items: { subject: string; body: string }[] }>(demo, "GET", "/api/v1/outbox");
    return items.map((one) => /\b\d{6}\b/u.exec(`${one.subject}\n${one.body}`)?.[0]).findLast((code) => code !== undefined);
  });
}

describe("my profile", () => {
  it("adds a way, proves it by a code, uses it in a rule, and lets it go", async () => {
    const { page, complaints } = await open(browser, "desktop");
    await signIn(page, demo);
    await show(page, demo, "/me");
    await page.getByRole("button", { name: "Add a way" }).click();
    const dialog = page.getByRole("dialog", { name: "Add a way" });
    await dialog.getByLabel("Over what").selectOption({ label: "E-mail" });
    await dialog.getByLabel("What you call it").fill("Mail at home");
    await dialog.getByLabel("The e-mail address").fill("nobody");
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.getByText("Give one e-mail address").waitFor();
    expect(await axe(page)).toEqual([]);
    await dialog.getByLabel("The e-mail address").fill("home@example.com");
    await dialog.getByRole("button", { name: "Save" }).click();
    const row = page.getByRole("listitem").filter({ hasText: "home@example.com" }).first();
    await row.getByText("Not proven yet.").waitFor();

    await row.getByRole("button", { name: "Prove it" }).click();
    await row.getByRole("button", { name: "Send a code" }).click();
    const code = await lastCode();
    await row.getByLabel("Code of six digits").fill(code === "000000" ? "000001" : "000000");
    await row.getByRole("button", { name: "Confirm" }).click();
    await row.getByText("You can try 4 more times.").waitFor();
    expect(await axe(page)).toEqual([]);
    await row.getByLabel("Code of six digits").fill(code);
    await row.getByRole("button", { name: "Confirm" }).click();
    await row.getByText("Proven").waitFor();
    await row.getByRole("button", { name: "Send a test over Mail at home" }).click();
    await row.getByText("Sent.").waitFor();

    await page.getByRole("button", { name: "Edit the rules for Low urgency" }).click();
    const form = page.getByRole("form", { name: "Low urgency" });
    await form.getByRole("button", { name: "Add a rule" }).click();
    await form.getByLabel("Over").last().selectOption({ label: "Mail at home" });
    await form.getByLabel("After").last().fill("soon");
    await form.getByText("Give a number of minutes").waitFor();
    await form.getByLabel("After").last().fill("90");
    await form.getByRole("button", { name: "Save" }).click();
    await page.getByRole("list", { name: "Low urgency" }).getByText("After 1 h 30 min").waitFor();

    await row.getByRole("button", { name: "Delete Mail at home" }).click();
    const sure = page.getByRole("dialog", { name: "Delete Mail at home?" });
    await sure.getByText("1 rule of yours").waitFor();
    await sure.getByRole("textbox").fill("Mail at home");
    await sure.getByRole("button", { name: "Delete" }).click();
    await row.waitFor({ state: "detached" });
    expect(complaints.filter((one) => !one.includes("422"))).toEqual([]);
    await page.context().close();
  });

  it("makes a token that works and ends, and ends other sessions", async () => {
    const other = await open(browser, "phone", "dark", { userAgent: "Mozilla/5.0 (iPhone) Safari/604.1" });
    await other.page.goto(`${demo.url}/sign-in`);
    await other.page.getByLabel("E-mail").fill(demo.email);
    await other.page.getByLabel("Password", { exact: true }).fill(demo.password);
    await other.page.getByRole("button", { name: "Sign in" }).click();
    await other.page.getByRole("heading", { level: 1 }).waitFor();

    const { page } = await open(browser, "desktop");
    await signIn(page, demo);
    await show(page, demo, "/me");
    await page.getByRole("button", { name: "New token" }).click();
    const dialog = page.getByRole("dialog", { name: "New token" });
    await dialog.getByLabel("Name").fill("robot");
    await dialog.getByRole("button", { name: "Make the token" }).click();
    const secret = await dialog.getByLabel("Token", { exact: true }).inputValue();
    const call = () => fetch(`${demo.url}/api/v1/me`, { headers: { authorization: `Bearer ${secret}` } });
    expect((await call()).status).toBe(200);
    await dialog.getByRole("button", { name: "Close" }).last().click();
    await page.getByRole("button", { name: "Revoke robot" }).click();
    const sure = page.getByRole("dialog", { name: "Delete robot?" });
    await sure.getByRole("textbox").fill("robot");
    await sure.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("button", { name: "Revoke robot" }).waitFor({ state: "detached" });
    expect((await call()).status).toBe(401);

    await page.getByText("Safari on iOS").waitFor();
    await page.getByRole("button", { name: /^End (?:the other one|all \d+ others)$/u }).click();
    await page.getByText("Safari on iOS").waitFor({ state: "detached" });
    expect((await other.page.request.get(`${demo.url}/api/v1/me`)).status()).toBe(401);
    await other.page.context().close();
    await page.context().close();
  });

  it("rings again, is quiet at night and pauses, all of which stays", async () => {
    const { page, complaints } = await open(browser, "phone");
    const fits = async () => {
      expect([...(await axe(page)), ...(await misfits(page))]).toEqual([]);
    };
    await signIn(page, demo);
    await show(page, demo, "/me");
    const edit = page.getByRole("button", { name: "Edit the rules for Low urgency" });
    const form = page.getByRole("form", { name: "Low urgency" });
    await edit.click();
    await form.getByLabel("Then again every").fill("0,5");
    await form.getByText("Give 1 to 1440 minutes").waitFor();
    await form.getByLabel("Then again every").fill("90");
    await form.getByRole("switch", { name: "Quiet hours" }).check();
    await form.getByRole("button", { name: "Sun" }).click();
    await form.getByLabel("From").fill("21:30");
    await fits();
    await form.getByRole("button", { name: "Save" }).click();
    await form.waitFor({ state: "detached" });
    await page.reload();
    await page.getByText(/^Quiet hours Mon to Sat, 21:30 to 07:00/u).waitFor();
    await edit.click();
    expect(await form.getByLabel("Then again every").inputValue()).toBe("90");
    await form.getByRole("button", { name: "Cancel" }).click();

    await page.getByRole("button", { name: "Pause..." }).click();
    await page.getByText("your shifts stay yours").waitFor();
    await page.getByRole("radio", { name: /^Another time/u }).check();
    await page.getByLabel("Date and time").fill("2020-01-01T09:00");
    await page.getByText("This is over already").waitFor();
    await fits();
    await page.getByRole("radio", { name: /^In 3 days/u }).check();
    await page.getByRole("button", { name: "Pause", exact: true }).click();
    await page.getByText("Nobody pages you.").waitFor();
    await show(page, demo, "/on-call");
    await page.getByText("Nobody pages you.").waitFor();
    await page.getByRole("button", { name: "End the pause" }).click();
    await page.getByText("Nobody pages you.").waitFor({ state: "detached" });
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it("pauses somebody else, who is passed over, and gives a step a condition", async () => {
    const { page, complaints } = await open(browser, "desktop");
    await signIn(page, demo);
    await show(page, demo, "/on-call");
    const onCall = await page.getByRole("table", { name: "On call now" }).getByRole("cell").nth(1).innerText();
    const name = onCall.split("\n").at(-1)?.trim() ?? "";
    await show(page, demo, "/people");
    await page.getByRole("button", { name: `Pause ${name}` }).click();
    const dialog = page.getByRole("dialog", { name: `Pause ${name}` });
    await dialog.getByRole("radio", { name: /^In 3 days/u }).check();
    await dialog.getByRole("button", { name: "Pause", exact: true }).click();
    await dialog.getByText("Payments on call").first().waitFor();
    expect(await axe(page)).toEqual([]);
    await dialog.getByRole("link", { name: "Add an override" }).first().click();
    await page.getByRole("heading", { level: 1, name: "Payments on call" }).waitFor();

    const { items } = await ask<{ items: Named[] }>(demo, "GET", "/api/v1/escalation-policies");
    const policy = items.find((one) => one.name === "Payments")?.id ?? "";
    await show(page, demo, `/policies/${policy}`);
    await page.getByText(`${name} is passed over:`).waitFor();
    await page.getByRole("button", { name: "Edit" }).click();
    await page.getByText("Conditions of step 2").click();
    const step = page.getByRole("listitem", { name: "Step 2" });
    await step.getByRole("combobox", { name: "For urgency" }).click();
    await page.getByRole("option", { name: "Only low" }).click();
    await step.getByRole("combobox", { name: "When" }).click();
    await page.getByRole("option", { name: "Only within hours" }).click();
    await step.getByLabel("Everybody it pages has to acknowledge").check();
    await page.getByRole("combobox", { name: "When nobody acknowledged to the end, tell" }).click();
    await page.getByRole("option", { name: "All admins" }).click();
    await page.getByRole("switch", { name: "Low urgency waits for hours" }).check();
    // What lies half under the bar at the top is no small target.
    await page.evaluate(() => {
      scrollTo(0, 0);
    });
    expect([...(await axe(page)), ...(await misfits(page))]).toEqual([]);
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Only low urgency").waitFor();
    await page.reload();
    await page.getByText(/^Low urgency waits for Mon to Fri, 09:00 to 17:00/u).waitFor();
    for (const text of ["Only low urgency", /^Only Mon to Fri, 09:00/u, "Everybody has to acknowledge", /ladder has ended/u]) {
      await page.getByText(text).waitFor();
    }
    await show(page, demo, "/people");
    await page.getByRole("button", { name: `End the pause of ${name}` }).click();
    await page.getByRole("button", { name: `Pause ${name}` }).waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it("shows both versions where two edit it", async () => {
    const { page } = await open(browser, "desktop");
    await signIn(page, demo);
    await show(page, demo, "/me");
    await page.getByRole("region", { name: "About you" }).getByRole("button", { name: "Edit" }).click();
    const { user } = await ask<{ user: Named & { methods: Named[] } }>(demo, "GET", "/api/v1/me");
    const mine = await ask<{ items: (Named & { email: string; zone: string })[] }>(demo, "GET", "/api/v1/users");
    const me = mine.items.find((one) => one.email === demo.email) ?? { ...user, email: "", zone: "" };
    const response = await fetch(`${demo.url}/api/v1/users/${me.id}`, {
      method: "PUT",
      headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json", "if-match": `"v${me.version}"` },
      body: JSON.stringify({ ...me, id: undefined, version: undefined, paused_until: undefined, zone: "Europe/Warsaw" }),
    });
    expect(response.status).toBe(200);
    await page.getByLabel("Name", { exact: true }).fill("Another Name");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("alert").getByText("while you edited").waitFor();
    await page.getByRole("button", { name: "Keep mine" }).click();
    await page.getByRole("heading", { level: 1, name: "Another Name" }).waitFor();
    await page.context().close();
  });
});

describe("the history", () => {
  it("tells who changed what, and brings an earlier version back", async () => {
    const { name, id } = service;
    const now = await ask<Named & { team: string; policy: string; urgency: string }>(demo, "GET", `/api/v1/services/${id}`);
    const put = await fetch(`${demo.url}/api/v1/services/${id}`, {
      method: "PUT",
      headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json", "if-match": `"v${now.version}"` },
      body: JSON.stringify({ name: "till", team: now.team, urgency: "low", policy: now.policy }),
    });
    expect(put.status).toBe(200);
    const { page, complaints } = await open(browser, "desktop");
    await signIn(page, demo);
    await show(page, demo, "/changes?kind=service");
    const entry = page.getByRole("listitem").filter({ hasText: "service till" }).first();
    await entry.getByRole("row", { name: `Urgency ${now.urgency.replace("_", " ")} low` }).waitFor();
    await entry.getByRole("link", { name: "service till" }).click();
    await page.getByRole("heading", { level: 1, name: "History of till" }).waitFor();
    await page.getByRole("button", { name: `Restore version ${now.version}...` }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("row", { name: `Name till ${name}` }).waitFor();
    expect(await axe(page)).toEqual([]);
    await dialog.getByRole("button", { name: `Restore version ${now.version}` }).click();
    await page.getByText(`brought back version ${now.version}`).waitFor();
    const after = await ask<Named>(demo, "GET", `/api/v1/services/${id}`);
    expect([after.name, after.version]).toEqual([name, now.version + 2]);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it("gives a deleted one its old id back, and says what is in the way", async () => {
    const { team } = await ask<{ team: string }>(demo, "GET", `/api/v1/services/${service.id}`);
    const made = await ask<Named>(demo, "POST", "/api/v1/services", { name: "gone", team, urgency: "low" });
    const remove = () =>
      fetch(`${demo.url}/api/v1/services/${made.id}`, { method: "DELETE", headers: { authorization: `Bearer ${TOKEN}` } });
    expect((await remove()).status).toBe(204);
    const namesake = await ask<Named>(demo, "POST", "/api/v1/services", { name: "gone", team, urgency: "low" });
    const { page } = await open(browser, "desktop");
    await signIn(page, demo);
    await show(page, demo, `/changes?object=${made.id}`);
    await page.getByRole("button", { name: "Restore version 1..." }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("has this name already").waitFor();
    await page.keyboard.press("Escape");
    await fetch(`${demo.url}/api/v1/services/${namesake.id}`, { method: "DELETE", headers: { authorization: `Bearer ${TOKEN}` } });
    await page.getByRole("button", { name: "Restore version 1..." }).click();
    await dialog.getByText("under its old id").waitFor();
    await dialog.getByRole("button", { name: "Restore version 1" }).click();
    await page.getByText("brought back version 1").waitFor();
    expect((await ask<Named>(demo, "GET", `/api/v1/services/${made.id}`)).name).toBe("gone");
    await page.context().close();
  });
});

describe("a team", () => {
  it("is renamed, shown with its changes, and goes only when it has nothing and nobody", async () => {
    const { page, complaints } = await open(browser, "desktop");
    await signIn(page, demo);
    await show(page, demo, "/people");
    await page.getByRole("button", { name: "New team" }).click();
    await page.getByLabel("Name", { exact: true }).fill("Nobody's");
    await page.getByRole("button", { name: "Create" }).click();
    await page.getByText("Nobody's is saved.").waitFor();
    const team = (name: RegExp) =>
      page.getByRole("listitem").filter({ has: page.getByRole("heading", { level: 3, name }) });
    await team(/Nobody/u).getByRole("button", { name: /^Edit/u }).click();
    await page.getByLabel("Name", { exact: true }).fill("Somebody's");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Somebody's is saved.").waitFor();
    const { items } = await ask<{ items: Named[] }>(demo, "GET", "/api/v1/teams");
    const id = items.find((one) => one.name === "Somebody's")?.id ?? "";
    await ask(demo, "POST", "/api/v1/dashboards", { team: id, name: "Theirs" });
    await team(/Somebody/u).getByRole("button", { name: "Delete..." }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox").fill("Somebody's");
    await dialog.getByRole("button", { name: /^Delete/u }).click();
    await dialog.getByText(/dashboard Theirs/u).waitFor();
    expect(await axe(page)).toEqual([]);
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await team(/Payments/u).getByText(/Take them out first/u).waitFor();
    await team(/Somebody/u).getByRole("link", { name: /Who changed it/u }).click();
    await page.getByRole("cell", { name: "Somebody's" }).waitFor();
    expect(complaints.filter((one) => !one.includes("409"))).toEqual([]);
    await page.context().close();
  });
});
