/**
 * Journeys through several views, as people take them. Ten are promised; the others stand with their views:
 * `npm run e2e -- -t journey` runs all of them.
 */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { launch } from "./browser.ts";
import { type Demo, startDemo, startEmpty } from "./demo.ts";
import { startMailbox } from "./mailbox.ts";
import { ask, axe, incident, open, opened, show, until } from "./session.ts";

let demo: Demo;
let browser: Browser;

beforeAll(async () => {
  [demo, browser] = await Promise.all([startDemo(), launch()]);
  await incident(demo, "triggered");
});

afterAll(async () => {
  await browser.close();
  await demo.stop();
});

/** A mail that says something, and what it says. */
function mail(mails: readonly string[], what: RegExp): Promise<string> {
  return until(`a mail with ${what.source}`, () =>
    Promise.resolve(mails.map((one) => what.exec(one)?.[1] ?? what.exec(one)?.[0]).findLast((one) => one !== undefined)),
  );
}

/** Makes who is told, as the administrator of a new instance. */
async function makePolicy(through: Demo): Promise<void> {
  const { items } = await ask<{ items: { id: string }[] }>(through, "GET", "/api/v1/users");
  const { id: team } = await ask<{ id: string }>(through, "POST", "/api/v1/teams", { name: "Payments" });
  await ask(through, "POST", "/api/v1/escalation-policies", {
    team,
    name: "Payments pages",
    steps: [{ targets: [{ type: "user", id: items[0]?.id }], escalate_after_s: 300 }],
  });
}

async function proveMail(page: Page, mails: readonly string[]): Promise<void> {
  await page.getByRole("button", { name: "Add a way" }).click();
  const dialog = page.getByRole("dialog", { name: "Add a way" });
  await dialog.getByLabel("Over what").selectOption({ label: "E-mail" });
  await dialog.getByLabel("What you call it").fill("mail");
  await dialog.getByLabel("The e-mail address").fill("aroha@example.com");
  await dialog.getByRole("button", { name: "Save" }).click();
  const row = page.getByRole("listitem").filter({ hasText: "aroha@example.com" }).first();
  await row.getByRole("button", { name: "Prove it" }).click();
  await row.getByRole("button", { name: "Send a code" }).click();
  await row.getByLabel("Code of six digits").fill(await mail(mails, /\b(\d{6})\b/u));
  await row.getByRole("button", { name: "Confirm" }).click();
  await row.getByText("Proven").waitFor();
  await page.getByRole("button", { name: "Edit the rules for High urgency" }).click();
  const form = page.getByRole("form", { name: "High urgency" });
  await form.getByRole("button", { name: "Add a rule" }).click();
  await form.getByLabel("Over").last().selectOption({ label: "mail" });
  await form.getByRole("button", { name: "Save" }).click();
  await page.getByRole("list", { name: "High urgency" }).getByText("mail").first().waitFor();
}

describe("journey", () => {
  it("journey: first set-up to first page", async () => {
    const mailbox = await startMailbox();
    const empty = await startEmpty(mailbox.url);
    const through: Demo = { ...demo, url: empty.url };
    const { page, complaints } = await open(browser, "desktop", "light");
    await page.goto(empty.setUp);
    await page.getByLabel("Your name").fill("Aroha Ngata");
    await page.getByLabel("E-mail").fill("aroha@example.com");
    await page.getByLabel("Password", { exact: true }).fill("a long and quiet password");
    await page.getByRole("button", { name: "Set up and sign in" }).click();
    await page.getByText("No open incidents, and none was ever resolved here.").waitFor();

    await show(page, through, "/me");
    await proveMail(page, mailbox.mails);
    await makePolicy(through);

    await show(page, through, "/services/new");
    await page.getByLabel("Name").fill("checkout");
    await page.getByRole("combobox", { name: "Team" }).click();
    await page.getByRole("option", { name: "Payments" }).click();
    await page.getByRole("combobox", { name: "Escalation policy" }).click();
    await page.getByRole("option", { name: "Payments pages" }).click();
    await page.getByRole("button", { name: "Make the service" }).click();
    await page.getByRole("heading", { level: 1, name: "checkout" }).waitFor();
    await page.getByRole("button", { name: "Add a way in" }).first().click();
    await page.getByLabel("Name").fill("Probe");
    await page.getByRole("button", { name: "Make the way in" }).click();
    await page.getByRole("button", { name: "Send a test event" }).click();
    await page.getByRole("radio", { name: /critical/iu }).check({ force: true });
    await page.getByRole("button", { name: "Send it" }).click();
    await page.getByRole("dialog").getByText("Opened an alert").waitFor();

    // The first page: a mail whose link takes it, without a sign-in.
    const link = await mail(mailbox.mails, /Acknowledge:\s+(http\S+\/l\/\S+)/u);
    const phone = await open(browser, "phone");
    await phone.page.goto(link);
    await phone.page.getByRole("button", { name: "Acknowledge" }).click();
    await phone.page.getByText(/^You have/u).first().waitFor();
    await show(page, through, "/");
    await page.getByRole("heading", { name: "Acknowledged, being worked on" }).waitFor();
    expect([...complaints, ...phone.complaints]).toEqual([]);
    await Promise.all([page.context().close(), phone.page.context().close()]);
    await empty.stop();
    mailbox.stop();
  });

  it("journey: find why someone was not told", async () => {
    const nobody = await ask<{ id: string }>(demo, "POST", "/api/v1/users", {
      name: "Noor Haddad",
      email: "noor@demo.example",
      zone: "Europe/Paris",
    });
    const found = await opened(demo, "Noor was asked and heard nothing");
    await ask(demo, "POST", `/api/v1/incidents/${found.id}/reassign`, { user: nobody.id });
    const { page, complaints } = await open(browser, "phone");
    await byKeys(page);
    await page.goto(demo.url);
    await page.getByRole("link", { name: found.title }).click();
    const told = page.getByRole("main").getByRole("rowgroup").filter({ hasText: "Noor Haddad" });
    await told.getByText("Noor Haddad cannot be told: there is no contact method.").waitFor();
    expect(await axe(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it("journey: keyboard only, from sign-in to resolve", async () => {
    const found = await opened(demo, "Resolved without a mouse");
    const { page, complaints } = await open(browser, "desktop");
    await byKeys(page);
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: "Find or do" }).waitFor();
    await page.keyboard.type("without a mouse");
    await page.getByRole("option", { name: new RegExp(found.title, "u") }).waitFor();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: found.title }).waitFor();
    await page.keyboard.press("a");
    await page.getByText(`You have INC-${found.number}.`).waitFor();
    await page.keyboard.press("n");
    await page.keyboard.type("It was the cache.");
    await page.keyboard.press("Control+Enter");
    await page.getByRole("log").getByText("It was the cache.").waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("r");
    await page.getByRole("dialog", { name: /Resolve/u }).waitFor();
    await tabTo(page, /^Resolve/u);
    await page.keyboard.press("Enter");
    await until("it to be resolved", async () => {
      const { state } = await ask<{ state: string }>(demo, "GET", `/api/v1/incidents/${found.id}`);
      return state === "resolved" ? true : undefined;
    });
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

/** Goes by the tab key to what says something. */
async function tabTo(page: Page, words: RegExp): Promise<void> {
  await until(`the focus on ${words.source}`, async () => {
    const focused = await page.evaluate(() => document.activeElement?.textContent ?? "");
    if (words.test(focused)) {
      return true;
    }
    await page.keyboard.press("Tab");
    return undefined;
  });
}

/** Signs in by keys alone. */
async function byKeys(page: Page): Promise<void> {
  await page.goto(`${demo.url}/sign-in`);
  await page.getByLabel("E-mail").waitFor();
  for (const text of [demo.email, demo.password]) {
    const focused = await page.evaluate(() => document.activeElement?.tagName);
    if (focused !== "INPUT" || text === demo.password) {
      await page.keyboard.press("Tab");
    }
    await page.keyboard.type(text);
  }
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Incidents" }).waitFor();
}
