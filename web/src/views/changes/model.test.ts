import { describe, expect, it } from "vitest";

import { differences, whatOf } from "./model.ts";

describe("what differs", () => {
  it("is named field by field, without what says which version it is", () => {
    const before = { id: "svc_1", version: 1, name: "checkout", urgency: "high", policy: null, description: "" };
    const after = { id: "svc_1", version: 2, name: "checkout", urgency: "low", policy: "pol_1" };
    expect(differences(before, after)).toEqual([
      { path: ["urgency"], before: "high", after: "low" },
      { path: ["policy"], before: null, after: "pol_1" },
    ]);
  });

  it("goes into lists, by place or by name", () => {
    const step = (minutes: number, ids: string[]) => ({ escalate_after_s: minutes * 60, targets: ids.map((id) => ({ type: "user", id })) });
    expect(differences({ steps: [step(5, ["usr_1"])] }, { steps: [step(3, ["usr_1", "usr_2"]), step(9, [])] })).toEqual([
      { path: ["steps", 1, "escalate_after_s"], before: 300, after: 180 },
      { path: ["steps", 1, "targets"], before: [{ type: "user", id: "usr_1" }], after: [{ type: "user", id: "usr_1" }, { type: "user", id: "usr_2" }] },
      { path: ["steps", 2], before: undefined, after: step(9, []) },
    ]);
    const rotation = (id: string, name: string, every: number) => ({ id, name, handoff: { every } });
    expect(differences({ rotations: [rotation("a", "Day", 1), rotation("b", "Night", 1)] }, { rotations: [rotation("b", "Night", 2), rotation("a", "Day", 1)] })).toEqual([
      { path: ["rotations", "Night", "handoff", "every"], before: 1, after: 2 },
      { path: ["rotations", "order"], before: ["Day", "Night"], after: ["Night", "Day"] },
    ]);
  });

  it("is nothing between equals", () => {
    expect(differences({ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] })).toEqual([]);
  });
});

it("says what became of an object", () => {
  const edit = { version: 4, deleted: false };
  expect(whatOf({ ...edit, version: 1 })).toBe("made");
  expect(whatOf(edit)).toBe("changed");
  expect(whatOf({ ...edit, restored_from: 2 })).toBe("restored");
  expect(whatOf({ ...edit, deleted: true })).toBe("deleted");
});
