import { describe, expect, it } from "vitest";

import type { Schedule } from "../../api/types.ts";
import { handoffText, participant } from "./words.ts";

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

describe("a participant", () => {
  it("may be more than an id", () => {
    expect(participant("usr_1")).toEqual({ id: "usr_1", special: "" });
    expect(participant({ user: "usr_2", duty: "shadow", leaves: "2026-12-01" })).toEqual({
      id: "usr_2",
      special: "shadows, leaves 2026-12-01",
    });
  });
});
