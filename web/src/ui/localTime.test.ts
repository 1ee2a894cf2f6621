import { describe, expect, it } from "vitest";

import { localText, momentOf } from "./localTime.ts";

const BERLIN = "Europe/Berlin";

describe("a local time", () => {
  it.each([
    ["2026-11-21T09:00", "2026-11-21T08:00:00.000Z"],
    ["2026-07-01T09:00", "2026-07-01T07:00:00.000Z"],
    // Skipped on the day the clocks go forward, and twice there on the day they go back.
    ["2026-03-29T02:30", "2026-03-29T01:30:00.000Z"],
    ["2026-10-25T02:30", "2026-10-25T00:30:00.000Z"],
  ])("%s in Berlin is %s", (text, at) => {
    expect(new Date(momentOf(text, BERLIN) ?? 0).toISOString()).toBe(at);
  });

  it("comes back as it was, in any zone", () => {
    for (const zone of ["UTC", BERLIN, "Pacific/Auckland", "Asia/Kathmandu"]) {
      const text = "2026-04-04T23:45";
      expect(localText(momentOf(text, zone) ?? 0, zone)).toBe(text);
    }
  });

  it("is none when it is not written whole", () => {
    expect(momentOf("", BERLIN)).toBeUndefined();
    expect(momentOf("2026-13-40T09:00", BERLIN)).toBeUndefined();
    expect(momentOf("2026-11-21", BERLIN)).toBeUndefined();
  });
});
