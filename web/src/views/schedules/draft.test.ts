import { describe, expect, it } from "vitest";

import type { ScheduleBody } from "../../api/schedules.ts";
import { bodyOf, type Draft, draftOf, lacks, newRotation, newRotationWindow, newSlot, saidOf } from "./draft.ts";

const BODY: ScheduleBody = {
  name: "Payments on call",
  team: "pay",
  zone: "Europe/Berlin",
  rotations: [
    {
      id: "r1",
      name: "office hours",
      zone: "Europe/Lisbon",
      start: "2026-01-05T09:00:00",
      end: "2026-12-24T12:30:00",
      handoff: { every: 2, unit: "days" },
      turn: "worked",
      windows: [{ days: ["mon", "fri"], from: "09:00:00", to: "17:00:00", coordinate_only: true }],
      slots: [
        { people: ["ana"], first_come: false },
        { people: [], first_come: false },
        {
          people: ["ben", { user: "cy", duty: "shadow", joins: "2026-03-01", leaves: null }],
          first_come: true,
        },
      ],
      when_off: "nobody",
      beside: true,
      on_holidays: "nobody",
    },
  ],
  holidays: [{ date: "2026-12-25", name: "Christmas Day" }],
};

// A Saturday.
const NOW = Date.parse("2026-11-21T12:00:00Z");

function fresh(): Draft {
  const rotation = newRotation([], "Rotation 1", NOW, "Europe/Berlin");
  return { name: "Ledger", team: "pay", zone: "Europe/Berlin", rotations: [{ ...rotation, slots: [newSlot([], ["ana"])] }], holidays: [] };
}

describe("a schedule", () => {
  it("comes back as it was, with all there is to a rotation", () => {
    expect(bodyOf(draftOf(BODY))).toEqual(BODY);
  });

  it("keeps seconds that somebody wrote as code", () => {
    const [rotation] = BODY.rotations;
    const odd = { ...BODY, rotations: rotation === undefined ? [] : [{ ...rotation, start: "2026-01-05T09:00:30" }] };
    expect(bodyOf(draftOf(odd))).toEqual(odd);
  });

  it("begins with the last Monday morning, every week", () => {
    expect(bodyOf(fresh()).rotations[0]).toMatchObject({
      start: "2026-11-16T09:00:00",
      handoff: { every: 1, unit: "weeks" },
      slots: [{ people: ["ana"] }],
    });
  });
});

describe("what a draft lacks", () => {
  const withRotation = (change: Partial<Draft["rotations"][number]>): Draft => {
    const draft = fresh();
    return { ...draft, rotations: draft.rotations.map((one) => ({ ...one, ...change })) };
  };

  it("is said, the first thing first", () => {
    expect(lacks(fresh())).toBeUndefined();
    expect(lacks({ ...fresh(), name: " ", team: "" })).toBe("name");
    expect(lacks({ ...fresh(), team: "" })).toBe("team");
    expect(lacks({ ...fresh(), rotations: [] })).toBe("rotations");
    expect(lacks(withRotation({ name: "" }))).toBe("rotation_name");
    expect(lacks(withRotation({ start: "" }))).toBe("start");
    expect(lacks(withRotation({ every: "0" }))).toBe("every");
    expect(lacks(withRotation({ every: "1.5" }))).toBe("every");
    expect(lacks(withRotation({ windows: [{ ...newRotationWindow([]), to: "" }] }))).toBe("hours");
    expect(lacks(withRotation({ windows: [{ ...newRotationWindow([]), days: [] }] }))).toBe("days");
    expect(lacks(withRotation({ slots: [] }))).toBe("slots");
  });
});

describe("what the server said", () => {
  it("is told by rotation", () => {
    const fields = { name: "It is taken.", "rotations[0].end": "Too early.", "rotations[10].end": "Other." };
    expect(saidOf(fields, 0)).toEqual(["Too early."]);
    expect(saidOf(fields, 1)).toEqual([]);
  });
});
