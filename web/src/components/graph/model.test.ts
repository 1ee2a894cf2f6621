import { describe, expect, it } from "vitest";

import type { MonitorGraph } from "../../api/types.ts";
import { bridge, extent, framed, inWords, lastKnown, levels, lonely, moments, nearest, present } from "./model.ts";

const NOW = Date.parse("2026-11-21T02:17:52Z");
const ZONE = "Europe/Berlin";

function graph(change: Partial<MonitorGraph> = {}): MonitorGraph {
  return {
    key: "mon_1/grp_1/1",
    monitor: { id: "mon_1", name: "Checkout p99 latency" },
    series: "checkout.latency_ms.p99",
    target: "checkout.*.p99",
    side: "above",
    threshold: 500,
    recovery: 400,
    since: "2026-11-21T02:12:00Z",
    fired_at: "2026-11-21T02:14:00Z",
    recovered_at: null,
    is_live: true,
    start_s: Date.parse("2026-11-21T02:10:00Z") / 1_000,
    step_s: 60,
    values: [300, 350, 520, 580, 600, 610, 612],
    ...change,
  };
}

describe("gaps", () => {
  it("are bridged when short and kept when long", () => {
    expect(bridge([1, null, null, 2, null, null, null, 3], 2)).toEqual([1, undefined, undefined, 2, null, null, null, 3]);
  });

  it("at the ends are kept: nothing is known beyond", () => {
    expect(bridge([null, 1, null])).toEqual([null, 1, null]);
    expect(bridge([null, null])).toEqual([null, null]);
  });

  it("leave values that no line shows", () => {
    expect(lonely(bridge([1, null, null, 2, null, null, 3, 4], 1))).toEqual([0, 3]);
    expect(lonely(bridge([1, null, 2]))).toEqual([]);
  });

  it("are not read across", () => {
    expect(nearest([1, null, null, null, null, 6], 1)).toEqual({ index: 0, value: 1 });
    expect(nearest([1, null, null, null, null, null, null, null, null, 6], 5, 3)).toBeUndefined();
    expect(nearest([null, 0, null], 2)).toEqual({ index: 1, value: 0 });
  });

  it("at the end make the last value an old one", () => {
    const values = [300, 31, null, null, null, null, null];
    expect(lastKnown(values)).toEqual({ index: 1, value: 31 });
    expect(present(graph({ values }))).toBeUndefined();
    expect(present(graph())?.value).toBe(612);
  });
});

describe("the frame", () => {
  const hour = (change: Partial<MonitorGraph>) =>
    graph({ start_s: Date.parse("2026-11-21T01:12:00Z") / 1_000, values: Array.from({ length: 62 }, (_, at) => at), ...change });

  it("leaves a quarter of an hour before trouble that has just begun", () => {
    const { start_s, values } = framed(hour({}));
    expect(new Date(start_s * 1_000).toISOString()).toBe("2026-11-21T01:57:00.000Z");
    expect([values[0], values.at(-1)]).toEqual([45, 61]);
  });

  it("grows with the trouble, and never beyond what is known", () => {
    const long = hour({ since: "2026-11-21T02:08:00Z", recovered_at: "2026-11-21T02:13:00Z" });
    expect(framed(long).values).toHaveLength(26);
    const longer = hour({ since: "2026-11-21T01:30:00Z" });
    expect(framed(longer)).toBe(longer);
    expect(framed(hour({ values: [] })).values).toEqual([]);
  });
});

describe("the y axis", () => {
  it.each([
    [0, 921, 5, [0, 200, 400, 600, 800, 1000]],
    [0, 921, 4, [0, 250, 500, 750, 1000]],
    [0, 1, 4, [0, 0.25, 0.5, 0.75, 1]],
    [-3, 8, 4, [-5, 0, 5, 10]],
    [0, 0.3, 3, [0, 0.1, 0.2, 0.3]],
  ])("from %d to %d in at most %d steps", (low, high, most, expected) => {
    expect(levels(low, high, most)).toEqual(expected);
  });

  it("begins at 0 and holds the limit", () => {
    expect(extent(graph())).toEqual([0, 612]);
    expect(extent(graph({ values: [1, 2] }))).toEqual([0, 500]);
    expect(extent(graph({ values: [-5, 2] }))).toEqual([-5, 500]);
    expect(extent(graph({ values: [] }))).toEqual([0, 500]);
    expect(extent(graph({ values: [0], threshold: 0, recovery: null }))).toEqual([0, 1]);
  });

  it("begins higher where from 0 the line would be flat", () => {
    const [low, high] = extent(graph({ values: [99.9, 99.1], threshold: 99.5, recovery: null, side: "below" }));
    expect(low).toBeCloseTo(98.9);
    expect(high).toBe(99.9);
  });
});

describe("the time axis", () => {
  const at = (iso: string) => Date.parse(iso);
  const written = (from: string, to: string, zone: string, most: number) =>
    moments(at(from), at(to), zone, most).map((ms) => new Date(ms).toISOString().slice(11, 16));

  it("has round clock times", () => {
    expect(written("2026-11-21T01:37:52Z", "2026-11-21T02:17:52Z", ZONE, 4)).toEqual(["01:40", "01:50", "02:00", "02:10"]);
  });

  it("has seconds where a minute is long", () => {
    expect(moments(0, 60_000, ZONE, 4)).toEqual([0, 15_000, 30_000, 45_000, 60_000]);
  });

  it("has those of the viewer's zone, midnight among them", () => {
    // 05:45 ahead of UTC: midnight there is 18:15.
    expect(written("2026-11-20T17:00:00Z", "2026-11-20T20:20:00Z", "Asia/Kathmandu", 4)).toEqual(["17:15", "18:15", "19:15", "20:15"]);
  });
});

describe("in words", () => {
  it("says series, limit, since when, and the value now", () => {
    expect(inWords(graph(), NOW, ZONE)).toBe("checkout.latency_ms.p99, over 500 since 03:12, now 612");
  });

  it("says from when to when once it recovered", () => {
    const over = graph({ recovered_at: "2026-11-21T02:15:00Z", is_live: false, values: [300, 520, 240] });
    expect(inWords(over, NOW, ZONE)).toBe("checkout.latency_ms.p99, over 500 from 03:12 to 03:15, last 240 at 03:12");
  });

  it("says that the present is not known", () => {
    const silent = graph({ values: [300, 31, null, null, null, null, null], since: null, side: "below", threshold: 0.5 });
    expect(inWords(silent, NOW, ZONE)).toBe(
      "checkout.latency_ms.p99, no data, fired at 03:14, last 31 at 03:11",
    );
    expect(inWords({ ...silent, recovered_at: "2026-11-21T02:16:00Z" }, NOW, ZONE)).toBe(
      "checkout.latency_ms.p99, no data until 03:16, last 31 at 03:11",
    );
    expect(inWords(graph({ values: [] }), NOW, ZONE)).toBe("checkout.latency_ms.p99, over 500 since 03:12, no value");
  });
});
