import { describe, expect, it } from "vitest";

import {
  addDays, city, clock, dateIn, daysBetween, fullWhen, iso, left, mondayOf, running, span, startOfDay, weekNumber, when, zoneName,
} from "./time.ts";

const BERLIN = "Europe/Berlin";
const now = Date.parse("2026-11-21T02:17:52Z");
const at = (text: string) => Date.parse(text);

describe("a moment", () => {
  it.each([
    ["2026-11-21T02:11:40Z", "03:11"],
    ["2026-11-20T23:30:00Z", "00:30"],
    ["2026-11-20T21:14:00Z", "Fri 22:14"],
    ["2026-11-23T08:00:00Z", "Mon 09:00"],
    ["2026-11-13T15:02:00Z", "13 Nov 16:02"],
    ["2025-11-13T15:02:00Z", "13 Nov 2025 16:02"],
  ])("%s is written as %s", (moment, written) => {
    expect(when(moment, now, BERLIN)).toBe(written);
  });

  it("has seconds where the order matters", () => {
    expect(clock("2026-11-21T02:11:40Z", BERLIN, true)).toBe("03:11:40");
    expect(when("2026-11-20T21:14:05Z", now, BERLIN, true)).toBe("Fri 22:14:05");
  });

  it("has midnight as 00:00", () => {
    expect(clock("2026-11-20T23:00:00Z", BERLIN)).toBe("00:00");
  });

  it("has its offset in tooltips", () => {
    expect(iso("2026-11-21T02:11:40Z", BERLIN)).toBe("2026-11-21T03:11:40+01:00");
    expect(iso("2026-11-21T02:11:40Z", "UTC")).toBe("2026-11-21T02:11:40+00:00");
  });

  it("has its day beside the clock when it is far", () => {
    expect(fullWhen("2026-11-23T08:00:00Z", BERLIN)).toBe("Mon 23 Nov, 09:00");
  });
});

describe("a span", () => {
  it.each([
    [0, "0\u00A0s"],
    [40_000, "40\u00A0s"],
    [59_999, "59\u00A0s"],
    [6 * 60_000, "6\u00A0min"],
    [92 * 60_000, "1\u00A0h 32\u00A0min"],
    [120 * 60_000, "2\u00A0h"],
    [54 * 3_600_000, "2\u00A0d 6\u00A0h"],
    [-5_000, "0\u00A0s"],
  ])("%d ms is %s", (ms, written) => {
    expect(span(ms)).toBe(written);
  });

  it("runs as a clock under an hour", () => {
    expect(running(372_000)).toBe("6:12");
    expect(running(3_599_999)).toBe("59:59");
    expect(running(3_600_000)).toBe("1\u00A0h");
  });

  it("is never early when it counts down", () => {
    expect(left(now + 500, now)).toBe("0:01");
    expect(left(now + 228_000, now)).toBe("3:48");
    expect(left(now - 5_000, now)).toBe("0:00");
  });
});

describe("days", () => {
  it("begin at local midnight, also where the clocks change", () => {
    expect(startOfDay("2026-11-21", BERLIN)).toBe(at("2026-11-20T23:00:00Z"));
    expect(startOfDay("2026-10-25", BERLIN)).toBe(at("2026-10-24T22:00:00Z"));
    expect(startOfDay("2026-10-26", BERLIN)).toBe(at("2026-10-25T23:00:00Z"));
    expect(startOfDay("2026-03-29", BERLIN)).toBe(at("2026-03-28T23:00:00Z"));
    expect(startOfDay("2026-09-27", "Pacific/Auckland")).toBe(at("2026-09-26T12:00:00Z"));
    expect(startOfDay("2026-09-28", "Pacific/Auckland")).toBe(at("2026-09-27T11:00:00Z"));
  });

  it("belong to ISO weeks", () => {
    expect(mondayOf("2026-11-22")).toBe("2026-11-16");
    expect(mondayOf("2026-11-16")).toBe("2026-11-16");
    expect(weekNumber("2026-11-16")).toBe(47);
    expect(weekNumber("2026-12-28")).toBe(53);
    expect(weekNumber("2025-12-29")).toBe(1);
    expect(addDays("2026-12-31", 1)).toBe("2027-01-01");
  });

  it("name their month once", () => {
    expect(daysBetween("2026-11-16T12:00:00Z", "2026-11-22T12:00:00Z", BERLIN)).toBe("16 to 22 November");
    expect(daysBetween("2026-11-30T12:00:00Z", "2026-12-06T12:00:00Z", BERLIN)).toBe("30 November to 6 December");
    expect(dateIn("2026-11-20T23:30:00Z", BERLIN)).toBe("2026-11-21");
  });
});

describe("zones", () => {
  it("are called by their short name, or by their city", () => {
    expect(city("America/Argentina/Buenos_Aires")).toBe("Buenos Aires");
    expect(zoneName(now, BERLIN)).toBe("CET");
    expect(zoneName(now, "America/Sao_Paulo")).toBe("Sao Paulo");
  });
});
