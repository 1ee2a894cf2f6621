/** The list, the wall and an incident on the real server: filters, groups, many at once, notes, merge. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { launch } from "./browser.ts";
import { type Demo, startDemo } from "./demo.ts";
import { ask, axe, misfits, open, type Seen, signIn, trigger, until } from "./session.ts";

let demo: Demo;
let browser: Browser;

beforeAll(async () => {
  [demo, browser] = await Promise.all([startDemo(), launch()]);
});

afterAll(async () => {
  await browser.close();
  await demo.stop();
});

/** Opens an incident by an event, and waits until it is there. */
async function opened(key: string, title: string): Promise<Seen> {
  await trigger(demo, key, title);
  return until(`“${title}”`, async () => {
    const { items } = await ask<{ items: Seen[] }>(demo, "GET", "/api/v1/incidents?state=triggered");
    return items.find((one) => one.title === title);
  });
}

function stateOf({ id }: Seen): Promise<string> {
  return ask<Seen>(demo, "GET", `/api/v1/incidents/${id}`).then(({ state }) => state);
}

describe("the list", () => {
  it("journey: bulk resolve, by keys alone, and each says what became of it", async () => {
    const first = await opened("many-1", "Cart workers are out of memory");
    const second = await opened("many-2", "Cart database is read-only");
    const { page, complaints } = await open(browser, "desktop");
    await signIn(page, demo);
    await page.goto(`${demo.url}/?q=cart`);
    await page.getByRole("link", { name: first.title }).waitFor();
    for (let moved = 0; moved < 2; moved += 1) {
      await page.keyboard.press("j");
      await page.keyboard.press("x");
    }
    await page.getByRole("status").getByText("2 are marked").waitFor();
    await page.keyboard.press("a");
    await page.getByRole("status").getByText("You have 2 incidents.").waitFor();
    expect([await stateOf(first), await stateOf(second)]).toEqual(["acknowledged", "acknowledged"]);
    await page.getByRole("heading", { name: "Acknowledged, being worked on" }).waitFor();

    await page.getByRole("button", { name: "Select" }).click();
    await page.getByRole("button", { name: "Mark all that are shown" }).click();
    await page.getByRole("status").getByText("2 are marked").waitFor();
    await page.keyboard.press("r");
    const dialog = page.getByRole("dialog", { name: "Resolve 2 incidents?" });
    await dialog.getByText("2 of their alerts still fire.", { exact: false }).waitFor();
    // Somebody else is faster with one of them.
    await ask(demo, "POST", `/api/v1/incidents/${first.id}/resolve`);
    await dialog.getByRole("button", { name: "Resolve 2 incidents" }).click();
    await until("both to be resolved", async () =>
      (await stateOf(first)) === "resolved" && (await stateOf(second)) === "resolved" ? true : undefined,
    );
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it("saves filters, uses them again, and takes a deletion back", async () => {
    const { page, complaints } = await open(browser, "desktop", "light");
    await signIn(page, demo);
    await page.getByRole("button", { name: "Sev 1 and 2" }).click();
    await page.waitForURL(/severity=critical%2Cmajor/u);
    await page.getByRole("button", { name: "Saved filters" }).click();
    await page.getByRole("menuitem", { name: "Save these filters…" }).click();
    const dialog = page.getByRole("dialog", { name: "Save these filters" });
    await dialog.getByLabel("Name").fill("The worst");
    await dialog.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByRole("status").getByText("“The worst” is saved.").waitFor();
    await page.getByRole("button", { name: "Open and recent" }).click();
    await page.getByRole("button", { name: "Saved filters" }).click();
    await page.getByRole("menuitem", { name: "The worst" }).click();
    await page.waitForURL(/severity=critical%2Cmajor/u);

    await page.getByRole("button", { name: "The worst" }).click();
    await page.getByRole("menuitem", { name: "Change or delete…" }).click();
    await page.getByRole("button", { name: "Delete The worst" }).click();
    await page.getByText("None is saved yet.", { exact: false }).waitFor();
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Change The worst" }).waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it.each(["severity", "service"])("is divided by %s", async (group) => {
    const one = await opened(`by-${group}`, `Divided by ${group}`);
    const { page, complaints } = await open(browser, "desktop");
    await signIn(page, demo);
    await page.getByLabel("Group by").selectOption(group);
    await page.waitForURL(new RegExp(`group=${group}`, "u"));
    const heading = page.getByRole("button", { name: group === "service" ? "checkout" : "Sev 1 critical" });
    await page.getByRole("link", { name: one.title }).waitFor();
    await heading.click();
    await page.getByRole("link", { name: one.title }).waitFor({ state: "detached" });
    expect(await axe(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it("draws of thousands of rows what is on the screen, and moves through them by keys", async () => {
    await opened("pattern", "One of many");
    const { page, complaints } = await open(browser, "desktop");
    await signIn(page, demo);
    const { items } = await ask<{ items: (Seen & { opened_at: string })[] }>(demo, "GET", "/api/v1/incidents?limit=1");
    const [pattern] = items;
    await page.route(/\/api\/v1\/incidents\?.*state=triggered&limit=100/u, (route) => {
      const from = Number(new URL(route.request().url()).searchParams.get("cursor") ?? "0");
      const rows = Array.from({ length: 100 }, (_, index) => {
        const number = 2_000 - from - index;
        const id = `inc_${String(number).padStart(32, "0")}`;
        return { ...pattern, id, number, state: "triggered", owner: null, title: `Row ${number}` };
      });
      return route.fulfill({ json: { items: rows, next: from + 100 < 2_000 ? String(from + 100) : null } });
    });
    await page.goto(`${demo.url}/?state=triggered`);
    await page.getByRole("link", { name: "Row 2000", exact: true }).waitFor();
    const drawn = () => page.locator('[data-section="triggered"] li').count();
    expect(await drawn()).toBeLessThan(100);
    await until("the last row", async () => {
      await page.keyboard.press("End");
      return (await page.getByRole("link", { name: "Row 1", exact: true }).count()) === 1 ? true : undefined;
    });
    expect(await drawn()).toBeLessThan(100);
    expect(await page.locator('[data-section="triggered"] li').last().getAttribute("aria-posinset")).toBe("2000");
    await page.keyboard.press("k");
    await page.keyboard.press("j");
    await page.waitForURL(/at=\d+/u);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it("declares by hand", async () => {
    const { page, complaints } = await open(browser, "phone");
    await signIn(page, demo);
    await page.getByRole("button", { name: "Declare an incident" }).click();
    const dialog = page.getByRole("dialog", { name: "Declare an incident" });
    // It is marked as not yet possible, and says why when it is pressed all the same.
    await dialog.getByRole("button", { name: "Declare an incident" }).click({ force: true });
    await dialog.getByText("Say what is wrong.").waitFor();
    await dialog.getByRole("combobox", { name: "Service" }).click();
    await page.getByRole("listbox").getByRole("option", { name: "checkout", exact: true }).click();
    await dialog.getByText("pages at once.", { exact: false }).waitFor();
    await dialog.getByLabel("What is wrong, in a line").fill("The shop shows yesterday's prices");
    expect([...(await axe(page)), ...(await misfits(page))]).toEqual([]);
    await dialog.getByRole("button", { name: "Declare an incident" }).click();
    await page.getByRole("heading", { level: 1, name: "The shop shows yesterday's prices" }).waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

describe("an incident", () => {
  it("has notes in Markdown that whoever wrote them may mend", async () => {
    const found = await opened("notes", "Prices are stale");
    const { page, complaints } = await open(browser, "desktop");
    await signIn(page, demo);
    await page.goto(`${demo.url}/incidents/${found.id}`);
    await page.getByRole("heading", { level: 1, name: found.title }).waitFor();
    await page.keyboard.press("n");
    await page.keyboard.type("**Rolled back** the `prices` job");
    await page.getByRole("button", { name: "Preview" }).click();
    await page.getByRole("region", { name: "What the note will look like" }).locator("strong").waitFor();
    await page.getByRole("button", { name: "Add note" }).click();
    const log = page.getByRole("log");
    await log.locator("strong", { hasText: "Rolled back" }).waitFor();
    await log.getByRole("button", { name: "Change" }).click();
    await page.getByLabel("Change the note").fill("Rolled **forward**");
    await page.getByRole("button", { name: "Save note" }).click();
    await log.locator("strong", { hasText: "forward" }).first().waitFor();
    await page.getByRole("button", { name: "Notes", exact: true }).click();
    await page.waitForURL(/record=notes/u);
    await log.getByText("An incident opened on", { exact: false }).waitFor({ state: "detached" });
    await log.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete the note" }).click();
    await log.getByText("Deleted", { exact: false }).first().waitFor();
    expect(await log.locator("strong", { hasText: "forward" }).count()).toBe(0);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it("asks others to help, who answer by the link in their message", async () => {
    const found = await opened("help", "The replica lags");
    const { page, complaints } = await open(browser, "desktop");
    await signIn(page, demo);
    await page.goto(`${demo.url}/incidents/${found.id}`);
    await page.getByRole("heading", { level: 1, name: found.title }).waitFor();
    await page.keyboard.press("h");
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("combobox", { name: "Ask" }).click();
    await page.getByRole("option").first().click();
    const name = await dialog.getByText(/^Told right now: /u).textContent();
    const who = name?.replace("Told right now: ", "").replace(".", "") ?? "";
    await dialog.getByRole("textbox", { name: "Message" }).fill("Is it safe to promote?");
    expect(await axe(page)).toEqual([]);
    await dialog.getByRole("button", { name: "Ask for help" }).click();
    const region = page.getByRole("region", { name: "Asked to help" });
    await region.getByText("No answer yet").waitFor();
    await page.getByRole("log").getByText("Is it safe to promote?").waitFor();
    const link = await until("the message", async () => {
      const { items } = await ask<{ items: { body: string; links: { rel: string; href: string }[] }[] }>(demo, "GET", "/api/v1/outbox");
      const sent = items.find((one) => one.body.includes("Is it safe to promote?"));
      return sent?.links.find(({ rel }) => rel === "accept")?.href;
    });
    const phone = await open(browser, "phone");
    await phone.page.goto(link);
    await phone.page.getByRole("button", { name: "I will help" }).click();
    await phone.page.getByText(/^You said at .* that you help/u).first().waitFor();
    await region.getByText(/^Helps, since/u).waitFor();
    await page.getByRole("log").getByText(`${who} helps.`).waitFor();
    expect(await misfits(page)).toEqual([]);
    expect([...complaints, ...phone.complaints]).toEqual([]);
    await Promise.all([page.context().close(), phone.page.context().close()]);
  });

  it("is merged into another after it said what that does", async () => {
    const target = await opened("merge-1", "Payments are slow everywhere");
    const found = await opened("merge-2", "Payments are slow in Spain");
    const { page, complaints } = await open(browser, "desktop", "light");
    await signIn(page, demo);
    await page.goto(`${demo.url}/incidents/${found.id}`);
    await page.getByRole("heading", { level: 1, name: found.title }).waitFor();
    await page.getByRole("button", { name: "More" }).first().click();
    await page.getByRole("menuitem", { name: "Merge into another…" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("searchbox").fill(`INC-${target.number}`);
    await dialog.getByRole("button", { name: target.title }).click();
    await dialog.getByText(`1 alert moves to INC-${target.number}`, { exact: false }).waitFor();
    expect(await axe(page)).toEqual([]);
    await dialog.getByRole("button", { name: "Merge", exact: true }).click({ force: true });
    expect(await stateOf(found)).toBe("triggered");
    await dialog.getByLabel(`Type INC-${found.number} to merge it`).fill(`INC-${found.number}`);
    await dialog.getByRole("button", { name: "Merge", exact: true }).click();
    await page.waitForURL(`${demo.url}/incidents/${target.id}`);
    await page.getByRole("log").getByRole("link", { name: `Open INC-${found.number}` }).waitFor();
    expect(await stateOf(found)).toBe("resolved");
    await page.goto(`${demo.url}/incidents/${found.id}`);
    await page.getByRole("link", { name: `It goes on as INC-${target.number}` }).first().waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it("has links to entries of its record", async () => {
    const found = await opened("linked", "Linked to");
    const { page } = await open(browser, "desktop");
    await signIn(page, demo);
    await page.goto(`${demo.url}/incidents/${found.id}`);
    const entry = page.getByRole("log").locator("li", { hasText: "An incident opened on" });
    await entry.getByRole("link").first().click();
    await page.waitForURL(/#entry-inc_/u);
    const id = await entry.getAttribute("id");
    await page.reload();
    await entry.waitFor();
    expect(decodeURIComponent(new URL(page.url()).hash)).toBe(`#${id ?? ""}`);
    await page.context().close();
  });
});

describe.each(["phone", "desktop"] as const)("on a %s", (size) => {
  it("the list while marking is whole", async () => {
    const one = await opened(`look-${size}`, `Looked at on a ${size}`);
    const { page, complaints } = await open(browser, size);
    await signIn(page, demo);
    // One row: of a longer list some are always half behind the bar, where nobody would hit them.
    await page.goto(`${demo.url}/?q=${encodeURIComponent(one.title)}`);
    await page.getByRole("button", { name: "Select" }).click();
    await page.getByLabel(`Mark INC-${one.number}`).check();
    expect([...(await axe(page)), ...(await misfits(page))]).toEqual([]);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});
