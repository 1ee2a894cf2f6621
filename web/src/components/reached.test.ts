import { describe, expect, it } from "vitest";

import type { User } from "../api/types.ts";
import { loudness, peopleOf, times, told, type World } from "./reached.ts";

function user(id: string, more: Partial<User> = {}): User {
  return { id, version: 1, name: `Name ${id}`, email: `${id}@example.com`, zone: "UTC", teams: [], active: true, monthly_test: true, ...more };
}

const WORLD: World = {
  now: Date.parse("2026-11-21T00:00:00Z"),
  users: [
    user("ana", { teams: [{ team: "pay", role: "member" }] }),
    user("ben", { teams: [{ team: "pay", role: "observer" }], active: false }),
    user("cy", { role: "admin" }),
  ],
  teams: [{ id: "pay", name: "Payments" }],
  endpoints: [{ id: "room", name: "Room" }],
  schedules: [],
  onCall: [
    {
      schedule: { id: "s", name: "Payments on call" },
      at: "2026-11-21T00:00:00Z",
      people: [
        { user: { id: "ana", name: "Name ana" }, duty: "act", first_come: false, why: { taken_over: false } },
        { user: { id: "ben", name: "Name ben" }, duty: "act", first_come: false, why: { taken_over: false } },
        { user: { id: "cy", name: "Name cy" }, duty: "shadow", first_come: false, why: { taken_over: false } },
      ],
    },
  ],
};

describe("a target", () => {
  it("means the people it reaches right now, and never one who is not active", () => {
    const names = (target: Parameters<typeof told>[0]) => told(target, WORLD).people.map((one) => one.id);
    expect(names({ type: "schedule", id: "s" })).toEqual(["ana"]);
    expect(names({ type: "team", id: "pay" })).toEqual(["ana"]);
    expect(names({ type: "user", id: "ben" })).toEqual([]);
    expect(names({ type: "admins" })).toEqual(["cy"]);
    expect(names({ type: "endpoint", id: "room" })).toEqual([]);
    expect(told({ type: "endpoint", id: "room" }, WORLD).name).toBe("Room");
    expect(told({ type: "schedule", id: "gone" }, WORLD)).toMatchObject({ name: undefined, people: [] });
  });

  it("passes over who is paused, as long as they are", () => {
    const until = (at: string) => ({ ...WORLD, users: [user("ana", { paused_until: at })] });
    const target = { type: "schedule", id: "s" } as const;
    expect(told(target, until("2026-11-21T00:00:01Z"))).toMatchObject({ people: [], paused: [{ id: "ana" }] });
    expect(told(target, until("2026-11-21T00:00:00Z"))).toMatchObject({ people: [{ id: "ana" }], paused: [] });
  });

  it("counts a person once who is meant twice", () => {
    const targets = [{ type: "schedule", id: "s" } as const, { type: "user", id: "ana" } as const, { type: "admins" } as const];
    expect(peopleOf(targets, WORLD).map((one) => one.id)).toEqual(["ana", "cy"]);
  });
});

describe("a ladder", () => {
  it("adds up the time to each step", () => {
    expect(times([{ escalate_after_s: 60 }, { escalate_after_s: 300 }])).toEqual([0, 60, 360]);
  });
});

describe("how loudly", () => {
  it("goes by the severity only where the service says so", () => {
    expect((["critical", "major", "moderate", "minor", "info"] as const).map((one) => loudness("by_severity", one))).toEqual([
      "high",
      "high",
      "low",
      "low",
      "none",
    ]);
    expect(loudness("high", "info")).toBe("high");
    expect(loudness("none", "critical")).toBe("none");
    expect(loudness(undefined, "info")).toBe("none");
  });
});
