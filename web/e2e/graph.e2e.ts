/** What a monitor saw, on the incident it opened: from carbon lines to the drawing. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { launch } from "./browser.ts";
import { type Demo, startDemo } from "./demo.ts";
import { ask, axe, misfits, open, type Seen, signIn, type Size, SIZES, until } from "./session.ts";

let demo: Demo;
let browser: Browser;
let seen: Seen;

interface Graphs {
  items: { series: string; threshold: number; monitor: { name: string } }[];
}

beforeAll(async () => {
  [demo, browser] = await Promise.all([startDemo(), launch()]);
  seen = await until("an incident of a monitor", async () => {
    const { items } = await ask<{ items: Seen[] }>(demo, "GET", "/api/v1/incidents");
    for (const one of items) {
      const graphs = await ask<Graphs>(demo, "GET", `/api/v1/incidents/${one.id}/graphs`);
      if (graphs.items.length > 0) {
        return one;
      }
    }
    return undefined;
  });
});

afterAll(async () => {
  await browser.close();
  await demo.stop();
});

/** The drawing of the demo's latency, said in words. */
const NAME = /^checkout\.latency_ms\.p99, over 500 since \d\d:\d\d, now /u;

describe.each(Object.keys(SIZES) as Size[])("the graph on a %s", (size) => {
  it("is a picture with words, reads out, follows the theme, and is a table", async () => {
    const { page, complaints } = await open(browser, size);
    await signIn(page, demo);
    await page.goto(`${demo.url}/incidents/${seen.id}`);
    const graph = page.getByRole("img", { name: NAME });
    const canvas = graph.locator("canvas");
    await canvas.waitFor();
    expect([...(await axe(page)), ...(await misfits(page))]).toEqual([]);

    const dark = await canvas.evaluate((element: HTMLCanvasElement) => element.toDataURL());
    await page.emulateMedia({ colorScheme: "light" });
    await until("the other theme", async () =>
      (await canvas.evaluate((element: HTMLCanvasElement) => element.toDataURL())) === dark ? undefined : true,
    );

    await canvas.scrollIntoViewIfNeeded();
    const box = await canvas.boundingBox();
    expect(box?.height).toBeGreaterThan(170);
    await page.mouse.move((box?.x ?? 0) + (box?.width ?? 0) * 0.8, (box?.y ?? 0) + 60);
    await graph.getByText(/\d\d:\d\d:\d\d$/u).waitFor();

    await page.getByRole("button", { name: "Show as table" }).first().click();
    await page.getByRole("columnheader", { name: "Value" }).waitFor();
    await page.getByRole("cell", { name: "over 500" }).first().waitFor();
    expect([...(await axe(page)), ...(await misfits(page))]).toEqual([]);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

describe("while it fires", () => {
  it("grows by itself", async () => {
    const { page, complaints } = await open(browser, "desktop");
    await signIn(page, demo);
    await page.goto(`${demo.url}/incidents/${seen.id}`);
    await page.getByRole("button", { name: "Show as table" }).first().click();
    const newest = page.getByRole("row").nth(1);
    const before = await newest.innerText();
    await until("a new value", async () => ((await newest.innerText()) === before ? undefined : true));
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

describe("the list", () => {
  it("has the last values in the row, until it offers to acknowledge", async () => {
    const { page, complaints } = await open(browser, "desktop");
    await signIn(page, demo);
    const row = page.getByRole("listitem").filter({ hasText: seen.title });
    const line = row.locator("svg path[d^='M']").last();
    await line.waitFor({ state: "attached" });
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});
