/** Pictures of every view from the running program, for looking at: `npm run shots`. */
import { mkdir } from "node:fs/promises";

import { afterAll, beforeAll, it } from "vitest";
import type { Browser } from "playwright-core";

import { launch } from "./browser.ts";
import { type Demo, startDemo } from "./demo.ts";
import { incident, open, type Scheme, type Size, SIZES, signIn } from "./session.ts";

const OUT = "shots-out";

let demo: Demo;
let browser: Browser;

beforeAll(async () => {
  [demo, browser] = await Promise.all([startDemo(), launch()]);
  await mkdir(OUT, { recursive: true });
});

afterAll(async () => {
  await browser.close();
  await demo.stop();
});

it("takes every view at both sizes and in both themes", async () => {
  const { id } = await incident(demo, "triggered");
  const views = { incidents: "/", incident: `/incidents/${id}`, "on-call": "/on-call", outbox: "/outbox" };
  for (const size of Object.keys(SIZES) as Size[]) {
    for (const scheme of ["dark", "light"] satisfies Scheme[]) {
      const { page } = await open(browser, size, scheme);
      const shoot = async (name: string) => {
        await page.evaluate(() => document.fonts.ready);
        await page.screenshot({ path: `${OUT}/${name}-${size}-${scheme}.png` });
      };
      await page.goto(`${demo.url}/sign-in`);
      await page.getByLabel("E-mail").waitFor();
      await shoot("sign-in");
      await signIn(page, demo);
      for (const [name, path] of Object.entries(views)) {
        await page.goto(demo.url + path);
        await page.getByRole("heading", { level: 1 }).waitFor({ state: "attached" });
        await page.getByText("Live", { exact: true }).waitFor({ state: "attached" });
        await page.locator('main [aria-busy="true"]').waitFor({ state: "detached" });
        await shoot(name);
      }
      await page.context().close();
    }
  }
});
