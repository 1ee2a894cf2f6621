/** Services and their ways in: made, fed, tested, changed at the same time by two, and deleted. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { launch } from "./browser.ts";
import { type Demo, startDemo, TOKEN } from "./demo.ts";
import { ask, axe, incident, misfits, open, show, signIn, trigger } from "./session.ts";

interface Named {
  id: string;
  name: string;
}

let demo: Demo;
let browser: Browser;
let service: string;
let integration: string;

beforeAll(async () => {
  [demo, browser] = await Promise.all([startDemo(), launch()]);
  await incident(demo, "triggered");
  await trigger(demo, "services-e2e", "A signal to be seen");
  const named = async (path: string) => (await ask<{ items: Named[] }>(demo, "GET", path)).items;
  service = (await named("/api/v1/services")).find((one) => one.name === "checkout")?.id ?? "";
  const ways = await ask<{ items: (Named & { service: string })[] }>(demo, "GET", "/api/v1/integrations");
  integration = ways.items.find((one) => one.service === service)?.id ?? "";
});

afterAll(async () => {
  await browser.close();
  await demo.stop();
});

describe("the list of integrations", () => {
  it("says of each when it was heard last, finds them by their service, and leads to them", async () => {
    const { page } = await open(browser, "desktop");
    await signIn(page, demo);
    await page.goto(demo.url);
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Integrations" }).click();
    await page.getByRole("heading", { level: 1, name: "Integrations" }).waitFor();
    const { items } = await ask<{ items: Named[] }>(demo, "GET", "/api/v1/integrations");
    await page.getByText("Nothing came yet").first().waitFor();
    expect(await page.getByRole("main").getByRole("listitem").count()).toBe(items.length);
    await page.getByRole("searchbox", { name: "Integration or service" }).fill("checkout");
    const row = page.getByRole("main").getByRole("listitem");
    await row.getByText("Signals come").waitFor();
    expect(await row.count()).toBe(1);
    expect(new URL(page.url()).search).toBe("?q=checkout");
    await row.getByRole("link").first().click();
    await page.waitForURL(`${demo.url}/integrations/${integration}`);
    await page.context().close();
  });

  it("shows one that fell silent", async () => {
    const { page } = await open(browser, "phone");
    await signIn(page, demo);
    const HOUR = 3_600_000;
    const came = Array.from({ length: 12 }, (_, n) => ({
      id: `sig_${n}`,
      at: new Date(Date.now() - 3 * HOUR - n * 300_000).toISOString(),
      outcome: "repeated",
      dedup_key: "a",
    }));
    await page.route(`**/api/v1/integrations/${integration}/signals*`, (route) =>
      route.fulfill({ json: { items: came, next: null } }),
    );
    await page.goto(`${demo.url}/integrations`);
    await page.getByText("Silent for 3 h, usually every 5 min").waitFor();
    expect([...(await axe(page)), ...(await misfits(page))]).toEqual([]);
    await page.context().close();
  });
});

describe("a new service", () => {
  it("journey: add a service and send a test event, which is seen and ended; a new key; and it goes again", async () => {
    const { page, complaints } = await open(browser, "desktop");
    await signIn(page, demo);
    await show(page, demo, "/services");
    await page.getByRole("link", { name: "New service" }).click();
    await page.getByRole("button", { name: "Make the service" }).click();
    await page.getByText("Give it a name.").waitFor();
    await page.getByLabel("Name").fill("search");
    // What is typed survives a reload.
    await page.reload();
    expect(await page.getByLabel("Name").inputValue()).toBe("search");
    await page.getByRole("combobox", { name: "Team" }).click();
    await page.getByRole("option", { name: "Payments" }).click();
    await page.getByRole("button", { name: "Make the service" }).click();
    await page.getByRole("heading", { level: 1, name: "search" }).waitFor();
    await page.getByText("It has no policy").waitFor();

    await page.getByRole("button", { name: "Add a way in" }).first().click();
    await page.getByLabel("Name").fill("Crawler");
    await page.getByRole("button", { name: "Make the way in" }).click();
    await page.getByRole("heading", { level: 1, name: "Crawler" }).waitFor();
    await page.getByText("Nothing came yet.").waitFor();

    await page.getByRole("button", { name: "Send a test event" }).click();
    await page.getByText("Nobody is paged: search has no policy.").waitFor();
    expect(await axe(page)).toEqual([]);
    await page.getByRole("button", { name: "Send it" }).click();
    await page.getByRole("dialog").getByText("Opened an alert").waitFor();
    await page.getByRole("button", { name: "Resolve it" }).click();
    await page.getByRole("dialog").getByText("Resolved the alert").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("main").getByText("Resolved the alert").waitFor();

    await page.getByRole("button", { name: "Show", exact: true }).click();
    const before = await page.locator("dd code").nth(1).textContent();
    await page.getByRole("button", { name: "New key…" }).click();
    await page.getByText("The present key stops working at once.", { exact: false }).waitFor();
    await page.getByRole("button", { name: "Make a new key" }).click();
    await page.getByText("The new key works").waitFor();
    expect(await page.locator("dd code").nth(1).textContent()).not.toBe(before);

    await page.getByRole("main").getByRole("link", { name: "search" }).click();
    await page.getByRole("img", { name: "2 events became 1 alerts" }).waitFor();
    await page.getByRole("button", { name: "Delete..." }).click();
    const dialog = page.getByRole("dialog", { name: "Delete search?" });
    await dialog.getByText("Crawler").waitFor();
    await dialog.getByRole("textbox").fill("search");
    await dialog.getByRole("button", { name: "Delete" }).click();
    await dialog.getByRole("alert").waitFor();
    expect(complaints.filter((one) => !one.includes("409"))).toEqual([]);
    await page.context().close();
  });
});

describe("two who edit the same service", () => {
  it("journey: conflict, where both versions are seen and nothing is lost", async () => {
    const { page } = await open(browser, "desktop");
    await signIn(page, demo);
    await show(page, demo, `/services/${service}/edit`);
    await page.getByLabel("What it does").fill("Mine");
    await page.getByRole("combobox", { name: "An acknowledgement expires after" }).click();
    await page.getByRole("option", { name: "1 h", exact: true }).click();
    const now = await ask<Record<string, unknown>>(demo, "GET", `/api/v1/services/${service}`);
    const { team, name, urgency, policy } = now;
    await fetch(`${demo.url}/api/v1/services/${service}`, {
      method: "PUT",
      headers: {
        authorization: `Bearer ${TOKEN}`,
        "content-type": "application/json",
        "if-match": `"v${String(now.version)}"`,
      },
      body: JSON.stringify({ team, name, urgency, policy, description: "Theirs" }),
    });
    await page.getByRole("button", { name: "Save" }).click();
    const cells = page.getByRole("alert").getByRole("cell");
    await cells.first().waitFor();
    expect(await cells.allTextContents()).toEqual(["Theirs", "Mine", "Never", "1\u00A0h"]);
    await page.getByRole("button", { name: "Keep mine" }).click();
    await page.getByRole("heading", { level: 1, name: "checkout", exact: true }).waitFor();
    await page.getByText("Mine", { exact: true }).waitFor();
    await page.getByText("An acknowledgement expires after 1 h.").waitFor();
    await page.context().close();
  });
});
