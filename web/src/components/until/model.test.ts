import { describe, expect, it } from "vitest";

import { ownText, untilOf, wrong } from "./model.ts";

const now = Date.parse("2026-03-28T22:30:00Z");

describe("what is put off", () => {
  it("ends after some hours", () => {
    expect(untilOf("hour", "", now, "UTC")).toBe(now + 3_600_000);
    expect(untilOf("two_hours", "", now, "UTC")).toBe(now + 2 * 3_600_000);
    expect(untilOf("days", "", now, "UTC")).toBe(now + 3 * 86_400_000);
    expect(untilOf("hours", "", now, "UTC")).toBe(now + 4 * 3_600_000);
  });
  it("ends tomorrow at nine where one is, also when the clocks change that night", () => {
    expect(untilOf("morning", "", now, "Europe/Berlin")).toBe(Date.parse("2026-03-29T07:00:00Z"));
    // Past midnight there: tomorrow is the day after.
    expect(untilOf("morning", "", now, "Pacific/Auckland")).toBe(Date.parse("2026-03-29T20:00:00Z"));
  });
  it("ends when one says", () => {
    expect(untilOf("own", "2026-03-30T12:00", now, "Europe/Berlin")).toBe(Date.parse("2026-03-30T10:00:00Z"));
    expect(ownText(now, "UTC")).toBe("2026-03-29T00:30");
  });
  it("ends in the future, and within some days", () => {
    expect(wrong(untilOf("own", "", now, "UTC"), now, 30)).toBe("none");
    expect(wrong(now, now, 30)).toBe("past");
    expect(wrong(now + 31 * 86_400_000, now, 30)).toBe("far");
    expect(wrong(now + 1, now, 30)).toBeUndefined();
  });
});
