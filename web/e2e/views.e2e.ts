/** Every view at both sizes and in both themes: accessible, nothing cut off, nothing complained of. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { launch } from "./browser.ts";
import { type Demo, startDemo } from "./demo.ts";
import { ask, axe, incident, LOOKS, misfits, open, settled, signIn, SIZES } from "./session.ts";

let demo: Demo;
let browser: Browser;
let incidentPath: string;

beforeAll(async () => {
  [demo, browser] = await Promise.all([startDemo(), launch()]);
  incidentPath = `/incidents/${(await incident(demo, "triggered")).id}`;
});

afterAll(async () => {
  await browser.close();
  await demo.stop();
});

describe.each(LOOKS)("on a $size, $scheme", ({ size, scheme }) => {
  it("shows the entrance", async () => {
    const { page, complaints } = await open(browser, size, scheme);
    for (const path of ["/sign-in", "/set-up#secret"]) {
      await page.goto(demo.url + path);
      await page.getByLabel("E-mail").waitFor();
      expect({ path, found: [...(await axe(page)), ...(await misfits(page))] }).toEqual({ path, found: [] });
    }
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it("shows every view", async () => {
    const { page, complaints } = await open(browser, size, scheme);
    await signIn(page, demo);
    for (const path of ["/", incidentPath, "/on-call", "/outbox", "/nowhere"]) {
      await page.goto(demo.url + path);
      await page.getByRole("heading", { level: 1 }).waitFor({ state: "attached" });
      await page.waitForLoadState("load");
      await page.getByText("Live", { exact: true }).waitFor({ state: "attached" });
      expect(await page.evaluate(() => document.documentElement.dataset.mantineColorScheme)).toBe(scheme);
      expect({ path, found: [...(await axe(page)), ...(await misfits(page))] }).toEqual({ path, found: [] });
    }
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

/** The views behind the sign-in. */
function paths(): string[] {
  return ["/", incidentPath, "/on-call", "/outbox", "/nowhere"];
}

describe("with nothing in it", () => {
  it.each(["phone", "desktop"] as const)("each view says so, and what to do, on a %s", async (size) => {
    const { page } = await open(browser, size, "light");
    await signIn(page, demo);
    await page.route(/\/api\/v1\/(?:incidents|on-call|schedules|outbox)(?:\?.*)?$/u, (route) =>
      route.fulfill({ json: { items: [], next: null } }),
    );
    const says = {
      "/": "No open incidents, and none was ever resolved here.",
      "/on-call": "There is no schedule yet.",
      "/outbox": "Quiet.",
      "/nowhere": "There is no such page.",
    };
    for (const [path, words] of Object.entries(says)) {
      await page.goto(demo.url + path);
      await page.getByRole("main").getByText(words).first().waitFor();
      expect({ path, found: [...(await axe(page)), ...(await misfits(page))] }).toEqual({ path, found: [] });
    }
    await page.unrouteAll({ behavior: "ignoreErrors" });
    const declared = await ask<{ id: string }>(demo, "POST", "/api/v1/incidents", await byHand());
    await page.goto(`${demo.url}/incidents/${declared.id}`);
    await page.getByText("None: it was declared by hand.").waitFor();
    await page.context().close();
  });
});

/** An incident without an alert. */
async function byHand() {
  const { items } = await ask<{ items: { id: string }[] }>(demo, "GET", "/api/v1/services");
  return { title: "Declared by hand", service: items[0]?.id, severity: "minor" };
}

describe("the layout", () => {
  it.each(["phone", "desktop"] as const)("holds from right to left on a %s", async (size) => {
    const { page } = await open(browser, size);
    await signIn(page, demo);
    for (const path of paths()) {
      await page.goto(demo.url + path);
      await page.getByRole("heading", { level: 1 }).waitFor({ state: "attached" });
      await settled(page);
      await page.evaluate(() => {
        document.documentElement.dir = "rtl";
      });
      expect({ path, found: await misfits(page) }).toEqual({ path, found: [] });
      const rail = await page.getByRole("navigation", { name: "Main" }).boundingBox();
      expect((rail?.x ?? 0) + (rail?.width ?? 0)).toBe(SIZES[size].width);
    }
    await page.context().close();
  });

  it.each([
    ["at 200 % of a laptop", { width: 640, height: 400 }],
    ["at 400 % of a desktop", { width: 320, height: 256 }],
  ])("holds %s", async (_, viewport) => {
    const { page } = await open(browser, "desktop", "light", { viewport });
    await page.goto(`${demo.url}/sign-in`);
    await page.getByLabel("E-mail").waitFor();
    expect(await misfits(page)).toEqual([]);
    await signIn(page, demo);
    for (const path of paths()) {
      await page.goto(demo.url + path);
      await page.getByRole("heading", { level: 1 }).waitFor({ state: "attached" });
      await settled(page);
      expect({ path, found: await misfits(page) }).toEqual({ path, found: [] });
    }
    await page.context().close();
  });

  it("moves nothing for those who asked for less motion", async () => {
    const { page } = await open(browser, "desktop");
    await signIn(page, demo);
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: "Find or do" }).waitFor();
    const moving = await page.evaluate(() =>
      [...document.querySelectorAll("*")]
        .map((element) => getComputedStyle(element))
        .filter((style) => style.animationName !== "none" || style.transitionDuration.split(", ").some((one) => one !== "0s")).length,
    );
    expect(moving).toBe(0);
    expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
    await page.context().close();
  });
});

describe("the first paint", () => {
  it("is in the theme that was chosen, whatever the system says", async () => {
    const { page } = await open(browser, "desktop", "light");
    await page.addInitScript(() => {
      localStorage.setItem("watchbell.scheme", "dark");
    });
    // Only the document, its own script and styles: before the program runs.
    await page.route("**/*.js", (route) =>
      route.request().url().endsWith("/scheme.js") ? route.continue() : route.abort(),
    );
    await page.goto(`${demo.url}/sign-in`);
    const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(ground).toBe("rgb(12, 17, 22)");
    await page.context().close();
  });

  it("weighs less than 250 kB, with fonts apart and at most 75 kB", async () => {
    const { page } = await open(browser, "desktop");
    await signIn(page, demo);
    const sizes = new Map<string, number>();
    const session = await page.context().newCDPSession(page);
    await session.send("Network.enable");
    await session.send("Network.setCacheDisabled", { cacheDisabled: true });
    const types = new Map<string, string>();
    session.on("Network.responseReceived", ({ requestId, type }) => types.set(requestId, type));
    session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
      const type = types.get(requestId) ?? "Other";
      sizes.set(type, (sizes.get(type) ?? 0) + encodedDataLength);
    });
    await page.goto(demo.url + incidentPath);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.evaluate(() => document.fonts.ready);
    const code = ["Document", "Script", "Stylesheet"].reduce((sum, type) => sum + (sizes.get(type) ?? 0), 0);
    expect(code).toBeGreaterThan(50_000);
    expect(code).toBeLessThan(250_000);
    expect(sizes.get("Font") ?? 0).toBeLessThanOrEqual(75_000);
    await page.context().close();
  });
});
