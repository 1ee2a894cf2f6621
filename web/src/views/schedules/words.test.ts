import { describe, expect, it } from "vitest";

import type { Schedule } from "../../api/types.ts";
import { daysText, handoffText, participant, windowText } from "./words.ts";

type Rotation = Schedule["rotations"][number];

function rotation(more: Partial<Rotation>): Rotation {
  return { name: "weekly", start: "2026-01-05T09:00:00", handoff: { every: 1, unit: "weeks" }, slots: [], ...more };
}

describe("a hand-off", () => {
  it.each<[Partial<Rotation>, string]>([
    [{}, "Hand-off every week, Mon 09:00, Berlin"],
    [{ handoff: { every: 2, unit: "weeks" }, zone: "Pacific/Auckland" }, "Hand-off every 2 weeks, Mon 09:00, Auckland"],
    [{ handoff: { every: 1, unit: "days" } }, "Hand-off every day at 09:00, Berlin"],
    [{ handoff: { every: 12, unit: "hours" } }, "Hand-off every 12 h, counted from 2026-01-05 09:00, Berlin"],
    [{ handoff: { every: 1, unit: "months" } }, "Hand-off every month, day 5 09:00, Berlin"],
  ])("%j reads %s", (more, text) => {
    expect(handoffText(rotation(more), "Europe/Berlin")).toBe(text);
  });
});

describe("a window", () => {
  it("is told by days and hours", () => {
    expect(windowText({ days: ["mon", "tue", "wed", "thu", "fri"], from: "09:00", to: "17:00" })).toBe("Mon to Fri, 09:00 to 17:00");
    expect(windowText({ days: ["sun", "sat"] })).toBe("Sat, Sun, all day");
    expect(windowText({ from: "22:00:00", to: "00:00", coordinate_only: true })).toBe("every day, 22:00 to 24:00, coordinating only");
    expect(daysText(["mon", "wed", "thu"])).toBe("Mon, Wed, Thu");
  });
});

describe("a participant", () => {
  it("may be more than an id", () => {
    expect(participant("usr_1")).toEqual({ id: "usr_1", special: "" });
    expect(participant({ user: "usr_2", duty: "shadow", leaves: "2026-12-01" })).toEqual({
      id: "usr_2",
      special: "shadows, leaves 2026-12-01",
    });
  });
});
