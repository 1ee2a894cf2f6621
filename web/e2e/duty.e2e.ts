/** Policies, schedules and people on the real program: read at both sizes, written, taken back, met by another's edit. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { launch } from "./browser.ts";
import { type Demo, startDemo, TOKEN } from "./demo.ts";
import { ask, open, signIn } from "./session.ts";

interface Named {
  id: string;
  name: string;
}

interface List<T> {
  items: T[];
}

let demo: Demo;
let browser: Browser;
let schedule: Named;
let policy: Named;

beforeAll(async () => {
  [demo, browser] = await Promise.all([startDemo(), launch()]);
  const schedules = await ask<List<Named>>(demo, "GET", "/api/v1/schedules");
  const policies = await ask<List<Named>>(demo, "GET", "/api/v1/escalation-policies");
  schedule = found(schedules, "Payments on call");
  policy = found(policies, "Payments");
});

afterAll(async () => {
  await browser.close();
  await demo.stop();
});

function found(list: List<Named>, name: string): Named {
  const one = list.items.find((it) => it.name === name);
  if (one === undefined) {
    throw new Error(`the demo has no ${name}`);
  }
  return one;
}

describe("an override", () => {
  it("journey: add an override, from a shift; then edit it, delete it, and set it again", async () => {
    const { page } = await open(browser, "desktop");
    await signIn(page, demo);
    await page.goto(`${demo.url}/schedules/${schedule.id}?span=week`);
    await page.getByText("None to come: the rotations decide alone.").waitFor();
    await page.keyboard.press("]");
    await page.getByRole("button", { name: /Override it$/u }).last().click();
    const dialog = page.getByRole("dialog", { name: "Add override" });
    await dialog.getByRole("combobox", { name: "Who" }).click();
    await page.getByRole("option", { name: "Sofia Lindqvist" }).click();
    await dialog.getByRole("button", { name: "Save override" }).click();
    await page.getByText("The override is set.").waitFor();
    await page.getByRole("button", { name: /Sofia Lindqvist, .*Override it$/u }).first().waitFor();
    await page.getByRole("button", { name: /^Edit: Sofia Lindqvist for/u }).click();
    const edit = page.getByRole("dialog", { name: "Edit override" });
    await edit.getByRole("radio", { name: "One more person" }).check();
    await edit.getByRole("button", { name: "Save override" }).click();
    await page.getByRole("button", { name: "Delete: Sofia Lindqvist too" }).click();
    await page.getByText("None to come: the rotations decide alone.").waitFor();
    await page.getByRole("button", { name: "Undo" }).last().click();
    await page.getByRole("button", { name: "Delete: Sofia Lindqvist too" }).waitFor();
    await page.context().close();
  });
});

describe("a policy", () => {
  it("is made, meets another's edit, and is deleted by its name", async () => {
    const { page } = await open(browser, "desktop");
    await signIn(page, demo);
    await page.goto(`${demo.url}/policies/new`);
    await page.getByLabel("Name").fill("Ledger");
    await page.getByRole("combobox", { name: "Team" }).click();
    await page.getByRole("option", { name: "Payments" }).click();
    await page.getByRole("combobox", { name: "Step 1 pages" }).click();
    await page.getByRole("option", { name: "Payments on call" }).click();
    await page.getByText(/^Right now: /u).waitFor();
    await page.getByRole("button", { name: "Create policy" }).click();
    await page.getByRole("heading", { level: 1, name: "Ledger" }).waitFor();
    await page.getByRole("button", { name: "Edit" }).click();
    await page.getByLabel("Name").fill("Ledger by night");
    await theirs("Ledger by day");
    await page.getByRole("button", { name: "Save" }).click();
    const cells = page.getByRole("alert").getByRole("cell");
    await cells.first().waitFor();
    expect(await cells.allTextContents()).toEqual(["Ledger by day", "Ledger by night"]);
    await page.getByRole("button", { name: "Keep mine" }).click();
    await page.getByRole("heading", { level: 1, name: "Ledger by night" }).waitFor();
    await page.getByRole("button", { name: "Delete..." }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox").fill("Ledger");
    expect(await dialog.getByRole("button", { name: "Delete" }).getAttribute("aria-disabled")).toBe("true");
    await dialog.getByRole("textbox").fill("Ledger by night");
    await dialog.getByRole("button", { name: "Delete" }).click();
    await page.waitForURL(`${demo.url}/policies`);
    const left = await ask<List<Named>>(demo, "GET", "/api/v1/escalation-policies");
    expect(left.items.map((one) => one.name)).not.toContain("Ledger by night");
    await page.context().close();
  });

  it("that services page through says which of them page nobody then", async () => {
    const { page } = await open(browser, "desktop");
    await signIn(page, demo);
    await page.goto(`${demo.url}/policies/${policy.id}`);
    await page.getByRole("button", { name: "Delete..." }).click();
    const dialog = page.getByRole("dialog", { name: `Delete ${policy.name}?` });
    await dialog.getByText(/has no policy then: its incidents are recorded, and nobody is paged\./u).first().waitFor();
    await page.context().close();
  });
});

describe("a person", () => {
  it("is added, let in by a link, and put into a team", async () => {
    const { page } = await open(browser, "desktop");
    await signIn(page, demo);
    await page.goto(`${demo.url}/people`);
    await page.getByRole("button", { name: "New person" }).click();
    const dialog = page.getByRole("dialog", { name: "New person" });
    await dialog.getByLabel("Name").fill("Ruby McKenzie");
    await dialog.getByLabel("E-mail").fill("ruby@demo.example");
    await dialog.getByRole("button", { name: "Create" }).click();
    const link = page.getByRole("dialog", { name: "Let Ruby McKenzie in" });
    await link.getByRole("button", { name: "Make the link" }).click();
    expect(await link.getByLabel("Set-up link").inputValue()).toMatch(/\/set-up#/u);
    await link.getByRole("button", { name: "Close" }).last().click();
    await page.getByLabel("Add somebody to Payments").selectOption("Ruby McKenzie");
    await page.getByLabel("Role of Ruby McKenzie in Payments").selectOption("observer");
    await page.getByRole("button", { name: "Deactivate Ruby McKenzie" }).click();
    const sure = page.getByRole("dialog", { name: "Deactivate Ruby McKenzie?" });
    await sure.getByText("Nothing refers to it: nobody is affected.").waitFor();
    await sure.getByRole("button", { name: "Deactivate" }).click();
    await page.getByText("Ruby McKenzie cannot sign in any more and is never paged.").waitFor();
    const { items } = await ask<List<Named & { active: boolean; teams: { role: string }[] }>>(demo, "GET", "/api/v1/users");
    expect(items.find((one) => one.name === "Ruby McKenzie")).toMatchObject({ active: false, teams: [{ role: "observer" }] });
    await page.getByRole("row", { name: /Ruby McKenzie/u }).getByRole("button", { name: "Delete..." }).click();
    const gone = page.getByRole("dialog", { name: "Delete Ruby McKenzie?" });
    await gone.getByRole("textbox").fill("Ruby McKenzie");
    await gone.getByRole("button", { name: "Delete" }).click();
    await page.getByText("Ruby McKenzie is deleted.").waitFor();
    await page.context().close();
  });
});

/** Somebody else renames the policy meanwhile. */
async function theirs(name: string): Promise<void> {
  const { items } = await ask<List<Named & { version: number }>>(demo, "GET", "/api/v1/escalation-policies");
  const one = items.find((it) => it.name === "Ledger");
  if (one === undefined) {
    throw new Error("the policy was not made");
  }
  const { id, version, ...body } = one;
  const response = await fetch(`${demo.url}/api/v1/escalation-policies/${id}`, {
    method: "PUT",
    headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json", "if-match": `"v${version}"` },
    body: JSON.stringify({ ...body, name }),
  });
  expect(response.status).toBe(200);
}
