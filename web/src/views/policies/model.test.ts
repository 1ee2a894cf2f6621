import { describe, expect, it } from "vitest";

import type { PolicyBody } from "../../api/policies.ts";
import { stepTexts } from "../../components/conditions.ts";
import type { Hours } from "../../components/hours/model.ts";
import type { World } from "../../components/reached.ts";
import { bodyOf, draftOf, emptyDraft, hasMore, lacks, newStep } from "./model.ts";
import { differences } from "./words.ts";

const HOURS: Hours = { zone: "Europe/Berlin", windows: [{ days: ["mon", "sat"], from: "09:00:00", to: "17:00:00" }] };

describe("a draft", () => {
  const body: PolicyBody = {
    name: "Payments",
    team: "pay",
    repeat: 2,
    steps: [
      { targets: [{ type: "schedule", id: "s" }, { type: "admins" }], escalate_after_s: 90, only: {}, needs_everyone: true, round_robin: false },
      {
        targets: [{ type: "user", id: "ana" }],
        escalate_after_s: 0,
        only: { urgency: "low", severity_at_least: "major", within: HOURS, outside: { ...HOURS, zone: "UTC" } },
        needs_everyone: false,
        round_robin: true,
      },
    ],
    low_urgency_hours: HOURS,
    fallback: [{ type: "team", id: "ops" }, { type: "admins" }],
  };

  it("comes back as it was", () => {
    expect(bodyOf(draftOf(body))).toEqual(body);
    const plain = { name: "P", team: "pay", steps: [{ targets: [], escalate_after_s: 60 }] };
    expect(bodyOf(draftOf(plain))).toMatchObject({ low_urgency_hours: null, fallback: [], steps: [{ only: {}, needs_everyone: false }] });
  });

  it("shows where more is set than usual", () => {
    expect(draftOf(body).steps.map(hasMore)).toEqual([true, true]);
    expect(hasMore(newStep([]))).toBe(false);
  });

  it("tells of a step for which incidents and when it is", () => {
    expect(body.steps.map(stepTexts)).toEqual([
      ["Everybody has to acknowledge"],
      [
        "Only low urgency",
        "Only Sev\u00a01 to Sev\u00a02",
        "Only Mon, Sat, 09:00 to 17:00 (Berlin)",
        "Not Mon, Sat, 09:00 to 17:00 (UTC)",
        "One of them is told, in turn",
      ],
    ]);
  });

  it("is told apart from another version by all there is to it", () => {
    const world: World = { users: [], teams: [{ id: "ops", name: "Ops" }], endpoints: [], schedules: [], onCall: [], now: 0 };
    const theirs = { ...body, low_urgency_hours: null, fallback: [], steps: body.steps.map((step) => ({ ...step, only: {} })) };
    expect(differences(body, theirs, world).map(({ label }) => label)).toEqual(["Ladder", "At the end", "Low urgency waits for hours"]);
    expect(differences(body, body, world)).toEqual([]);
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
    draft.lowHours = { ...HOURS, windows: [] };
    expect(lacks(draft)).toBe("hours");
    draft.lowHours = undefined;
    draft.repeat = "1.5";
    expect(lacks(draft)).toBe("repeat");
    draft.repeat = "0";
    expect(lacks(draft)).toBeUndefined();
    expect(bodyOf(draft)).toMatchObject({ name: "Payments", steps: [{ escalate_after_s: 30 }] });
    draft.steps = [];
    expect(lacks(draft)).toBe("steps");
  });
});
