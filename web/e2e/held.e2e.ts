/** A backup that was put back: every view says that nobody is paged, until sending is let go. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { launch } from "./browser.ts";
import { type Demo, startHeld } from "./demo.ts";
import { ask, axe, incident, misfits, open, signIn, SIZES, trigger, TWO_LOOKS } from "./session.ts";

let held: Demo;
let browser: Browser;
let incidentPath: string;

beforeAll(async () => {
  [held, browser] = await Promise.all([startHeld(), launch()]);
  await trigger(held, "held", "Card payments are declined in Poland");
  incidentPath = `/incidents/${(await incident(held, "triggered")).id}`;
});

afterAll(async () => {
  await browser.close();
  await held.stop();
});

/** What the strip says, from what is wrong to what mends it. */
const WORDS = /^Sending is held since .+: nobody is paged\. .*backup.*watchbell resume.*lets go\.$/u;

describe.each(TWO_LOOKS)("on a $size, $scheme", ({ size, scheme }) => {
  it("says so on every view, once, and it fits", async () => {
    const { page, complaints } = await open(browser, size, scheme);
    await signIn(page, held);
    const strip = page.getByRole("alert");
    for (const path of ["/", incidentPath, "/on-call", "/nowhere"]) {
      await page.goto(held.url + path);
      await strip.waitFor();
      expect(await strip.innerText()).toMatch(WORDS);
      await page.getByRole("heading", { level: 1 }).waitFor({ state: "attached" });
      await page.waitForLoadState("load");
      const box = await strip.boundingBox();
      expect((box?.x ?? 0) + (box?.width ?? 0)).toBe(SIZES[size].width);
      expect({ path, found: [...(await axe(page)), ...(await misfits(page))] }).toEqual({ path, found: [] });
    }
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

/** What must not be said while nobody is told: that they were, that it is under way, or in how long. */
const UNTRUE = /\btold (?:at|\d)|Being sent|\bin \d+:\d\d|Accepted/u;

describe.each(["phone", "desktop"] as const)("on a %s", (size) => {
  it("says of nobody that they are told, and counts nothing down", async () => {
    const { page } = await open(browser, size);
    await signIn(page, held);
    const main = page.getByRole("main");
    await main.getByText("not told: sending is held").first().waitFor();
    expect(await main.innerText()).not.toMatch(UNTRUE);
    await page.goto(held.url + incidentPath);
    await main.getByText("Held: not sent").first().waitFor();
    expect(await main.innerText()).not.toMatch(UNTRUE);
    await page.context().close();
  });
});

describe("who is back on line", () => {
  it("sees at once that sending was let go", async () => {
    const { page } = await open(browser, "phone");
    await signIn(page, held);
    await page.getByRole("alert").waitFor();
    await page.getByText("Live", { exact: true }).waitFor({ state: "attached" });
    await page.context().setOffline(true);
    await page.getByText(/^Reconnecting\. Shown as of/u).waitFor();
    await ask(held, "POST", "/api/v1/sending/resume", {});
    await page.context().setOffline(false);
    // Well before the status is asked for by itself.
    await page.getByRole("alert").waitFor({ state: "detached", timeout: 30_000 });
    await page.context().close();
  });
});
