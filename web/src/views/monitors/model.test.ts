import { describe, expect, it } from "vitest";

import type { MonitorEpisode, MonitorSummary } from "../../api/monitors.ts";
import { bodyOf, chartOf, days, emptyDraft, firedMs, lacks, linesOf, matching, numberOf, otherLimits, previewOf, sorted } from "./model.ts";

function monitor(name: string, state: string): MonitorSummary {
  return {
    id: name, version: 1, service: "svc", team: null, name, description: "", target: `shop.${name}`, side: "above",
    threshold: 5, for_s: 0, recovery: null, recover_for_s: 0, every_s: 30, severity: "major", silent_after_s: 300,
    on_silence: "keep", runbook_url: null, state, firing: 0, silent: 0, series: 1, first: null,
  };
}

const episode = (at: string, until: string | null, state = "firing"): MonitorEpisode => ({
  series: "a", state, since: at, at, until, worst: null, threshold: null, why: null, incident: null,
});

describe("the list", () => {
  const all = [monitor("b", "well"), monitor("a", "well"), monitor("c", "firing"), monitor("d", "strange")];
  it("has the worst first", () => {
    expect(sorted(all).map((one) => one.name)).toEqual(["c", "d", "a", "b"]);
  });
  it("is found in by name, target and service", () => {
    expect(matching(all, "SHOP.C", () => "Pay").map((one) => one.name)).toEqual(["c"]);
    expect(matching(all, "pay", () => "Pay")).toHaveLength(4);
  });
});

describe("a draft", () => {
  it("says what it lacks, and is judged as soon as it can be", () => {
    const draft = emptyDraft("shop.*", "");
    expect(lacks(draft)).toEqual(["service", "name", "threshold"]);
    expect(previewOf(draft)).toBeUndefined();
    const whole = { ...draft, threshold: "0,5", forS: "60" };
    expect(previewOf(whole)).toMatchObject({ target: "shop.*", threshold: 0.5, for_s: 60, recover_for_s: null });
    expect(lacks({ ...whole, recovery: "x", everyS: "1.5" })).toContain("recovery");
    expect(lacks({ ...whole, everyS: "1.5" })).toContain("everyS");
    expect(bodyOf({ ...whole, name: " n ", runbook: " " })).toMatchObject({ name: "n", runbook_url: null });
  });
  it("reads numbers as people type them", () => {
    expect([numberOf("−1,5"), numberOf(" "), numberOf("1e3"), numberOf("ten")]).toEqual([-1.5, undefined, 1000, undefined]);
  });
});

describe("the chart", () => {
  it("marks what fired within it, open ends to its own", () => {
    const until = Date.parse("2026-11-21T03:00:00Z") / 1_000;
    const chart = chartOf(monitor("a", "firing"), [], until, 3_600, [
      episode("2026-11-21T02:50:00Z", null),
      episode("2026-11-21T01:00:00Z", "2026-11-21T01:30:00Z"),
    ]);
    expect(chart.marked).toEqual([{ kind: "firing", from: Date.parse("2026-11-21T02:50:00Z"), to: until * 1_000 }]);
  });
  it("has the past of few series only", () => {
    const one = (target: string) => ({ target, points: [] });
    expect(linesOf([one("a"), one("timeShift(a)")], "timeShift(").map((line) => line.isPast)).toEqual([undefined, true]);
    expect(linesOf([one("a"), one("b"), one("c"), one("timeShift(a)")], "timeShift(")).toHaveLength(3);
  });
});

describe("the history", () => {
  const now = Date.parse("2026-11-21T12:00:00Z");
  const all = [
    episode("2026-11-20T23:30:00Z", "2026-11-21T00:30:00Z"),
    episode("2026-11-19T10:00:00Z", "2026-11-19T11:00:00Z", "silent"),
    episode("2026-11-21T11:50:00Z", null),
  ];
  it("is told by day", () => {
    const found = days(all, now, "UTC", 3);
    expect(found.map((day) => day.firingMs / 60_000)).toEqual([0, 30, 40]);
    expect(found.map((day) => day.isSilent)).toEqual([true, false, false]);
    expect(firedMs(all, now)).toBe(70 * 60_000);
  });
});

describe("other limits", () => {
  it("stand around the one that is set", () => {
    expect(otherLimits(500)).toEqual([400, 450, 500, 600, 750]);
    expect(otherLimits(0)).toEqual([]);
  });
});
