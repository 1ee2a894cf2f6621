import { describe, expect, it } from "vitest";

import { example, listed, masked, outcomeOf, SENDERS, silence, standing } from "./model.ts";

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

describe("how a way in stands", () => {
  const steady = (from: number, outcome: string) =>
    came(...Array.from({ length: 12 }, (_, index) => from + index * 5)).map((one) => ({ ...one, outcome }));

  it("is told by its newest signals", () => {
    expect(standing([], NOW)).toBe("never");
    expect(standing(steady(2, "repeated"), NOW)).toBe("well");
    expect(standing(steady(2, "failed"), NOW)).toBe("failed");
    expect(standing(steady(40, "failed"), NOW)).toBe("silent");
  });
});

describe("the list", () => {
  const one = (name: string, service: string) => ({
    integration: { id: name, version: 1, name, service, dialect: "events_v2" },
    service,
  });

  it("goes by service, then by name, and finds words of both", () => {
    const all = [one("probe", "search"), one("grafana", "checkout"), one("alertmanager", "checkout")];
    const names = (q: string) => listed(all, q).map((it) => it.integration.name);
    expect(names("")).toEqual(["alertmanager", "grafana", "probe"]);
    expect(names("check GRAF")).toEqual(["grafana"]);
    expect(names("nothing")).toEqual([]);
  });
});
