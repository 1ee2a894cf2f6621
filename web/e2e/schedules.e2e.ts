/** The form of schedules on the real program: a few taps to a weekly rota, its shifts, another's edit, and its end. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { launch } from "./browser.ts";
import { type Demo, startDemo, TOKEN } from "./demo.ts";
import { ask, axe, misfits, open, settled, signIn, TWO_LOOKS } from "./session.ts";

interface Named {
  id: string;
  name: string;
  version: number;
}

interface List {
  items: Named[];
}

let demo: Demo;
let browser: Browser;

beforeAll(async () => {
  [demo, browser] = await Promise.all([startDemo(), launch()]);
});

afterAll(async () => {
  await browser.close();
  await demo.stop();
});

/** Chooses one of a field's list. */
async function choose(page: Page, field: string, option: string): Promise<void> {
  await page.getByRole("combobox", { name: field }).click();
  await page.getByRole("option", { name: option }).click();
}

/** Everything folded away, unfolded. */
async function unfold(page: Page): Promise<void> {
  await page.evaluate(() => {
    for (const one of document.querySelectorAll("details")) {
      one.open = true;
    }
  });
  await page.getByRole("button", { name: /^More for/u }).first().click();
}

describe.each(TWO_LOOKS)("on a $size, $scheme", ({ size, scheme }) => {
  it("the form is whole, folded and unfolded, from left and from right", async () => {
    const { page, complaints } = await open(browser, size, scheme);
    await signIn(page, demo);
    const { items } = await ask<List>(demo, "GET", "/api/v1/schedules");
    for (const path of ["/schedules/new", `/schedules/${items[0]?.id ?? ""}?edit=1`]) {
      await page.goto(demo.url + path);
      await page.getByRole("textbox", { name: "Name", exact: true }).fill(`Ledger ${size} ${scheme}`);
      if (path === "/schedules/new") {
        await choose(page, "Team", "Payments");
        await page.getByRole("button", { name: /^Add everybody of Payments/u }).click();
      }
      await page.getByText("Somebody is on call all the time.").waitFor();
      await settled(page);
      expect({ path, found: [...(await axe(page)), ...(await misfits(page))] }).toEqual({ path, found: [] });
      await unfold(page);
      await page.getByRole("button", { name: "Only at some hours" }).first().click();
      await page.getByText(/^Nobody is on call in/u).waitFor();
      // What the strip on top covers for a moment is no small target.
      await page.evaluate(() => {
        window.scrollTo(0, 0);
      });
      expect({ path, found: [...(await axe(page)), ...(await misfits(page))] }).toEqual({ path, found: [] });
      await page.evaluate(() => {
        document.documentElement.dir = "rtl";
      });
      expect({ path, found: await misfits(page) }).toEqual({ path, found: [] });
    }
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

describe("a schedule", () => {
  it("is made in a few taps, edited over another's edit, and deleted by its name", async () => {
    const { page } = await open(browser, "desktop");
    await signIn(page, demo);
    await page.goto(`${demo.url}/schedules`);
    await page.getByRole("link", { name: "New schedule" }).click();
    await page.getByRole("textbox", { name: "Name", exact: true }).fill("Ledger on call");
    await choose(page, "Team", "Payments");
    await page.getByRole("combobox", { name: "Time zone", exact: true }).fill("Berlin");
    await page.getByRole("option", { name: "Europe/Berlin" }).click();
    await page.getByRole("button", { name: /^Add everybody of Payments/u }).click();
    await page.getByText("Somebody is on call all the time.").waitFor();
    await page.getByRole("button", { name: "Create schedule" }).click();
    await page.getByRole("heading", { level: 1, name: "Ledger on call" }).waitFor();
    await page.getByText("Hand-off every week, Mon 09:00, Berlin").waitFor();
    await page.getByRole("button", { name: /Override it$/u }).first().waitFor();

    const made = await one("Ledger on call");
    await page.getByRole("button", { name: "Edit", exact: true }).click();
    await page.getByLabel("A turn lasts").fill("2");
    await page.getByText(/^gains /u).first().waitFor();
    await theirs(made, "Ledger by day");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    const alert = page.getByRole("alert");
    await alert.getByRole("cell", { name: "Ledger by day" }).waitFor();
    // It stands above a long form whose end was pressed.
    await page.waitForFunction(() => (document.querySelector("[role=alert]")?.getBoundingClientRect().top ?? -1) >= 0);
    expect(await alert.getByRole("cell").allTextContents()).toEqual([
      "Ledger by day",
      "Ledger on call",
      expect.stringContaining("Hand-off every week"),
      expect.stringContaining("Hand-off every 2 weeks"),
    ]);
    await page.getByRole("button", { name: "Keep mine" }).click();
    await page.getByRole("button", { name: "Delete..." }).click();
    await page.getByText("Hand-off every 2 weeks, Mon 09:00, Berlin").waitFor();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("Nothing refers to it: nobody is affected.").waitFor();
    await dialog.getByRole("textbox").fill("Ledger on call");
    await dialog.getByRole("button", { name: "Delete" }).click();
    await page.waitForURL(`${demo.url}/schedules`);
    const left = await ask<List>(demo, "GET", "/api/v1/schedules");
    expect(left.items.map((it) => it.name)).not.toContain("Ledger on call");
    await page.context().close();
  });

  it("takes all there is to a rotation, on a phone, and gives it back", async () => {
    const { page } = await open(browser, "phone");
    await signIn(page, demo);
    await page.goto(`${demo.url}/schedules/new`);
    await page.getByRole("textbox", { name: "Name", exact: true }).fill("Ledger nights");
    await choose(page, "Team", "Payments");
    await choose(page, "Add to the turns", "Sofia Lindqvist");
    await choose(page, "Add to the turns", "Marta Kowalska");
    await page.getByRole("button", { name: "Move the turn of Marta Kowalska up" }).click();
    await page.getByRole("button", { name: "More for Marta Kowalska" }).click();
    await page.getByRole("listitem", { name: "Turn 1: Marta Kowalska" }).getByRole("combobox", { name: "Also in this turn" }).click();
    await page.getByRole("option", { name: "Sofia Lindqvist" }).click();
    await page.getByLabel("All are told; the first to acknowledge has it").check();
    await page.getByText("Hours, time off, zone, end").click();
    await page.getByRole("button", { name: "Only at some hours" }).click();
    await page.getByRole("button", { name: "Sat", exact: true }).click();
    await page.getByLabel("To", { exact: true }).fill("18:30");
    await choose(page, "When whoever has the turn is off", "nobody does");
    await page.getByRole("button", { name: "Add a rotation" }).click();
    await page.getByText("Add at least one person to each rotation.").waitFor();
    await page.getByRole("button", { name: "Remove Rotation 2" }).click();
    await page.getByRole("button", { name: "Create schedule" }).click();
    await page.getByRole("heading", { level: 1, name: "Ledger nights" }).waitFor();
    const { id } = await one("Ledger nights");
    const { rotations } = await ask<{ rotations: unknown[] }>(demo, "GET", `/api/v1/schedules/${id}`);
    expect(rotations).toMatchObject([
      {
        windows: [{ days: ["mon", "tue", "wed", "thu", "fri", "sat"], from: "09:00:00", to: "18:30:00" }],
        slots: [{ people: [expect.any(String), expect.any(String)], first_come: true }, { people: [expect.any(String)] }],
        when_off: "nobody",
      },
    ]);
    await page.context().close();
  });

  it("that a policy pages says what happens instead before it goes", async () => {
    const { page } = await open(browser, "phone");
    await signIn(page, demo);
    const { id } = await one("Payments on call");
    await page.goto(`${demo.url}/schedules/${id}`);
    await page.getByRole("button", { name: "Delete..." }).click();
    const dialog = page.getByRole("dialog", { name: "Delete Payments on call?" });
    await dialog.getByText(/^Step 1 of Payments tells no person any more/u).waitFor();
    expect([...(await axe(page)), ...(await misfits(page))]).toEqual([]);
    const { items } = await ask<{ items: { about: { id: string } }[] }>(demo, "GET", `/api/v1/schedules/${id}/affected`);
    await dialog.getByRole("link", { name: /^Open /u }).first().click();
    await page.waitForURL(new RegExp(items[0]?.about.id ?? "nothing", "u"));
    await dialog.waitFor({ state: "detached" });
    await page.context().close();
  });
});

async function one(name: string): Promise<Named> {
  const { items } = await ask<List>(demo, "GET", "/api/v1/schedules");
  const found = items.find((it) => it.name === name);
  if (found === undefined) {
    throw new Error(`there is no schedule ${name}`);
  }
  return found;
}

/** Somebody else renames it meanwhile. */
async function theirs({ id, version, ...body }: Named, name: string): Promise<void> {
  const response = await fetch(`${demo.url}/api/v1/schedules/${id}`, {
    method: "PUT",
    headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json", "if-match": `"v${version}"` },
    body: JSON.stringify({ ...body, name }),
  });
  expect(response.status).toBe(200);
}
