/** Taking over, and asking for cover, on the real program: each in two taps, and each taken back. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { launch } from "./browser.ts";
import { type Demo, startDemo } from "./demo.ts";
import { ask, axe, open, signIn, TWO_LOOKS } from "./session.ts";

interface Named {
  id: string;
}

const DAY = 86_400_000;

let demo: Demo;
let browser: Browser;
let schedule: string;

beforeAll(async () => {
  [demo, browser] = await Promise.all([startDemo(), launch()]);
  const { items } = await ask<{ items: Named[] }>(demo, "GET", "/api/v1/schedules");
  schedule = items[0]?.id ?? "";
  // Whoever is signed in has no turn in the demo: one of their own, after tomorrow.
  const me = await ask<{ user: Named }>(demo, "GET", "/api/v1/me");
  const from = Math.ceil(Date.now() / DAY + 1) * DAY;
  await ask(demo, "POST", `/api/v1/schedules/${schedule}/overrides`, {
    from: new Date(from).toISOString(),
    to: new Date(from + DAY).toISOString(),
    change: { type: "replace", who: null, with: me.user.id },
  });
});

afterAll(async () => {
  await browser.close();
  await demo.stop();
});

describe("cover", () => {
  for (const { size, scheme } of TWO_LOOKS) {
    it(`is taken over in two taps and given back, ${size} ${scheme}`, async () => {
      const { page, complaints } = await open(browser, size, scheme);
      await signIn(page, demo);
      await page.goto(`${demo.url}/on-call`);
      await page.getByRole("button", { name: "I'll take it: Payments on call" }).click();
      await page.getByRole("menuitem", { name: /^For 1 h/u }).click();
      await page.getByText(/^You have Payments on call until/u).waitFor();
      await page.getByText(/will be told\.$/u).waitFor();
      await page.getByRole("button", { name: "I'll take it: Payments on call" }).waitFor({ state: "detached" });
      expect(await axe(page)).toEqual([]);
      await page.getByRole("button", { name: "Undo" }).last().click();
      await page.getByRole("button", { name: "I'll take it: Payments on call" }).waitFor();
      expect(complaints).toEqual([]);
      await page.context().close();
    });

    it(`is asked for in two taps and taken back, ${size} ${scheme}`, async () => {
      const { page, complaints } = await open(browser, size, scheme);
      await signIn(page, demo);
      await page.goto(`${demo.url}/on-call`);
      await page.getByRole("heading", { name: "My next shifts" }).waitFor();
      await page.getByRole("button", { name: /^Cover /u }).click();
      await page.getByRole("menuitem", { name: "Ask anyone" }).click();
      await page.getByRole("heading", { name: "Open requests" }).waitFor();
      expect(await axe(page)).toEqual([]);
      await page.getByRole("button", { name: "Take back" }).click();
      await page.getByRole("heading", { name: "Open requests" }).waitFor({ state: "detached" });
      expect(complaints).toEqual([]);
      await page.context().close();
    });
  }
});
