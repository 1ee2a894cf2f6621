import { describe, expect, it } from "vitest";

import { gaps, week } from "./model.ts";

const BERLIN = "Europe/Berlin";

describe("a week", () => {
  it("has 25 hours on the day the clocks go back", () => {
    const days = week([], "2026-10-19", BERLIN);
    expect(days.map((day) => day.hours)).toEqual([24, 24, 24, 24, 24, 24, 25]);
    expect(week([], "2026-03-23", BERLIN).at(-1)?.hours).toBe(23);
  });

  it("joins a gap over midnight", () => {
    const shift = {
      from: "2026-11-16T00:00:00Z",
      to: "2026-11-20T20:00:00Z",
      user: { id: "a", name: "A" },
      duty: "act" as const,
      first_come: false,
      why: { rotation: null, turn: null, overridden_by: null, taken_over: false },
    };
    const later = { ...shift, from: "2026-11-21T08:00:00Z", to: "2026-11-23T00:00:00Z" };
    const days = week([shift, later], "2026-11-16", "UTC");
    expect(gaps(days)).toEqual([
      { from: Date.parse("2026-11-20T20:00:00Z"), to: Date.parse("2026-11-21T08:00:00Z") },
    ]);
    expect(days[4]?.bars.map((bar) => [bar.place, bar.length])).toEqual([
      [0, 20 / 24],
      [20 / 24, 4 / 24],
    ]);
  });
});
