/** Dashboards: made in the explorer, looked at with their variables, edited by two; and what holds an incident back. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { launch } from "./browser.ts";
import { type Demo, startDemo, TOKEN } from "./demo.ts";
import { ask, axe, incident, open, settled, show, signIn } from "./session.ts";

interface Board {
  id: string;
  name: string;
  version: number;
  team: string;
  charts: { title: string; targets: string[]; width: number }[];
}

let demo: Demo;
let browser: Browser;
let board: Board;

async function boards(): Promise<Board[]> {
  return (await ask<{ items: Board[] }>(demo, "GET", "/api/v1/dashboards")).items;
}

beforeAll(async () => {
  [demo, browser] = await Promise.all([startDemo(), launch()]);
  const [first] = await boards();
  if (first === undefined) {
    throw new Error("the demo has no dashboard");
  }
  board = first;
});

afterAll(async () => {
  await browser.close();
  await demo.stop();
});

describe("a dashboard", () => {
  it("takes a chart from the explorer, is arranged by keyboard, and keeps its variables in the address", async () => {
    const { page, complaints } = await open(browser, "desktop");
    await signIn(page, demo);
    await show(page, demo, "/metrics-explorer?t=checkout.requests.rate");
    await page.getByRole("button", { name: "Add to a dashboard" }).click();
    await page.getByLabel("Title").fill("From the explorer");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Show it" }).click();
    await page.getByRole("heading", { level: 2, name: "From the explorer" }).waitFor();

    await page.getByRole("button", { name: "Edit", exact: true }).click();
    const tools = page.getByRole("group", { name: "What to do with From the explorer" });
    await tools.getByRole("button", { name: "2 columns" }).focus();
    await page.keyboard.press("Enter");
    const up = tools.getByRole("button", { name: /up/u });
    await up.focus();
    await page.keyboard.press("Enter");
    await tools.getByRole("button", { name: /^Change/u }).click();
    await page.getByLabel("Unit").fill("per second");
    await page.getByRole("button", { name: "Take it over" }).click();
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText(`${board.name} is saved.`).waitFor();
    const saved = (await boards()).find((one) => one.id === board.id);
    expect(saved?.charts.at(-2)).toMatchObject({ title: "From the explorer", width: 2, unit: "per second" });
    expect(saved?.version).toBe(3);

    await page.getByRole("combobox", { name: "percentile" }).click();
    await page.getByRole("option", { name: "p95" }).click();
    await page.getByRole("button", { name: "6 h" }).click();
    const address = new URL(page.url());
    expect([address.searchParams.get("v.percentile"), address.searchParams.get("span")]).toEqual(["p95", "6h"]);
    const label = page.getByRole("img", { name: /^Latency of checkout: 1 series.*checkout\.latency_ms\.p95/u });
    await label.waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it("shows both versions when two edit it, and asks for its name before it goes", async () => {
    const { page } = await open(browser, "phone");
    await signIn(page, demo);
    const [now] = await boards();
    const { id, version, ...body } = now ?? board;
    await show(page, demo, `/dashboards/${id}?edit=1`);
    await page.getByLabel("Description").fill("Mine");
    await fetch(`${demo.url}/api/v1/dashboards/${id}`, {
      method: "PUT",
      headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json", "if-match": `"v${version}"` },
      body: JSON.stringify({ ...body, description: "Theirs" }),
    });
    await page.getByRole("button", { name: "Save", exact: true }).click();
    const clash = page.getByRole("alert").filter({ hasText: "Theirs" });
    await clash.getByRole("button", { name: "Keep mine" }).click();
    await page.getByText("is saved.").waitFor();
    await page.getByText("Mine", { exact: true }).waitFor();

    await page.getByRole("button", { name: "Delete..." }).click();
    await page.getByLabel(/Type/u).fill(body.name);
    await page.getByRole("dialog").getByRole("button", { name: /^Delete/u }).click();
    await page.getByText("No dashboard yet.").waitFor();
    await show(page, demo, "/changes?kind=dashboard");
    await page.getByText(/deleted/u).first().waitFor();
    await page.context().close();
  });
});

describe("an incident", () => {
  it("is put off until tomorrow, taken back, and paged at once", async () => {
    const { page } = await open(browser, "desktop");
    await signIn(page, demo);
    const { id } = await incident(demo, "triggered");
    await show(page, demo, `/incidents/${id}`);
    await page.keyboard.press("z");
    await page.getByLabel(/Tomorrow at 09:00/u).check();
    await page.getByRole("button", { name: "Put off", exact: true }).click();
    const strip = page.getByRole("status").filter({ hasText: "Nobody is paged before that" });
    await strip.waitFor();
    expect(await axe(page)).toEqual([]);
    await strip.getByRole("button", { name: "Take that back" }).click();
    await strip.waitFor({ state: "detached" });

    await page.getByRole("button", { name: "More" }).click();
    await page.getByRole("menuitem", { name: "Page a step now..." }).click();
    await page.getByRole("radio", { name: /Step 2/u }).check();
    await page.getByRole("button", { name: "Page step 2" }).click();
    await page.getByText("Step 2 was executed.").waitFor();
    await settled(page);
    await page.getByText("Sofia Lindqvist").first().waitFor();
    await page.context().close();
  });
});
