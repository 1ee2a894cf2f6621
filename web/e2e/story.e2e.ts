/** The story of the demo, in a real browser against the real program. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { launch } from "./browser.ts";
import { type Demo, startDemo } from "./demo.ts";
import { ask, incident, open, type Seen, signIn, trigger, until, watch } from "./session.ts";

let demo: Demo;
let browser: Browser;

beforeAll(async () => {
  [demo, browser] = await Promise.all([startDemo(), launch()]);
});

afterAll(async () => {
  await browser.close();
  await demo.stop();
});

describe("the story", () => {
  it("leads to the sign-in and back to where one wanted to go", async () => {
    const { page } = await open(browser, "desktop");
    await page.goto(`${demo.url}/on-call`);
    await page.waitForURL(/\/sign-in\?from=/u);
    await page.getByLabel("E-mail").fill(demo.email);
    await page.getByLabel("Password", { exact: true }).fill("wrong wrong wrong");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("E-mail or password is wrong.").waitFor();
    expect(await page.getByLabel("E-mail").inputValue()).toBe(demo.email);
    await page.getByLabel("Password", { exact: true }).fill(demo.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL(`${demo.url}/on-call`);
    await page.getByRole("heading", { level: 1, name: "On call" }).waitFor();
    await page.context().close();
  });

  it("acknowledges by one key; a second tab sees it; undo takes it back", async () => {
    const seen = await incident(demo, "triggered");
    const { page, complaints } = await open(browser, "desktop");
    await signIn(page, demo);
    await page.getByRole("link", { name: seen.title }).waitFor();
    const other = watch(await page.context().newPage());
    await other.page.goto(`${demo.url}/incidents/${seen.id}`);
    await other.page.getByText("Nobody yet").first().waitFor();

    await page.bringToFront();
    await page.keyboard.press("a");
    await page.getByRole("status").getByText(`You have INC-${seen.number}.`).waitFor();
    await page.getByRole("heading", { name: "Acknowledged, being worked on" }).waitFor();
    // No reload, no key: the other tab hears of it.
    await other.page.getByText("Demo Admin acknowledged it.").waitFor();
    expect((await ask<Seen>(demo, "GET", `/api/v1/incidents/${seen.id}`)).state).toBe("acknowledged");

    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByRole("heading", { name: "Triggered, nobody has it" }).waitFor();
    await other.page.getByText("Demo Admin took the acknowledgement back.").waitFor();
    expect([...complaints, ...other.complaints]).toEqual([]);
    await page.context().close();
  });

  it("journey: acknowledge from a phone, by the link in the outbox", async () => {
    await trigger(demo, "phone", "Payments are declined in Poland");
    const { page, complaints } = await open(browser, "phone");
    await signIn(page, demo);
    // A phone's bar has room for four views.
    await page.getByRole("button", { name: "More" }).click();
    await page.getByRole("link", { name: "Outbox" }).click();
    const message = page.getByRole("listitem").filter({ hasText: "Payments are declined" });
    const link = message.getByRole("link", { name: "Acknowledge" }).first();
    await link.waitFor();
    const opened = page.context().waitForEvent("page");
    await link.click();
    const linked = watch(await opened);
    await linked.page.getByRole("button", { name: "Acknowledge" }).click();
    await linked.page.getByText(/^You have/u).first().waitFor();
    const acknowledged = await until("the acknowledgement", async () => {
      const { items } = await ask<{ items: Seen[] }>(demo, "GET", "/api/v1/incidents?state=acknowledged");
      return items.find((one) => one.title === "Payments are declined in Poland");
    });
    await page.getByRole("link", { name: "Incidents" }).click();
    await page.getByRole("link", { name: acknowledged.title }).click();
    await page.getByText("By the link in a message.").first().waitFor();
    expect([...complaints, ...linked.complaints]).toEqual([]);
    await page.context().close();
  });

  it("writes a note, asks before it resolves what still fires, and reopens", async () => {
    await trigger(demo, "note", "The queue of orders is full");
    const found = await until("the incident", async () => {
      const { items } = await ask<{ items: Seen[] }>(demo, "GET", "/api/v1/incidents?state=triggered");
      return items.find((one) => one.title === "The queue of orders is full");
    });
    const { page, complaints } = await open(browser, "desktop", "light");
    await signIn(page, demo);
    await page.goto(`${demo.url}/incidents/${found.id}`);
    await page.getByRole("heading", { level: 1, name: found.title }).waitFor();
    await page.keyboard.press("n");
    await page.keyboard.type("Started with the 03:06 deploy. <b>not bold</b>");
    await page.keyboard.press("Control+Enter");
    await page.getByRole("log").getByText("Started with the 03:06 deploy. <b>not bold</b>").waitFor();
    expect(await page.getByLabel("Note").inputValue()).toBe("");

    await page.keyboard.press("Escape");
    await page.keyboard.press("r");
    const dialog = page.getByRole("dialog", { name: "Resolve while 1 alert still fires?" });
    await dialog.waitFor();
    // Keys of the view are dead while a dialog is open.
    await page.keyboard.press("a");
    await dialog.getByRole("button", { name: "Keep it open" }).click();
    expect((await ask<Seen>(demo, "GET", `/api/v1/incidents/${found.id}`)).state).toBe("triggered");
    await page.getByRole("button", { name: "Resolve…" }).click();
    await page.getByRole("button", { name: `Resolve INC-${found.number}` }).click();
    await page.getByText("Was open for").waitFor();
    await page.getByRole("button", { name: "Reopen" }).click();
    await page.getByText("Demo Admin reopened it.").waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it("gives an incident to somebody else", async () => {
    await trigger(demo, "give", "Search is slow");
    const found = await until("the incident", async () => {
      const { items } = await ask<{ items: Seen[] }>(demo, "GET", "/api/v1/incidents?state=triggered");
      return items.find((one) => one.title === "Search is slow");
    });
    const { page, complaints } = await open(browser, "desktop");
    await signIn(page, demo);
    await page.goto(`${demo.url}/incidents/${found.id}`);
    await page.getByRole("heading", { level: 1, name: found.title }).waitFor();
    await page.keyboard.press("e");
    await page.getByRole("combobox", { name: "Person or policy" }).fill("Marta");
    await page.getByRole("option", { name: "Marta Kowalska" }).click();
    await page.getByRole("button", { name: "Give it" }).click();
    await page.getByText("Demo Admin gave it to Marta Kowalska.").waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it("finds by Ctrl K and moves by keys", async () => {
    const { page, complaints } = await open(browser, "desktop");
    await signIn(page, demo);
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: "Find or do" }).fill("on call");
    await page.keyboard.press("Enter");
    await page.waitForURL(`${demo.url}/on-call`);
    await page.getByRole("heading", { level: 1, name: "On call" }).waitFor();
    await page.keyboard.press("g");
    await page.keyboard.press("i");
    await page.waitForURL(`${demo.url}/`);
    await page.getByRole("heading", { level: 1, name: "Incidents" }).waitFor();
    await page.keyboard.press("j");
    await page.waitForURL(/\?at=\d+/u);
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/incidents\/inc_/u);
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keys" }).waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it("sets up an account by its link, once, and signs out", async () => {
    const { items } = await ask<{ items: { id: string; email: string; name: string }[] }>(demo, "GET", "/api/v1/users");
    const pieter = items.find((user) => user.name === "Pieter de Vries");
    const link = await ask<{ secret: string }>(demo, "POST", `/api/v1/users/${pieter?.id ?? ""}/set-up-link`);
    const { page } = await open(browser, "phone", "light", { timezoneId: "Pacific/Auckland" });
    await page.goto(`${demo.url}/set-up#${link.secret}`);
    await page.getByText("Times are shown for Auckland").waitFor();
    await page.getByLabel("Your name").fill("Pieter de Vries");
    await page.getByLabel("E-mail").fill("pieter@demo.example");
    await page.getByLabel("Password", { exact: true }).fill("short");
    await page.getByRole("button", { name: "Set up and sign in" }).click();
    const field = page.getByLabel("Password", { exact: true });
    await until("the error at the field", async () =>
      (await field.getAttribute("aria-invalid")) === "true" ? true : undefined,
    );
    expect(await page.getByLabel("Your name").inputValue()).toBe("Pieter de Vries");
    await field.fill("a long and quiet password");
    await page.getByRole("button", { name: "Set up and sign in" }).click();
    await page.getByRole("heading", { level: 1, name: "Incidents" }).waitFor();
    await page.getByRole("button", { name: "More" }).click();
    await page.getByRole("dialog", { name: "More" }).getByRole("button", { name: "You" }).click();
    await page.getByText("pieter@demo.example, times in Auckland").waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL(/\/sign-in/u);

    await page.goto(`${demo.url}/set-up#${link.secret}`);
    await page.getByLabel("Your name").fill("Somebody else");
    await page.getByLabel("E-mail").fill("pieter@demo.example");
    await page.getByLabel("Password", { exact: true }).fill("another quiet password");
    await page.getByRole("button", { name: "Set up and sign in" }).click();
    await page.getByRole("alert").waitFor();
    await page.context().close();
  });

  it("keeps filters in the address and says when they hide everything", async () => {
    const { page, complaints } = await open(browser, "desktop");
    await signIn(page, demo);
    await page.getByLabel("Words in the title").fill("no such words");
    await page.getByText("No open incident matches the filters.").waitFor();
    await page.reload();
    await page.getByText("No open incident matches the filters.").waitFor();
    await page.getByRole("button", { name: "Drop all filters" }).click();
    await page.getByRole("heading", { name: /Triggered|Acknowledged/u }).first().waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it("says that it reconnects, and comes back by itself", async () => {
    const { page } = await open(browser, "desktop");
    await signIn(page, demo);
    await page.getByText("Live", { exact: true }).waitFor();
    await page.context().setOffline(true);
    await page.getByText(/^Reconnecting\. Shown as of/u).waitFor();
    await page.context().setOffline(false);
    await page.getByText("Live", { exact: true }).waitFor();
    await page.context().close();
  });
});
