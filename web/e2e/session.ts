/** A browser page that watches itself: what the console says, what leaves the screen, what axe finds. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";

import { type Demo, TOKEN } from "./demo.ts";

/** The sizes every view must hold. */
export const SIZES = {
  phone: { width: 390, height: 844 },
  desktop: { width: 1440, height: 900 },
} as const;

/** The name of a size. */
export type Size = keyof typeof SIZES;

/** Dark or light. */
export type Scheme = "dark" | "light";

const SCHEMES: readonly Scheme[] = ["dark", "light"];

/** Every size in both themes. */
export const LOOKS = (Object.keys(SIZES) as Size[]).flatMap((size) => SCHEMES.map((scheme) => ({ size, scheme })));

/** Each size and each theme once: for states of a view whose first one is looked at in all. */
export const TWO_LOOKS = [
  { size: "phone", scheme: "dark" },
  { size: "desktop", scheme: "light" },
] as const;

/** A page and what went wrong on it. */
export interface Watched {
  page: Page;
  /** What the console and the page itself complained of. */
  complaints: string[];
}

/** Opens a page in a browser that knows nothing yet. */
export async function open(
  browser: Browser,
  size: Size,
  scheme: Scheme = "dark",
  more: BrowserContextOptions = {},
): Promise<Watched> {
  const context = await browser.newContext({
    viewport: SIZES[size],
    colorScheme: scheme,
    reducedMotion: "reduce",
    // Each test would begin with keeping the whole program; those of the worker say so.
    serviceWorkers: "block",
    ...more,
  });
  return watch(await context.newPage());
}

/** Watches a page. */
export function watch(page: Page): Watched {
  const complaints: string[] = [];
  page.on("console", (message) => {
    const isOurs = message.text() !== "Service Worker registration blocked by Playwright";
    if (isOurs && (message.type() === "error" || message.type() === "warning")) {
      complaints.push(`${message.text()} (${message.location().url})`);
    }
  });
  page.on("pageerror", (error) => {
    complaints.push(String(error));
  });
  page.on("requestfailed", (request) => {
    // What nobody waits for any more is given up, as when another page is opened.
    if (request.failure()?.errorText !== "net::ERR_ABORTED") {
      complaints.push(`${request.method()} ${request.url()}: ${request.failure()?.errorText ?? ""}`);
    }
  });
  return { page, complaints };
}

/** The session that a demo's form gave, as cookies. */
const sessions = new WeakMap<Demo, Parameters<BrowserContext["addCookies"]>[0]>();

/** Signs in: by the form the first time, and whenever the session that gave has ended. */
export async function signIn(page: Page, demo: Demo): Promise<void> {
  await page.context().addCookies(sessions.get(demo) ?? []);
  if ((await page.request.get(`${demo.url}/api/v1/me`)).ok()) {
    await page.goto(demo.url);
  } else {
    await byForm(page, demo);
  }
  await page.getByRole("heading", { level: 1, name: "Incidents" }).waitFor();
  sessions.set(demo, await page.context().cookies());
}

async function byForm(page: Page, demo: Demo): Promise<void> {
  await page.goto(`${demo.url}/sign-in`);
  await page.getByLabel("E-mail").fill(demo.email);
  await page.getByLabel("Password", { exact: true }).fill(demo.password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** Waits until no part of the view is still loading. */
export function settled(page: Page): Promise<void> {
  return page.locator('main [aria-busy="true"]').first().waitFor({ state: "detached" });
}

/** Opens a view and waits until it shows what it knows. */
export async function show(page: Page, demo: Demo, path: string): Promise<void> {
  await page.goto(demo.url + path);
  await page.getByRole("heading", { level: 1 }).waitFor({ state: "attached" });
  await settled(page);
}

/** An incident as far as the tests look at it. */
export interface Seen {
  id: string;
  number: number;
  state: string;
  title: string;
  service: { id: string };
}

/** Asks the API, past the browser. */
export async function ask<T>(demo: Demo, method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(demo.url + path, {
    method,
    headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) {
    throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
  }
  return (await response.json()) as T;
}

/** Waits until something is so. */
export async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const end = Date.now() + 60_000;
  while (Date.now() < end) {
    const found = await look();
    if (found !== undefined) {
      return found;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`waited for ${what} in vain`);
}

/** The incident in a state; the demo's first problem begins within seconds. */
export function incident(demo: Demo, state: string): Promise<Seen> {
  return until(`an incident that is ${state}`, async () => {
    const { items } = await ask<{ items: Seen[] }>(demo, "GET", `/api/v1/incidents?state=${state}`);
    return items[0];
  });
}

/** Sends an event to the demo's checkout, as a monitoring system would. */
export async function trigger(demo: Demo, key: string, summary: string): Promise<void> {
  await ask(demo, "POST", "/v2/enqueue", {
    routing_key: "DEMO00000000000000000000CHECKOUT",
    event_action: "trigger",
    dedup_key: key,
    payload: { summary, source: "e2e", severity: "critical", custom_details: { p99_ms: 874 } },
  });
}

/** Sends an event under its title and waits for the incident it opens. */
export async function opened(demo: Demo, title: string): Promise<Seen> {
  await trigger(demo, title, title);
  return until(`“${title}”`, async () => {
    const { items } = await ask<{ items: Seen[] }>(demo, "GET", "/api/v1/incidents?state=triggered");
    return items.find((one) => one.title === title);
  });
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** What axe finds on a page; empty when all is well. */
export function axe(page: Page): Promise<string[]> {
  return violations(page, STANDARDS);
}

/** What of it depends on the theme. */
export function contrast(page: Page): Promise<string[]> {
  return violations(page, { type: "rule", values: ["color-contrast"] });
}

async function violations(page: Page, runOnly: object): Promise<string[]> {
  // By the debugger, past the page's own policy: the policy is not to be weakened for a test.
  await page.evaluate(axeSource);
  return page.evaluate(async (rules) => {
    const { axe: tool } = globalThis as unknown as {
      axe: { run: (where: Document, options: object) => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    const { violations: found } = await tool.run(document, { runOnly: rules });
    return found.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`);
  }, runOnly);
}

/** What sticks out of the screen, is too small to read, or to hit; empty when all fits. */
export function misfits(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found = new Set<string>();
    const width = document.documentElement.clientWidth;
    const isPhone = width <= 760;
    if (document.documentElement.scrollWidth > width) {
      found.add(`the page is ${document.documentElement.scrollWidth} px wide`);
    }
    const name = (element: Element) => `${element.tagName} "${element.textContent.trim().slice(0, 40)}"`;
    const isHidden = (element: Element) => {
      const style = getComputedStyle(element);
      return style.visibility === "hidden" || style.clipPath !== "none" || element.closest(".wb-sr") !== null;
    };
    const scrolls = (element: Element) => {
      for (let at: Element | null = element; at !== null; at = at.parentElement) {
        if (["auto", "scroll", "hidden"].includes(getComputedStyle(at).overflowX)) {
          return true;
        }
      }
      return false;
    };
    for (const element of document.querySelectorAll("main *, header *, nav *")) {
      const box = element.getBoundingClientRect();
      if (box.width < 2 || isHidden(element) || element.closest("svg") !== null) {
        continue;
      }
      if ((box.right > width + 1 || box.left < -1) && !scrolls(element)) {
        found.add(`past the edge: ${name(element)}`);
      }
      const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && (node.textContent ?? "").trim() !== "");
      const size = Number.parseFloat(getComputedStyle(element).fontSize);
      // Words to read are larger on a phone than labels, times and what stands beside the word it belongs to.
      const isLabel = element.closest("th, dt, small, time, label, legend, kbd, code, summary, [class*=axis], [class*=mono]") !== null;
      const isTiny =
        size < (isPhone && !isLabel ? 13.9 : 11.9) && element.tagName !== "KBD" && element.closest('[aria-hidden="true"]') === null;
      if (hasText && isTiny && element.closest("a[aria-current], nav") === null) {
        found.add(`${size} px: ${name(element)}`);
      }
      const isTarget = element.matches("button, a[href], input, select, summary");
      // A box to tick is as big a target as the words that belong to it.
      const words = element.matches("input[type=checkbox], input[type=radio]") ? element.closest("label") : null;
      const { height } = (words ?? element).getBoundingClientRect();
      const least = isPhone ? 44 : 24;
      // A link within a sentence, and one whose row is the target, are exempt.
      const isInline = getComputedStyle(element).display === "inline" || element.matches("li a:first-child");
      if (isTarget && !isInline && height < least - 0.5) {
        found.add(`${Math.round(height)} px high: ${name(element)}`);
      }
    }
    return [...found];
  });
}
