import { describe, expect, it } from "vitest";

import type { PolicyBody } from "../../api/policies.ts";
import { bodyOf, draftOf, emptyDraft, lacks } from "./model.ts";

describe("a draft", () => {
  const body: PolicyBody = {
    name: "Payments",
    team: "pay",
    repeat: 2,
    steps: [
      { targets: [{ type: "schedule", id: "s" }, { type: "admins" }], escalate_after_s: 90 },
      { targets: [{ type: "user", id: "ana" }], escalate_after_s: 0 },
    ],
  };

  it("comes back as it was", () => {
    expect(bodyOf(draftOf(body))).toEqual(body);
  });

  it("says what it lacks, the first thing first", () => {
    const draft = emptyDraft("");
    expect(lacks(draft)).toBe("name");
    draft.name = " Payments ";
    expect(lacks(draft)).toBe("team");
    draft.team = "pay";
    expect(lacks(draft)).toBe("targets");
    draft.steps = draft.steps.map((step) => ({ ...step, targets: ["admins"], minutes: "-1" }));
    expect(lacks(draft)).toBe("minutes");
    draft.steps = draft.steps.map((step) => ({ ...step, minutes: "" }));
    expect(lacks(draft)).toBe("minutes");
    draft.steps = draft.steps.map((step) => ({ ...step, minutes: "0.5" }));
    draft.repeat = "1.5";
    expect(lacks(draft)).toBe("repeat");
    draft.repeat = "0";
    expect(lacks(draft)).toBeUndefined();
    expect(bodyOf(draft)).toMatchObject({ name: "Payments", steps: [{ escalate_after_s: 30 }] });
    draft.steps = [];
    expect(lacks(draft)).toBe("steps");
  });
});
