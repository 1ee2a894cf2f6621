/** What stands around every view: one connection, sessions that end, a network that goes, keys. */
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { FRAME_ASKS, VIEW_ASKS } from "../src/views/asks.ts";
import { launch } from "./browser.ts";
import { type Demo, startDemo } from "./demo.ts";
import { ask, axe, incident, misfits, open, opened, type Seen, settled, show, signIn, until, watch } from "./session.ts";

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

/** An incident of a test's own. */
function own(title: string): Promise<Seen> {
  return opened(demo, title);
}

function isLive(page: Page): Promise<void> {
  return page.getByText("Live", { exact: true }).waitFor({ state: "attached" });
}

describe("the live connection", () => {
  it("is one for all tabs, and is handed over with what was heard last", async () => {
    const { page } = await open(browser, "desktop");
    const lines: (string | undefined)[] = [];
    page.context().on("request", (request) => {
      if (new URL(request.url()).pathname === "/api/v1/live") {
        lines.push(request.headers()["last-event-id"]);
      }
    });
    await signIn(page, demo);
    await isLive(page);
    const other = await page.context().newPage();
    await other.goto(demo.url);
    await isLive(other);
    expect(lines).toEqual([undefined]);

    const first = await own("Both tabs hear of it");
    await other.getByRole("link", { name: first.title }).waitFor();
    await page.close();
    await until("the second line", () => Promise.resolve(lines.length === 2 ? true : undefined));
    expect(lines[1]).toMatch(/^nod_[^:]+:\d+$/u);
    const second = await own("The one that is left hears of it");
    await other.getByRole("link", { name: second.title }).waitFor();
    await other.context().close();
  });

  it("comes back after the network was gone, with what happened meanwhile", async () => {
    const { page } = await open(browser, "desktop");
    await signIn(page, demo);
    await isLive(page);
    await page.context().setOffline(true);
    await page.getByText(/^Reconnecting\. Shown as of/u).waitFor();
    const { title } = await own("It came while nobody listened");
    const resumed = page.waitForRequest(
      (request) => request.url().endsWith("/api/v1/live") && request.headers()["last-event-id"] !== undefined,
    );
    await page.context().setOffline(false);
    await resumed;
    await page.getByRole("link", { name: title }).waitFor();
    await isLive(page);
    await page.context().close();
  });
});

describe("a change without a network", () => {
  it("is refused in words, stays to be read, and is done when tried again", async () => {
    const found = await own("Nobody can acknowledge it at first");
    const { page } = await open(browser, "phone");
    await signIn(page, demo);
    await page.goto(`${demo.url}/incidents/${found.id}`);
    await page.getByRole("heading", { level: 1, name: found.title }).waitFor();
    await page.context().setOffline(true);
    await page.getByRole("button", { name: "Acknowledge" }).click();
    const said = page.getByRole("alert").filter({ hasText: `INC-${found.number} was not acknowledged.` });
    await said.getByText("This device is offline. Nothing was changed.").waitFor();
    await page.getByRole("button", { name: "Acknowledge" }).waitFor();
    expect(await misfits(page)).toEqual([]);

    const note = page.getByLabel("Note");
    await note.fill("Typed in the lift.");
    await page.getByRole("button", { name: "Add note" }).click();
    await page.getByText("The note was not saved: This device is offline. Your text is still here.").waitFor();
    expect(await note.inputValue()).toBe("Typed in the lift.");

    await page.context().setOffline(false);
    await said.getByRole("button", { name: "Try again" }).click();
    await page.getByText(`You have INC-${found.number}.`).waitFor();
    await page.getByRole("button", { name: "Send again" }).click();
    await page.getByRole("log").getByText("Typed in the lift.").waitFor();
    expect(await note.inputValue()).toBe("");
    await page.context().close();
  });

  it("is one note, however often its answer is lost", async () => {
    const found = await own("A note whose answer is lost");
    const { page } = await open(browser, "desktop");
    await signIn(page, demo);
    await page.goto(`${demo.url}/incidents/${found.id}`);
    // It arrives, but nobody hears so.
    await page.route("**/notes", async (route) => {
      await route.fetch();
      await route.abort();
    });
    await page.getByLabel("Note").fill("Sent twice, written once.");
    await page.getByRole("button", { name: "Add note" }).click();
    const again = page.getByRole("button", { name: "Send again" });
    await again.waitFor();
    await page.unroute("**/notes");
    await again.click();
    await page.getByRole("button", { name: "Add note" }).waitFor();
    await page.getByRole("log").getByText("Sent twice, written once.").waitFor();
    expect(await page.getByRole("log").getByText("Sent twice, written once.").count()).toBe(1);
    await page.context().close();
  });
});

describe("what is typed", () => {
  it("is there after a reload and on the way back, until it is sent or one signs out", async () => {
    const found = await own("Half a sentence");
    const { page } = await open(browser, "desktop");
    await signIn(page, demo);
    const path = `${demo.url}/incidents/${found.id}`;
    await page.goto(path);
    await page.getByLabel("Note").fill("Half a");
    await page.reload();
    expect(await page.getByLabel("Note").inputValue()).toBe("Half a");
    await page.getByRole("link", { name: "On call", exact: true }).click();
    await page.getByRole("heading", { level: 1, name: "On call" }).waitFor();
    await page.goBack();
    expect(await page.getByLabel("Note").inputValue()).toBe("Half a");
    await page.getByLabel("Note").blur();
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: "Find or do" }).fill("sign out");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/sign-in/u);
    await signIn(page, demo);
    await page.goto(path);
    expect(await page.getByLabel("Note").inputValue()).toBe("");
    await page.context().close();
  });
});

describe("a session that ended", () => {
  it.each(["phone", "desktop"] as const)("is begun anew where one was, on a %s", async (size) => {
    const found = await own(`The session ends on a ${size}`);
    const { page } = await open(browser, size);
    await signIn(page, demo);
    await page.goto(`${demo.url}/incidents/${found.id}`);
    await page.getByRole("heading", { level: 1, name: found.title }).waitFor();
    await page.getByLabel("Note").fill("Written before it ended.");
    await page.context().clearCookies();
    await page.getByRole("button", { name: "Add note" }).click();

    const dialog = page.getByRole("dialog", { name: "Your session has ended" });
    await dialog.waitFor();
    expect([...(await axe(page)), ...(await misfits(page))]).toEqual([]);
    expect(await dialog.getByLabel("E-mail").inputValue()).toBe(demo.email);
    await page.keyboard.press("Escape");
    await dialog.getByLabel("Password", { exact: true }).fill("wrong wrong wrong");
    await dialog.getByRole("button", { name: "Sign in", exact: true }).click();
    await dialog.getByText("E-mail or password is wrong.").waitFor();
    await dialog.getByLabel("Password", { exact: true }).fill(demo.password);
    await dialog.getByRole("button", { name: "Sign in", exact: true }).click();
    await dialog.waitFor({ state: "detached" });

    expect(page.url()).toBe(`${demo.url}/incidents/${found.id}`);
    expect(await page.getByLabel("Note").inputValue()).toBe("Written before it ended.");
    await page.getByRole("button", { name: "Send again" }).click();
    await page.getByRole("log").getByText("Written before it ended.").waitFor();
    await isLive(page);
    await page.context().close();
  });

  it("can be left to someone else", async () => {
    const { page } = await open(browser, "desktop");
    await signIn(page, demo);
    await page.context().clearCookies();
    await page.keyboard.press("a");
    await page.getByRole("button", { name: "Sign in as someone else" }).click();
    await page.waitForURL(/\/sign-in/u);
    expect(await page.getByLabel("E-mail").inputValue()).toBe("");
    await page.context().close();
  });
});

describe("find or do", () => {
  it("does what the keys do, in the view that is shown", async () => {
    const found = await own("Found by its words");
    const { page, complaints } = await open(browser, "desktop");
    await signIn(page, demo);
    const find = page.getByRole("combobox", { name: "Find or do" });
    const pick = async (words: string) => {
      await page.keyboard.press("Control+k");
      await find.fill(words);
      await page.getByRole("listbox", { name: "Find or do" }).getByRole("option").first().waitFor();
      await page.keyboard.press("Enter");
      await find.waitFor({ state: "detached" });
    };
    await pick("found by its words");
    await page.getByRole("heading", { level: 1, name: found.title }).waitFor();
    await pick("write a note");
    await until("the focus in the note", async () =>
      (await page.getByLabel("Note").evaluate((field) => field === document.activeElement)) ? true : undefined,
    );
    await pick(`acknowledge inc-${found.number}`);
    await page.getByText(`You have INC-${found.number}.`).waitFor();
    await pick(`resolve inc-${found.number}`);
    await page.getByRole("dialog", { name: "Resolve while 1 alert still fires?" }).waitFor();
    await page.getByRole("button", { name: "Keep it open" }).click();
    const over = await own("Over before it was looked for");
    await ask(demo, "POST", `/api/v1/incidents/${over.id}/resolve`);
    await show(page, demo, "/services");
    await pick(`inc-${over.number}`);
    await page.getByRole("heading", { level: 1, name: over.title }).waitFor();
    await pick("appearance light");
    await until("the light", async () =>
      (await page.evaluate(() => document.documentElement.dataset.mantineColorScheme)) === "light" ? true : undefined,
    );
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

describe("the keys", () => {
  it("are listed by ? as they are here, and are letters in a field", async () => {
    const found = await own("Not acknowledged by typing");
    const { page } = await open(browser, "desktop");
    await signIn(page, demo);
    await page.goto(`${demo.url}/incidents/${found.id}`);
    await page.getByRole("heading", { level: 1, name: found.title }).waitFor();
    await page.keyboard.press("n");
    await page.keyboard.type("are g i ?");
    expect(await page.getByLabel("Note").inputValue()).toBe("are g i ?");
    await page.keyboard.press("Escape");
    await page.keyboard.press("?");
    const keys = page.getByRole("dialog", { name: "Keys" });
    await keys.getByText("Give it to someone else").waitFor();
    await keys.getByText("Back to the list").waitFor();
    expect(await axe(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await keys.waitFor({ state: "detached" });
    await page.keyboard.press("g");
    await page.keyboard.press("o");
    await page.waitForURL(`${demo.url}/on-call`);
    await page.keyboard.press("?");
    await keys.getByText("The week before").waitFor();
    expect(await keys.getByText("Back to the list").count()).toBe(0);
    expect((await ask<Seen>(demo, "GET", `/api/v1/incidents/${found.id}`)).state).toBe("triggered");
    await page.context().close();
  });
});

describe("a first visit", () => {
  /** As long after a page has loaded a browser says which of what it was told to ask for nobody wanted, and more. */
  const PATIENCE_MS = 6_000;

  /** Opens a view as one who is signed in and has kept nothing, on a line that makes them wait. */
  async function visit(path: string, state: Awaited<ReturnType<BrowserContext["storageState"]>>) {
    const { page, complaints } = await open(browser, "phone", "dark", { storageState: state });
    await page.addInitScript(() => {
      const shifts = { sum: 0 };
      Object.assign(globalThis, { shifts });
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries() as (PerformanceEntry & { value: number })[]) {
          shifts.sum += entry.value;
        }
      }).observe({ type: "layout-shift", buffered: true });
    });
    const line = await page.context().newCDPSession(page);
    await line.send("Network.enable");
    await line.send("Network.emulateNetworkConditions", {
      offline: false,
      latency: 150,
      downloadThroughput: 500_000,
      uploadThroughput: 200_000,
    });
    const answer = await page.goto(demo.url + path);
    await page.getByRole("heading", { level: 1 }).waitFor({ state: "attached" });
    await settled(page);
    // What happens later, as an incident that opens, may move what is there.
    const shift = await page.evaluate(() => (globalThis as unknown as { shifts: { sum: number } }).shifts.sum);
    await page.waitForTimeout(PATIENCE_MS);
    const hints = answer?.headers().link ?? "";
    await page.context().close();
    return { shift, hints, complaints };
  }

  it("asks for all it needs at once, for nothing in vain, and nothing in it moves", async () => {
    const { page } = await open(browser, "phone");
    await signIn(page, demo);
    const state = await page.context().storageState();
    const { id } = await own("Somebody follows a link to it");
    await page.context().close();
    for (const [view, asks] of Object.entries(VIEW_ASKS)) {
      const { shift, hints, complaints } = await visit(view.replace(":id", id), state);
      for (const ask of [...FRAME_ASKS, ...asks]) {
        expect(hints, view).toContain(`<${ask.replace(":id", id)}>; rel=preload; as=fetch`);
      }
      expect(complaints, view).toEqual([]);
      expect(shift, view).toBeLessThan(0.01);
    }
    const stranger = await visit("/", { cookies: [], origins: [] });
    expect(stranger.hints).toBe("");
  });
});

describe("a phone", () => {
  it("reaches by More what its bar has no room for", async () => {
    const { page, complaints } = await open(browser, "phone");
    await signIn(page, demo);
    const more = page.getByRole("dialog", { name: "More" });
    await page.getByRole("button", { name: "More" }).click();
    await more.getByRole("button", { name: "Find or do" }).waitFor();
    expect([...(await axe(page)), ...(await misfits(page))]).toEqual([]);
    await more.getByRole("button", { name: "Find or do" }).click();
    await page.getByRole("combobox", { name: "Find or do" }).fill("on call");
    await page.getByRole("option", { name: "On call" }).click();
    await page.waitForURL(`${demo.url}/on-call`);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

describe("outside of the demo's own word", () => {
  it("nobody asks for an outbox", async () => {
    const { page } = await open(browser, "desktop");
    // As any instance that is no demo answers.
    await page.route("**/api/v1/status", async (route) => {
      const response = await route.fetch();
      const status = (await response.json()) as object;
      await route.fulfill({ response, json: { ...status, demo: false } });
    });
    const asked: string[] = [];
    const { complaints } = watch(page);
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    await signIn(page, demo);
    await isLive(page);
    await page.goto(`${demo.url}/outbox`);
    await page.getByText("There is an outbox in the demo only.").waitFor();
    expect(asked).not.toContain("/api/v1/outbox");
    expect(await page.getByRole("link", { name: "Outbox" }).count()).toBe(0);
    expect(complaints).toEqual([]);
    await page.unrouteAll({ behavior: "ignoreErrors" });
    await page.context().close();
  });
});
