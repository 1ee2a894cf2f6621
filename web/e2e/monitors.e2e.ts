/** Monitors and the explorer, on the real program: seen, written, judged, deleted. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { launch } from "./browser.ts";
import { type Demo, startDemo, TOKEN } from "./demo.ts";
import { ask, incident, misfits, open, signIn, until } from "./session.ts";

interface Monitor {
  id: string;
  name: string;
  version: number;
  service: string;
  target: string;
  state: string;
}

let demo: Demo;
let browser: Browser;
let firing: Monitor;

async function monitors(): Promise<Monitor[]> {
  return (await ask<{ items: Monitor[] }>(demo, "GET", "/api/v1/monitors")).items;
}

beforeAll(async () => {
  [demo, browser] = await Promise.all([startDemo(), launch()]);
  await incident(demo, "triggered");
  firing = await until("a monitor that fires", async () => (await monitors()).find((one) => one.state === "firing"));
});

afterAll(async () => {
  await browser.close();
  await demo.stop();
});

describe("a monitor", () => {
  it("that fires says since when, its value, and which incident it opened", async () => {
    const { page } = await open(browser, "desktop");
    await signIn(page, demo);
    await page.keyboard.press("g");
    await page.keyboard.press("m");
    // The incident it opened has its name, too.
    await page.getByRole("heading", { level: 1, name: "Monitors" }).waitFor();
    await page.getByRole("link", { name: firing.name }).click();
    await page.getByRole("heading", { level: 1, name: firing.name }).waitFor();
    await page.getByText("Firing for").waitFor();
    await page.getByRole("link", { name: "Open", exact: true }).first().click();
    await page.getByRole("log").waitFor();
    await page.context().close();
  });

  it("journey: edit a monitor, made with a look at what it would have done; over a conflict; and deleted by name", async () => {
    const { page } = await open(browser, "desktop");
    await signIn(page, demo);
    await page.goto(`${demo.url}/monitors/new?target=${encodeURIComponent(firing.target)}&service=${firing.service}`);
    await page.getByText("Still to give: name, limit.").waitFor();
    await page.getByLabel("Name", { exact: true }).fill("Too slow");
    await page.getByLabel("Limit", { exact: true }).fill("500");
    await page.getByLabel("For how many seconds").first().fill("0");
    await page.getByText(/^It would have fired (?:once|\d+ times) in the last 7 days/u).waitFor();
    await page.getByLabel("Limit", { exact: true }).fill("900000");
    await page.getByText("It would not have fired in the last 7 days").waitFor();
    await page.getByRole("button", { name: "Create monitor" }).click();
    await page.getByRole("heading", { level: 1, name: "Too slow" }).waitFor();

    await page.getByRole("button", { name: "Edit" }).click();
    await page.getByLabel("Limit", { exact: true }).fill("800000");
    const made = (await monitors()).find((one) => one.name === "Too slow");
    const theirs = { service: made?.service, name: "Too slow", target: made?.target, threshold: 700_000 };
    const response = await fetch(`${demo.url}/api/v1/monitors/${made?.id}`, {
      method: "PUT",
      headers: {
        authorization: `Bearer ${TOKEN}`,
        "content-type": "application/json",
        "if-match": `"v${made?.version}"`,
      },
      body: JSON.stringify(theirs),
    });
    expect(response.status).toBe(200);
    await page.getByRole("button", { name: "Save" }).click();
    const clash = page.getByRole("alert").filter({ hasText: "Too slow" });
    await clash.getByText("700k").waitFor();
    await clash.getByText("800k").waitFor();
    await clash.getByRole("button").last().click();
    await page.getByText("over 800k").first().waitFor();

    await page.getByRole("button", { name: "Delete" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox").fill("Too slow");
    await dialog.getByRole("button", { name: "Delete" }).click();
    await page.waitForURL(/\/monitors$/u);
    expect((await monitors()).some((one) => one.name === "Too slow")).toBe(false);
    await page.context().close();
  });
});

describe("the explorer", () => {
  it("completes names and functions, draws, and keeps all of it in the address", async () => {
    const { page, complaints } = await open(browser, "desktop");
    await signIn(page, demo);
    await page.goto(`${demo.url}/metrics-explorer`);
    const target = page.getByRole("combobox", { name: "Target 1" });
    await target.pressSequentially("sumS");
    await page.getByRole("option", { name: "sumSeries()" }).waitFor();
    await page.keyboard.press("Enter");
    expect(await target.inputValue()).toBe("sumSeries()");
    await target.pressSequentially("checkout.lat");
    await page.getByRole("option", { name: "checkout.latency_ms." }).waitFor();
    await page.keyboard.press("Enter");
    await target.pressSequentially("*");
    await page.keyboard.press("Escape");
    await page.getByRole("cell", { name: "sumSeries(checkout.latency_ms.*)" }).or(
      page.getByRole("rowheader", { name: "sumSeries(checkout.latency_ms.*)" }),
    ).waitFor();
    await page.getByRole("button", { name: "6 h" }).click();
    await page.getByRole("button", { name: "Compare with last week" }).click();
    await until("the address", () => Promise.resolve(page.url().includes("compare=week") ? true : undefined));
    const address = new URL(page.url());
    expect([...address.searchParams]).toEqual([
      ["t", "sumSeries(checkout.latency_ms.*)"],
      ["span", "6h"],
      ["compare", "week"],
    ]);
    await page.reload();
    expect(await target.inputValue()).toBe("sumSeries(checkout.latency_ms.*)");
    await page.getByRole("rowheader").first().waitFor();

    const [table] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Save as CSV" }).click(),
    ]);
    expect(table.suggestedFilename()).toBe("metrics.csv");
    const [picture] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Save as PNG" }).click(),
    ]);
    expect(picture.suggestedFilename()).toBe("metrics.png");
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it("says in words what is wrong with a target", async () => {
    const { page } = await open(browser, "phone");
    await signIn(page, demo);
    await page.goto(`${demo.url}/metrics-explorer?t=${encodeURIComponent("sumSeries(")}`);
    await page.getByText("The target cannot be read", { exact: false }).first().waitFor();
    expect(await misfits(page)).toEqual([]);
    await page.context().close();
  });

  it("finds names, and draws what is chosen", async () => {
    const { page } = await open(browser, "desktop");
    await signIn(page, demo);
    await page.goto(`${demo.url}/metrics-explorer`);
    await page.getByRole("button", { name: "Show what is below checkout" }).click();
    await page.getByRole("button", { name: "Show what is below checkout.latency_ms" }).waitFor();
    await page.getByLabel("Search names").fill("p99");
    await page.getByRole("button", { name: "checkout.latency_ms.p99" }).click();
    await page.getByRole("rowheader", { name: "checkout.latency_ms.p99" }).waitFor();
    await page.context().close();
  });
});
