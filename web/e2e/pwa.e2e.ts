/** The installed app: what it keeps, what it shows when the server is gone, and how it takes a new version. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { launch } from "./browser.ts";
import { type Demo, startDemo } from "./demo.ts";
import { type Proxy, startProxy } from "./proxy.ts";
import { axe, incident, misfits, open, opened, settled, signIn, until } from "./session.ts";

let demo: Demo;
let browser: Browser;

beforeAll(async () => {
  [demo, browser] = await Promise.all([startDemo(), launch()]);
  await incident(demo, "triggered");
});

afterAll(async () => {
  await browser.close();
  await demo.stop();
});

/** A phone behind a way that can be cut, once its worker keeps the program. */
async function installed(): Promise<{ page: Page; proxy: Proxy; through: Demo }> {
  const proxy = await startProxy(demo.url);
  const through = { ...demo, url: proxy.url };
  const { page } = await open(browser, "phone", "light", { serviceWorkers: "allow" });
  await signIn(page, through);
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  return { page, proxy, through };
}

/** Which answers are kept on the device, and how many tokens of sessions, of which there must be none. */
function kept(page: Page): Promise<{ all: string[]; tokens: number }> {
  return page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const asked = indexedDB.open("watchbell");
        asked.onerror = () => {
          reject(new Error("there is no store"));
        };
        asked.onsuccess = () => {
          const names = asked.result.transaction("kept").objectStore("kept").getAll();
          names.onsuccess = () => {
            const entries = names.result as { key: string[]; data: { csrf_token?: string | null } }[];
            asked.result.close();
            resolve({
              all: entries.map(({ key }) => key.slice(0, 2).map(String).join(" ")),
              tokens: entries.filter(({ data }) => typeof data.csrf_token === "string").length,
            });
          };
        };
      }),
  );
}

function isKept(page: Page, what: string): Promise<boolean> {
  return until(`${what} to be kept`, async () => ((await kept(page)).all.includes(what) ? true : undefined));
}

const STALE = /^The server does not answer\. This is what was known on this device at .+ ago\./u;

function stale(page: Page) {
  return page.getByRole("main").getByRole("alert").filter({ hasText: STALE });
}

describe("the installed app", () => {
  it("has what a system asks for before it installs it", async () => {
    const html = await (await fetch(demo.url, { headers: { accept: "text/html" } })).text();
    const path = /rel="manifest" href="([^"]+)"/u.exec(html)?.[1] ?? "";
    const answer = await fetch(demo.url + path);
    expect(answer.headers.get("content-type")).toBe("application/manifest+json");
    expect(answer.headers.get("cache-control")).toBe("no-cache");
    const manifest = (await answer.json()) as { icons: { src: string; sizes: string; type: string; purpose?: string }[] };
    expect(manifest.icons.map(({ purpose }) => purpose)).toContain("maskable");
    for (const { src, type } of manifest.icons) {
      const icon = await fetch(demo.url + src);
      expect([src, icon.status, icon.headers.get("content-type")]).toEqual([src, 200, type]);
    }
    const worker = await fetch(`${demo.url}/sw.js`);
    expect(worker.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
    expect(worker.headers.get("cache-control")).toBe("no-cache");
    expect(worker.headers.get("content-security-policy")).toBe("default-src 'none'; connect-src 'self'");
    const page = await fetch(demo.url, { headers: { accept: "text/html" } });
    expect(page.headers.get("content-security-policy")).toContain("worker-src 'self'");
  });

  it("journey: offline and back", async () => {
    const read = await opened(demo, "The one that was opened before");
    const unread = await opened(demo, "The one nobody opened");
    const { page, proxy } = await installed();
    await page.goto(`${proxy.url}/incidents/${read.id}`);
    await page.getByRole("heading", { level: 1, name: read.title }).waitFor();
    await isKept(page, `incident ${read.id}`);
    await page.goto(proxy.url);
    await page.getByRole("link", { name: unread.title }).waitFor();
    await settled(page);
    await isKept(page, "incidents open");
    expect((await kept(page)).tokens).toBe(0);

    // A cold start without a server: the program is here, and what was known, with its age.
    proxy.down();
    await page.goto(proxy.url);
    await stale(page).waitFor();
    expect(await page.getByText("Live", { exact: true }).count()).toBe(0);
    await page.getByRole("link", { name: unread.title }).waitFor();
    expect(await page.getByRole("main").innerText()).not.toMatch(/\bin \d+:\d\d/u);
    expect([...(await axe(page)), ...(await misfits(page))]).toEqual([]);
    await page.getByRole("link", { name: read.title }).click();
    await page.getByRole("heading", { level: 1, name: read.title }).waitFor();
    await page.getByRole("log").getByRole("listitem").first().waitFor();
    await stale(page).waitFor();
    await page.goto(`${proxy.url}/incidents/${unread.id}`);
    await page.getByRole("heading", { level: 1, name: unread.title }).waitFor();
    await page.getByText("This is what the list says of it.").waitFor();
    expect([...(await axe(page)), ...(await misfits(page))]).toEqual([]);
    await page.goto(`${proxy.url}/policies`);
    await page.getByRole("main").getByText("Try again").waitFor();
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Incidents" }).click();
    await page.getByRole("button", { name: "Acknowledge" }).first().click();
    await page.getByRole("alert").filter({ hasText: "was not acknowledged." }).waitFor();

    const meanwhile = await opened(demo, "It came while nobody could know");
    proxy.up();
    // What is new waits while a pointer rests on the list.
    await page.mouse.move(0, 0);
    await page.getByRole("link", { name: meanwhile.title }).waitFor();
    await stale(page).waitFor({ state: "detached" });
    await page.getByText("Live", { exact: true }).waitFor({ state: "attached" });
    await page.context().close();
    await proxy.stop();
  });

  it("shows nobody what another left, and keeps nothing of who signed out", async () => {
    const { page, proxy } = await installed();
    await isKept(page, "incidents open");
    await page.getByRole("button", { name: "More" }).click();
    await page.getByRole("button", { name: "You" }).click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("E-mail").waitFor();
    await until("nothing is kept", async () => ((await kept(page)).all.length === 0 ? true : undefined));
    proxy.down();
    await page.goto(proxy.url);
    await page.getByRole("alert").getByText("The server did not answer.").waitFor();
    expect(await page.getByRole("link").count()).toBe(0);
    await page.context().close();
    await proxy.stop();
  });

  it("leaves to the server what acts, and what is live", async () => {
    const { page, proxy } = await installed();
    const answered = await page.evaluate(async () => {
      const stores = await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys()));
      return stores.flat().map(({ url }) => new URL(url).pathname);
    });
    expect(answered.filter((path) => !/^\/(?:assets\/|index\.html$|scheme\.js$|favicon\.svg$)/u.test(path))).toEqual([]);
    expect(answered.length).toBeGreaterThan(50);
    const link = await page.goto(`${proxy.url}/l/no-such-link`);
    expect([link?.status(), link?.fromServiceWorker()]).toEqual([404, false]);
    const view = await page.goto(`${proxy.url}/on-call`);
    expect(view?.fromServiceWorker()).toBe(true);
    await page.context().close();
    await proxy.stop();
  });

  it("offers a new version, and takes it when told to, with what was typed until then", async () => {
    const found = await opened(demo, "Half a sentence in the old version");
    const { page, proxy } = await installed();
    await page.goto(`${proxy.url}/incidents/${found.id}`);
    await page.getByText("Live", { exact: true }).waitFor({ state: "attached" });
    await page.getByLabel("Note").fill("Half a sent");
    proxy.renew();
    proxy.down();
    await page.getByText(/^Reconnecting\. Shown as of/u).waitFor();
    proxy.up();
    const offer = page.getByRole("status").filter({ hasText: "A new version of Watchbell is here." });
    await offer.waitFor();
    expect(await page.getByLabel("Note").inputValue()).toBe("Half a sent");
    expect([...(await axe(page)), ...(await misfits(page))]).toEqual([]);
    // The parts of the old version are gone from the server, and still here.
    await page.getByRole("navigation", { name: "Main" }).getByRole("button", { name: "More" }).click();
    await page.getByRole("dialog", { name: "More" }).waitFor();
    await page.keyboard.press("Escape");
    const loaded = page.waitForEvent("load");
    await offer.getByRole("button", { name: "Load it" }).click();
    await loaded;
    expect(await page.evaluate(() => caches.keys())).toContain("watchbell-0123456789abcdef");
    await page.context().close();
    await proxy.stop();
  });

  it("says calmly that a part is of another version, where nothing keeps the old one", async () => {
    const proxy = await startProxy(demo.url);
    const { page } = await open(browser, "desktop");
    await signIn(page, { ...demo, url: proxy.url });
    proxy.renew();
    await page.getByRole("link", { name: "Policies" }).click();
    await page.getByRole("main").getByText("This part of the page is of a version the server no longer has.").waitFor();
    expect([...(await axe(page)), ...(await misfits(page))]).toEqual([]);
    await page.context().close();
    await proxy.stop();
  });
});

