/**
 * How heavy and how fast the UI is, measured in Chromium against the real program: what `wb-bench web`
 * runs. What it found goes as JSON into the file that `BENCH_OUT` names.
 */
import { writeFile } from "node:fs/promises";

import type { Browser, CDPSession, Page } from "playwright-core";
import { afterAll, beforeAll, it } from "vitest";

import { VIEWS } from "../src/views/registry.ts";
import { launch } from "./browser.ts";
import { type Demo, startDemo } from "./demo.ts";
import { incident, open, opened, signIn } from "./session.ts";

/** Chromium's own "Slow 4G": 562.5 ms to and fro, 1.44 Mbit/s down, 675 kbit/s up; and a processor a quarter as fast. */
const SLOW_4G = { offline: false, latency: 562.5, downloadThroughput: 180_000, uploadThroughput: 84_375 };
const SLOWER_CPU = 4;

const ROUNDS = Number(process.env.ROUNDS ?? "3");
const BENCH_MS = 600_000;

/** After so long without anything under way nothing more comes, in ms. */
const QUIET_MS = 700;

/** What the address of an incident is known by before there is one. */
const ID = ":id";

interface Weight {
  /** Of HTML, CSS and JavaScript as they came over the wire, in bytes. */
  code: number;
  fonts: number;
}

interface Visit {
  /** Until the frame of the view stands, in ms. */
  frame_ms: number;
  /** Until it shows what it knows, in ms. */
  data_ms: number;
  /** Chromium's layout shift; 0 is none. */
  shift: number;
}

let demo: Demo;
let browser: Browser;
let incidentId: string;

beforeAll(async () => {
  [demo, browser] = await Promise.all([startDemo(), launch()]);
  await incident(demo, "triggered");
  // That of the demo ends by itself.
  incidentId = (await opened(demo, "It stays until the end")).id;
  // The form is not measured: from here on every page has its session.
  const { page } = await open(browser, "phone");
  await signIn(page, demo);
  await page.context().close();
}, BENCH_MS);

afterAll(async () => {
  await browser.close();
  await demo.stop();
});

/** A signed-in page that has loaded nothing, on a phone. */
async function fresh(serviceWorkers: "allow" | "block"): Promise<{ page: Page; cdp: CDPSession }> {
  const { page } = await open(browser, "phone", "dark", { serviceWorkers });
  await signIn(page, demo);
  const state = await page.context().storageState();
  await page.context().close();
  const { page: other } = await open(browser, "phone", "dark", { serviceWorkers, storageState: { cookies: state.cookies, origins: [] } });
  await other.addInitScript(() => {
    const shifts = { sum: 0 };
    Object.assign(globalThis, { shifts });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[]) {
        shifts.sum += entry.hadRecentInput ? 0 : entry.value;
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
  const cdp = await other.context().newCDPSession(other);
  await cdp.send("Network.enable");
  return { page: other, cdp };
}

/** Weighs what comes from now on. */
function scales(cdp: CDPSession): Weight {
  const weight: Weight = { code: 0, fonts: 0 };
  const types = new Map<string, string>();
  cdp.on("Network.responseReceived", ({ requestId, type }) => types.set(requestId, type));
  cdp.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const type = types.get(requestId);
    if (type === "Font") {
      weight.fonts += encodedDataLength;
    } else if (type === "Document" || type === "Script" || type === "Stylesheet") {
      weight.code += encodedDataLength;
    }
  });
  return weight;
}

function isThere(page: Page): Promise<unknown> {
  return page.getByRole("main").getByRole("button", { name: "Acknowledge" }).first().waitFor();
}

async function quiet(page: Page): Promise<void> {
  await page.waitForFunction(() => document.querySelector('main [aria-busy="true"]') === null);
  // The live connection never ends, so the network is never idle.
  await page.waitForTimeout(QUIET_MS);
}

function pathOf(path: string): string {
  return path.replace(ID, incidentId);
}

/** Goes to a view as a link would, and times it by the page's own clock. */
function go(page: Page, path: string): Promise<Visit> {
  return page.evaluate(
    (to) =>
      new Promise<Visit>((resolve) => {
        const main = document.querySelector("main");
        const old = [...(main?.children ?? [])].filter((one) => one.tagName !== "P");
        const { shifts } = globalThis as unknown as { shifts: { sum: number } };
        shifts.sum = 0;
        const begun = performance.now();
        let frame = 0;
        const look = () => {
          const isNew = old.every((one) => !one.isConnected) && (main?.children.length ?? 0) > 1;
          if (isNew && frame === 0) {
            frame = performance.now() - begun;
          }
          const isDone = isNew && main?.querySelector("h1") !== null && main?.querySelector('[aria-busy="true"]') === null;
          if (isDone) {
            const data = performance.now() - begun;
            // What comes in late may still push.
            setTimeout(() => {
              resolve({ frame_ms: frame, data_ms: data, shift: shifts.sum });
            }, 1_000);
          } else {
            requestAnimationFrame(look);
          }
        };
        history.pushState(null, "", to);
        dispatchEvent(new PopStateEvent("popstate"));
        requestAnimationFrame(look);
      }),
    path,
  );
}

async function firstVisit(): Promise<Visit & Weight> {
  const { page, cdp } = await fresh("block");
  const weight = scales(cdp);
  await cdp.send("Network.emulateNetworkConditions", SLOW_4G);
  await cdp.send("Emulation.setCPUThrottlingRate", { rate: SLOWER_CPU });
  const begun = Date.now();
  await page.goto(demo.url, { waitUntil: "commit" });
  await page.getByRole("heading", { level: 1, name: "Incidents" }).waitFor();
  const frame = Date.now() - begun;
  await isThere(page);
  const data = Date.now() - begun;
  await quiet(page);
  const shift = await page.evaluate(() => (globalThis as unknown as { shifts: { sum: number } }).shifts.sum);
  await page.context().close();
  return { frame_ms: frame, data_ms: data, shift, ...weight };
}

/** Views that one comes to from the list, each from a page that has only that. */
const REACHED = VIEWS.filter(({ path, name }) => name !== "incidents" && (!path.includes(ID) || name === "incident"));

async function weigh(path: string): Promise<Weight> {
  const { page, cdp } = await fresh("block");
  await page.goto(demo.url);
  await isThere(page);
  await quiet(page);
  const weight = scales(cdp);
  await go(page, pathOf(path));
  await quiet(page);
  await page.context().close();
  return weight;
}

async function laterVisits(): Promise<Record<string, Visit>> {
  const { page, cdp } = await fresh("allow");
  await page.goto(demo.url);
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  await page.reload();
  await isThere(page);
  await quiet(page);
  await cdp.send("Network.emulateNetworkConditions", SLOW_4G);
  await cdp.send("Emulation.setCPUThrottlingRate", { rate: SLOWER_CPU });
  const visits: Record<string, Visit> = {};
  for (const { name, path } of REACHED) {
    visits[name] = await go(page, pathOf(path));
  }
  await page.context().close();
  return visits;
}

it(
  "measures",
  async () => {
    const first: (Visit & Weight)[] = [];
    const later: Record<string, Visit>[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      first.push(await firstVisit());
      later.push(await laterVisits());
    }
    const weights: Record<string, Weight> = {};
    for (const { name, path } of REACHED) {
      weights[name] = await weigh(path);
    }
    const views = REACHED.map(({ name }) => ({
      name,
      code: weights[name]?.code ?? 0,
      visits: later.map((round) => round[name]),
    }));
    const found = { first, views };
    const out = process.env.BENCH_OUT;
    if (out === undefined) {
      console.log(JSON.stringify(found, undefined, 1));
    } else {
      await writeFile(out, JSON.stringify(found));
    }
  },
  BENCH_MS,
);
