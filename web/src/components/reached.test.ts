import { describe, expect, it } from "vitest";

import type { User } from "../api/types.ts";
import { type Around, loudness, peopleOf, rungs } from "./reached.ts";

function user(id: string, change: Partial<User> = {}): User {
  return { id, version: 1, name: id, email: `${id}@example.com`, zone: "UTC", active: true, role: null, teams: [], ...change };
}

const around: Around = {
  users: [
    user("marta", { teams: [{ team: "tea_1", role: "member" }] }),
    user("jonas", { role: "admin" }),
    user("gone", { active: false, role: "admin", teams: [{ team: "tea_1", role: "member" }] }),
  ],
  teams: [{ id: "tea_1", name: "Payments" }],
  endpoints: [{ id: "end_1", name: "Room" }],
  onCall: [
    {
      schedule: { id: "sch_1", name: "Weekly" },
      at: "2026-11-21T12:00:00Z",
      people: [
        { user: { id: "marta", name: "Marta" }, duty: "primary", why: {} },
        { user: { id: "jonas", name: "Jonas" }, duty: "shadow", why: {} },
      ],
    } as unknown as Around["onCall"][number],
  ],
};

describe("the rungs of a ladder", () => {
  const steps = [
    { escalate_after_s: 300, targets: [{ type: "schedule" as const, id: "sch_1" }, { type: "user" as const, id: "marta" }] },
    { escalate_after_s: 600, targets: [{ type: "team" as const, id: "tea_1" }, { type: "admins" as const }] },
    { escalate_after_s: 600, targets: [{ type: "endpoint" as const, id: "end_1" }, { type: "user" as const, id: "gone" }] },
  ];

  it("mean the people of now, each once; a shadow and who left are not counted on", () => {
    const all = rungs({ steps }, around);
    expect(all.map((rung) => rung.afterS)).toEqual([0, 300, 900]);
    expect(all.map((rung) => peopleOf(rung).map((one) => one.id))).toEqual([["marta"], ["marta", "jonas"], []]);
    expect(all[2]?.reached[0]).toEqual({ kind: "endpoint", via: "Room", people: [] });
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
