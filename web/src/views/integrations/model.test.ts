import { describe, expect, it } from "vitest";

import { example, masked, outcomeOf, SENDERS, silence } from "./model.ts";

const MINUTE = 60_000;
const NOW = Date.parse("2026-11-21T12:00:00Z");

/** Signals at these minutes before now, newest first, as the API gives them. */
function came(...minutesAgo: number[]) {
  return minutesAgo.map((ago) => ({ at: new Date(NOW - ago * MINUTE).toISOString() }));
}

describe("silence", () => {
  const steady = (from: number) => came(...Array.from({ length: 12 }, (_, index) => from + index * 5));

  it("is told of a sender that came every five minutes and stopped", () => {
    expect(silence(steady(40), NOW)).toEqual({ since: NOW - 40 * MINUTE, usualMs: 5 * MINUTE, seen: 12 });
  });

  it("is none while the rhythm holds, or is late by little", () => {
    expect(silence(steady(2), NOW)).toBeUndefined();
    expect(silence(steady(14), NOW)).toBeUndefined();
  });

  it("is never told of a sender without a rhythm", () => {
    expect(silence([], NOW)).toBeUndefined();
    expect(silence(came(600, 605, 610), NOW)).toBeUndefined();
    // Bursts, hours apart.
    expect(silence(came(600, 601, 602, 603, 1200, 1201, 1202, 1800, 1801, 1802), NOW)).toBeUndefined();
  });

  it("does not depend on the order", () => {
    expect(silence([...steady(40)].reverse(), NOW)).toEqual(silence(steady(40), NOW));
  });
});

describe("examples", () => {
  it.each(SENDERS)("for %s hold address and key", (sender) => {
    const text = example(sender, "https://pager.example/v2/enqueue", "KEY123");
    expect(text).toContain("https://pager.example/v2/enqueue");
    expect(text).toContain("KEY123");
  });

  it("for curl are events the dialect takes", () => {
    const bodies = [...example("curl", "a", "k").matchAll(/-d '([^']+)'/gu)].map((one) => JSON.parse(one[1] ?? "") as object);
    expect(bodies).toMatchObject([
      { event_action: "trigger", payload: { severity: "error" } },
      { event_action: "resolve", dedup_key: "backup/nightly" },
    ]);
  });
});

describe("a key", () => {
  it("shows only its end", () => {
    expect(masked("ABCDEFGHIJKL")).toBe("••••••••IJKL");
  });
});

describe("an outcome", () => {
  it("we have no word for is none", () => {
    expect(outcomeOf({ outcome: "opened" })).toBe("opened");
    expect(outcomeOf({ outcome: "new one" })).toBeUndefined();
  });
});
