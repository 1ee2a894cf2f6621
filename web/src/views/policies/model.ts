/** A policy as people read and write it. Pure. */
import type { PolicyBody } from "../../api/policies.ts";
import type { Policy } from "../../api/types.ts";
import type { Target } from "../../components/reached.ts";
import { freshKey } from "../../ui/lists.ts";

/** A target as one text, to tell it from others and to choose it by. */
export function keyOf(target: Target): string {
  return target.type === "admins" ? "admins" : `${target.type}:${target.id}`;
}

/** The target of such a text. */
export function targetOf(key: string): Target {
  const [type = "", id = ""] = key.split(":");
  switch (type) {
    case "user":
    case "schedule":
    case "team":
    case "endpoint":
      return { type, id };
    default:
      return { type: "admins" };
  }
}

/** A step that is being written. */
export interface DraftStep {
  /** Tells steps apart while they move. */
  key: number;
  targets: string[];
  /** As it was typed. */
  minutes: string;
}

/** A policy that is being written. */
export interface Draft {
  name: string;
  team: string;
  steps: DraftStep[];
  repeat: string;
}

const MINUTE_S = 60;

/** How soon the next step comes when nothing was said. */
const USUAL_MIN = "5";

/** An empty step. */
export function newStep(steps: readonly DraftStep[]): DraftStep {
  return { key: freshKey(steps), targets: [], minutes: USUAL_MIN };
}

/** What is there, to be edited. */
export function draftOf(policy: PolicyBody | Policy): Draft {
  return {
    name: policy.name,
    team: policy.team,
    repeat: String(policy.repeat ?? 0),
    steps: policy.steps.map((step, key) => ({
      key,
      targets: step.targets.map(keyOf),
      minutes: String(step.escalate_after_s / MINUTE_S),
    })),
  };
}

/** A policy with nothing in it yet. */
export function emptyDraft(team: string): Draft {
  return { name: "", team, repeat: "1", steps: [newStep([])] };
}

/** What was written, as the API takes it. */
export function bodyOf(draft: Draft): PolicyBody {
  return {
    name: draft.name.trim(),
    team: draft.team,
    repeat: Number(draft.repeat),
    steps: draft.steps.map((step) => ({
      targets: step.targets.map(targetOf),
      escalate_after_s: Math.round(Number(step.minutes) * MINUTE_S),
    })),
  };
}

/** A week, as the server allows. */
const MOST_MIN = 7 * 24 * 60;

/** What still keeps a draft from being saved; the first thing only. */
export function lacks(draft: Draft): "name" | "team" | "steps" | "targets" | "minutes" | "repeat" | undefined {
  const isNumber = (text: string) => text.trim() !== "" && Number.isFinite(Number(text)) && Number(text) >= 0;
  if (draft.name.trim() === "") {
    return "name";
  }
  if (draft.team === "") {
    return "team";
  }
  if (draft.steps.length === 0) {
    return "steps";
  }
  if (draft.steps.some((step) => step.targets.length === 0)) {
    return "targets";
  }
  if (draft.steps.some((step) => !isNumber(step.minutes) || Number(step.minutes) > MOST_MIN)) {
    return "minutes";
  }
  return isNumber(draft.repeat) && Number.isInteger(Number(draft.repeat)) ? undefined : "repeat";
}
