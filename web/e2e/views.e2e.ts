/**
 * Every view of the registry at both sizes and in both themes: accessible, nothing cut off or too small,
 * nothing complained of, no request that failed; also from right to left, at 200 %, and on paper. Pictures
 * of all go into `shots-out/`.
 */
import { mkdir } from "node:fs/promises";

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type View, VIEWS } from "../src/views/registry.ts";
import { launch } from "./browser.ts";
import { type Demo, startDemo } from "./demo.ts";
import { ask, axe, contrast, incident, misfits, open, type Scheme, show, signIn, type Size, SIZES, trigger, until } from "./session.ts";

const OUT = "shots-out";

/** What the addresses of the views name. */
interface Known {
  incident: string;
  service: string;
  integration: string;
  schedule: string;
  policy: string;
  monitor: string;
  dashboard: string;
}

/** Where each view is looked at: as it is, and in its other forms. A view without an entry fails. */
const WHERE: Record<View["name"], (known: Known) => [string, ...string[]]> = {
  incidents: () => ["/", "/?group=severity", "/?q=nothing+of+the+kind"],
  incident: ({ incident: id }) => [`/incidents/${id}`],
  on_call: () => ["/on-call"],
  services: () => ["/services"],
  new_service: () => ["/services/new"],
  service: ({ service: id }) => [`/services/${id}`, `/services/${id}?hours=168`],
  edit_service: ({ service: id }) => [`/services/${id}/edit`],
  integrations: () => ["/integrations"],
  integration: ({ integration: id }) => [`/integrations/${id}`],
  monitors: () => ["/monitors"],
  monitor: ({ monitor: id }) => [`/monitors/${id}`, `/monitors/${id}?edit=1`, "/monitors/new"],
  schedules: () => ["/schedules"],
  schedule: ({ schedule: id }) => [`/schedules/${id}`, `/schedules/${id}?time=utc&span=week`, "/schedules/new"],
  metrics: () => [`/metrics-explorer?t=${encodeURIComponent("checkout.latency_ms.*")}&compare=week`, "/metrics-explorer"],
  policies: () => ["/policies"],
  policy: ({ policy: id }) => [`/policies/${id}`, `/policies/${id}?edit=1`, "/policies/new"],
  wall: () => ["/wall"],
  people: () => ["/people"],
  system: () => ["/system"],
  me: () => ["/me"],
  changes: ({ service: id }) => ["/changes", `/changes?object=${id}`],
  outbox: () => ["/outbox"],
  dashboards: () => ["/dashboards"],
  dashboard: ({ dashboard: id }) => [`/dashboards/${id}`, `/dashboards/${id}?edit=1`, "/dashboards/new"],
};

/** How long it takes at most to look at all views of a size. */
const LOOKING_MS = 300_000;

/** At 200 % of a laptop's screen, and 400 % of a desktop's. */
const ENLARGED = [
  { width: 640, height: 400 },
  { width: 320, height: 256 },
] as const;

let demo: Demo;
let browser: Browser;
let known: Known;

interface Named {
  id: string;
  name: string;
  service?: string;
}

beforeAll(async () => {
  [demo, browser] = await Promise.all([startDemo(), launch(), mkdir(OUT, { recursive: true })]);
  const list = async (path: string) => (await ask<{ items: Named[] }>(demo, "GET", `/api/v1/${path}`)).items;
  const { id, service } = await incident(demo, "triggered");
  await trigger(demo, "views-e2e", "Payments in Władysławowo are declined by Großbank’s acquirer, for all cards and amounts");
  const [ways, schedules, policies, monitors, dashboards] = await Promise.all(
    ["integrations", "schedules", "escalation-policies", "monitors", "dashboards"].map(list),
  );
  known = {
    incident: id,
    service: service.id,
    integration: ways?.find((one) => one.service === service.id)?.id ?? "",
    schedule: schedules?.[0]?.id ?? "",
    policy: policies?.[0]?.id ?? "",
    monitor: monitors?.[0]?.id ?? "",
    dashboard: dashboards?.[0]?.id ?? "",
  };
  await until("both incidents", async () => ((await list("incidents")).length > 1 ? true : undefined));
});

afterAll(async () => {
  await browser.close();
  await demo.stop();
});

async function wear(page: Page, scheme: Scheme): Promise<void> {
  await page.emulateMedia({ colorScheme: scheme });
  await page.waitForFunction((one) => document.documentElement.dataset.mantineColorScheme === one, scheme);
}

async function turn(page: Page, dir: "ltr" | "rtl"): Promise<void> {
  await page.evaluate((one) => {
    document.documentElement.dir = one;
  }, dir);
}

/** Everything that is wrong with what a page shows, by how it was looked at. */
async function faults(page: Page, size: Size, picture: string | undefined): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  const shoot = async (scheme: Scheme) => {
    if (picture !== undefined) {
      await page.screenshot({ path: `${OUT}/${picture}-${size}-${scheme}.png` });
    }
  };
  found.dark = [...(await axe(page)), ...(await misfits(page))];
  await shoot("dark");
  await wear(page, "light");
  found.light = await contrast(page);
  await shoot("light");
  await wear(page, "dark");
  await turn(page, "rtl");
  found.rtl = await misfits(page);
  await turn(page, "ltr");
  if (size === "desktop") {
    for (const enlarged of ENLARGED) {
      await page.setViewportSize(enlarged);
      found[`${enlarged.width} px`] = await misfits(page);
    }
    await page.setViewportSize(SIZES[size]);
  }
  return Object.fromEntries(Object.entries(found).filter(([, all]) => all.length > 0));
}

describe("the registry", () => {
  it("has no view that is not looked at here", () => {
    expect(VIEWS.map(({ name }) => name).filter((name) => !(name in WHERE))).toEqual([]);
  });
});

describe("every view", () => {
  it.concurrent.each(["phone", "desktop"] as const)("is whole on a %s", async (size) => {
    const { page, complaints } = await open(browser, size);
    const wrong: Record<string, unknown> = {};
    const look = async (path: string, picture?: string) => {
      const found = await faults(page, size, picture);
      if (Object.keys(found).length > 0) {
        wrong[path] = found;
      }
    };
    for (const [path, name] of [["/sign-in", "sign-in"], ["/set-up#secret", "set-up"]] as const) {
      await page.goto(demo.url + path);
      await page.getByLabel("E-mail").waitFor();
      await look(path, name);
    }
    await signIn(page, demo);
    for (const { name } of VIEWS) {
      for (const [index, path] of WHERE[name](known).entries()) {
        await show(page, demo, path);
        await page.getByText("Live", { exact: true }).waitFor({ state: "attached" });
        await look(path, index === 0 ? name : undefined);
      }
    }
    await show(page, demo, "/nowhere");
    await look("/nowhere");
    expect({ wrong, complaints }).toEqual({ wrong: {}, complaints: [] });
    await page.context().close();
  }, LOOKING_MS);
});

describe("on paper", () => {
  it("is what is known, black on white, without what can only be pressed, and nothing is cut", async () => {
    const { page } = await open(browser, "desktop", "dark");
    await signIn(page, demo);
    const views = { incident: `/incidents/${known.incident}`, schedule: `/schedules/${known.schedule}`, monitors: "/monitors" };
    for (const [name, path] of Object.entries(views)) {
      await show(page, demo, path);
      await page.pdf({ path: `${OUT}/${name}.pdf`, format: "A4", preferCSSPageSize: true });
      await page.emulateMedia({ media: "print" });
      // As wide as the paper between its margins.
      await page.setViewportSize({ width: 702, height: 1000 });
      expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe("rgb(255, 255, 255)");
      expect(await page.getByRole("navigation").or(page.getByRole("textbox")).or(page.getByRole("combobox")).count()).toBe(0);
      expect(await page.locator("button:not([data-prints]):visible").count()).toBe(0);
      await page.getByText(/^Watchbell, .+, printed by Demo Admin from http/u).waitFor();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(702);
      expect(await contrast(page)).toEqual([]);
      await page.screenshot({ path: `${OUT}/paper-${name}.png`, fullPage: true });
      await page.emulateMedia({ media: "screen" });
      await page.setViewportSize(SIZES.desktop);
    }
    await page.context().close();
  });
});

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

describe("motion", () => {
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
    await page.goto(`${demo.url}/incidents/${known.incident}`);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.evaluate(() => document.fonts.ready);
    const code = ["Document", "Script", "Stylesheet"].reduce((sum, type) => sum + (sizes.get(type) ?? 0), 0);
    expect(code).toBeGreaterThan(50_000);
    expect(code).toBeLessThan(250_000);
    expect(sizes.get("Font") ?? 0).toBeLessThanOrEqual(75_000);
    await page.context().close();
  });
});
