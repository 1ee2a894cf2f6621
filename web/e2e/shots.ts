/** Pictures of states of the views, from the running program: `npm run shots`. Every view itself: views.e2e.ts. */
import { mkdir } from "node:fs/promises";

import { afterAll, beforeAll, describe, it } from "vitest";
import type { Browser, Page } from "playwright-core";

import { launch } from "./browser.ts";
import { type Demo, startDemo, startHeld } from "./demo.ts";
import { ask, incident, LOOKS, open, type Scheme, type Seen, settled, signIn, type Size, trigger, until } from "./session.ts";

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

/** Opens a view and waits until it shows what it knows. */
async function show(page: Page, path: string, from = demo): Promise<void> {
  await page.goto(from.url + path);
  await page.getByRole("heading", { level: 1 }).waitFor({ state: "attached" });
  await page.getByText("Live", { exact: true }).waitFor({ state: "attached" });
  // A view may have several parts that are still asked for.
  await settled(page);
}

/** Takes pictures of a page under names that tell size and theme. */
function camera(page: Page, size: Size, scheme: Scheme) {
  return async (name: string, fullPage = false) => {
    await page.evaluate(() => document.fonts.ready);
    await page.screenshot({ path: `${OUT}/${name}-${size}-${scheme}.png`, fullPage });
  };
}

/** How long the incident of the README is open, so that its graph has something to show. */
const README_MS = 55_000;

describe("the README", () => {
  it("has its picture", async () => {
    const { id } = await incident(demo, "triggered");
    const { page } = await open(browser, "desktop", "light");
    await signIn(page, demo);
    await show(page, `/incidents/${id}`);
    const { opened_at: openedAt } = await ask<{ opened_at: string }>(demo, "GET", `/api/v1/incidents/${id}`);
    await until("a graph worth a picture", () =>
      Promise.resolve(Date.now() - Date.parse(openedAt) > README_MS ? true : undefined),
    );
    await camera(page, "desktop", "light")("readme");
    await page.context().close();
  });
});

/** What a busy night brings; the last two are taken, the one before is over. */
const NIGHT = [
  "Card payments are declined by the acquirer in Poland",
  "No data from cart workers for 5 min",
  "Certificate of the status page ends in 14 days",
  "Queue orders.out is longer than 10 000 messages and grows by 400 a minute on every consumer",
  "Search index is 14 min behind",
  "Disk of db-replica-3 is 91 % full",
];

/** Makes incidents in every state. */
async function makeNight(): Promise<Record<"triggered" | "acknowledged" | "resolved", Seen>> {
  const found: Seen[] = [];
  for (const [index, title] of NIGHT.entries()) {
    await trigger(demo, `night-${index}`, title);
    found.push(
      await until(`“${title}”`, async () => {
        const { items } = await ask<{ items: Seen[] }>(demo, "GET", "/api/v1/incidents?state=triggered");
        return items.find((one) => one.title === title);
      }),
    );
  }
  const [triggered, , , resolved, other, acknowledged] = found;
  if (triggered === undefined || resolved === undefined || other === undefined || acknowledged === undefined) {
    throw new Error("the night was too short");
  }
  for (const one of [acknowledged, other, resolved]) {
    await ask(demo, "POST", `/api/v1/incidents/${one.id}/acknowledge`);
  }
  await ask(demo, "POST", `/api/v1/incidents/${resolved.id}/resolve`);
  return { triggered, acknowledged, resolved };
}

describe("a busy night", () => {
  let night: Awaited<ReturnType<typeof makeNight>>;

  beforeAll(async () => {
    await incident(demo, "triggered");
    night = await makeNight();
  });

  it.each(LOOKS)("takes its states on a $size, $scheme", async ({ size, scheme }) => {
    const { page } = await open(browser, size, scheme);
    const shoot = camera(page, size, scheme);
    await signIn(page, demo);
    // Not the first: there the offer to acknowledge would stand over the last values.
    await show(page, `/?at=${night.acknowledged.number}`);
    await shoot("incidents-many", true);
    await show(page, "/?q=nothing+of+the+kind");
    await shoot("incidents-none");
    await show(page, `/incidents/${night.acknowledged.id}`);
    await shoot("incident-acknowledged", true);
    await show(page, `/incidents/${night.resolved.id}`);
    await shoot("incident-resolved", true);
    await show(page, `/incidents/${night.acknowledged.id}`);
    await page.keyboard.press("r");
    await page.getByRole("dialog").waitFor();
    await shoot("dialog-resolve");
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.keyboard.press("e");
    await page.getByRole("combobox", { name: "Person or policy" }).click();
    await shoot("dialog-reassign");
    await show(page, "/");
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: "Find or do" }).fill("c");
    await shoot("find");
    await show(page, "/");
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keys" }).waitFor();
    await shoot("keys");
    await show(page, "/");
    if (size === "phone") {
      await page.getByRole("button", { name: "More" }).click();
      await page.getByRole("dialog", { name: "More" }).waitFor();
      await shoot("more");
    }
    await page.getByRole("button", { name: "You" }).click();
    await page.getByText("Appearance").waitFor();
    await shoot("profile");
    await show(page, `/incidents/${night.triggered.id}`);
    await page.evaluate(() => {
      document.documentElement.dir = "rtl";
    });
    await shoot("right-to-left");
    await show(page, `/incidents/${night.triggered.id}`);
    await page.context().setOffline(true);
    await page.getByText(/^Reconnecting\. Shown as of/u).waitFor();
    await page.keyboard.press("a");
    await page.getByText("was not acknowledged").waitFor();
    await shoot("reconnecting");
    await page.context().setOffline(false);
    await page.getByText("Live", { exact: true }).waitFor({ state: "attached" });
    await page.context().clearCookies();
    await page.keyboard.press("a");
    await page.getByRole("dialog", { name: "Your session has ended" }).waitFor();
    await shoot("session-ended");
    await page.context().close();
  });
});

describe("a backup that was put back", () => {
  let held: Demo;

  beforeAll(async () => {
    held = await startHeld();
    await trigger(held, "held", "Card payments are declined by the acquirer in Poland");
  });

  afterAll(async () => {
    await held.stop();
  });

  it.each(LOOKS)("says so on a $size, $scheme", async ({ size, scheme }) => {
    const { page } = await open(browser, size, scheme);
    const shoot = camera(page, size, scheme);
    await signIn(page, held);
    const { id } = await incident(held, "triggered");
    const views = { "held-incidents": "/", "held-incident": `/incidents/${id}`, "held-on-call": "/on-call" };
    for (const [name, path] of Object.entries(views)) {
      await show(page, path, held);
      await page.getByRole("alert").waitFor();
      await shoot(name);
    }
    await page.context().close();
  });
});
