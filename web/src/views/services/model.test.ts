import { describe, expect, it } from "vitest";

import type { Service, ServicePath } from "../../api/services.ts";
import { incident as incidentOf } from "../../test/incident.ts";
import { bodyOf, differing, emptyBody } from "./form.ts";
import { BAND, eventCount, flow, gathered, outcomes, posts, resolvedCount, rows, shownWays } from "./model.ts";

function service(id: string, name: string, team = "tea_1"): Service {
  return { id, version: 1, name, team, description: `${name} does it`, urgency: "by_severity", policy: null };
}

const path: ServicePath = {
  from: "2026-11-20T12:00:00Z",
  to: "2026-11-21T12:00:00Z",
  events: [
    { outcome: "opened", count: 9 },
    { outcome: "repeated", count: 1_231 },
    { outcome: "stray", count: 6 },
  ],
  ways: [],
  alerts: { count: 9, open: 2, incidents: 3 },
  incidents: { count: 3, triggered: 1, acknowledged: 0, median_s: 660 },
  pages: { count: 5, people: 2, messages: 14, done: 13, cancelled: 1 },
};

describe("the list", () => {
  const services = [service("s1", "ledger"), service("s2", "Checkout"), service("s3", "carts", "tea_2")];
  const open = [
    incidentOf({ id: "i1", state: "acknowledged", service: { id: "s1", name: "ledger" } }),
    incidentOf({ id: "i2", state: "acknowledged", service: { id: "s3", name: "carts" } }),
    incidentOf({ id: "i3", state: "triggered", service: { id: "s3", name: "carts" } }),
  ];

  it("has the loudest first, then goes by name", () => {
    const found = rows(services, open, { team: "", q: "" });
    expect(found.map((row) => [row.service.id, row.state])).toEqual([
      ["s3", "triggered"],
      ["s1", "acknowledged"],
      ["s2", "resolved"],
    ]);
    expect(found[0]?.open.map((one) => one.id)).toEqual(["i3", "i2"]);
  });

  it("is cut by team and by words, in name and description", () => {
    const ids = (team: string, q: string) => rows(services, open, { team, q }).map((row) => row.service.id);
    expect(ids("tea_2", "")).toEqual(["s3"]);
    expect(ids("", "CHECK does")).toEqual(["s2"]);
    expect(ids("", "nothing such")).toEqual([]);
  });
});

describe("the path", () => {
  it("adds up: each outcome once, in the order people ask", () => {
    expect(outcomes(path).map((one) => one.outcome)).toEqual(["repeated", "stray", "opened"]);
    expect(outcomes(path).reduce((sum, one) => sum + one.count, 0)).toBe(eventCount(path));
    expect(resolvedCount(path)).toBe(2);
  });

  it("narrows where less goes on, and stays within its field", () => {
    const [events, alerts, incidents, pages] = posts(path);
    expect(events?.height).toBeCloseTo(BAND.most);
    expect(alerts?.height).toBeLessThan(events?.height ?? 0);
    expect(incidents?.height).toBeLessThan(alerts?.height ?? 0);
    expect(pages?.height).toBeGreaterThan(incidents?.height ?? 0);
    for (const post of posts(path)) {
      expect(post.height).toBeLessThanOrEqual(BAND.height);
      expect(post.open).toBeGreaterThanOrEqual(3);
      expect(post.open).toBeLessThan(post.height);
    }
  });

  it("is drawn with nothing in it", () => {
    const none = { count: 0, open: 0, incidents: 0 };
    const empty: ServicePath = {
      ...path,
      events: [],
      alerts: none,
      incidents: { count: 0, triggered: 0, acknowledged: 0, median_s: null },
      pages: { count: 0, people: 0, messages: 0, done: 0, cancelled: 0 },
    };
    expect(posts(empty).map((post) => [post.height, post.open])).toEqual([[2, 0], [2, 0], [2, 0], [2, 0]]);
    expect(flow(0, 330, 2, 2)).not.toContain("NaN");
  });
});

describe("counts by the hour", () => {
  it("are gathered without losing any", () => {
    const week = Array.from({ length: 168 }, (_, hour) => hour);
    const few = gathered(week, 28);
    expect(few).toHaveLength(28);
    expect(few.reduce((sum, one) => sum + one, 0)).toBe(week.reduce((sum, one) => sum + one, 0));
    expect(gathered([1, 2], 28)).toEqual([1, 2]);
  });
});

describe("the ways in", () => {
  const monitors = { integration: null, count: 0, by_hour: [], last_at: null, refused: 0 };

  it("show the monitors only where there are any, or they sent", () => {
    expect(shownWays([monitors], 0)).toEqual([]);
    expect(shownWays([monitors], 1)).toEqual([monitors]);
    expect(shownWays([{ ...monitors, count: 2 }], 0)).toHaveLength(1);
  });
});

describe("an edit", () => {
  it("differs only in what was changed; nothing set is nothing", () => {
    const mine = bodyOf(service("s1", "ledger"));
    expect(differing(mine, { ...emptyBody("tea_1"), name: "books", description: mine.description ?? "" })).toEqual(["name"]);
    expect(differing(mine, { ...mine, urgency: "low", team: "tea_2" })).toEqual(["team", "urgency"]);
    expect(emptyBody("tea_1")).toMatchObject({ name: "", policy: null });
  });
});
