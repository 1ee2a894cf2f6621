/** A policy as people read and write it. Pure. */
import type { PolicyBody } from "../../api/policies.ts";
import type { Policy } from "../../api/types.ts";
import { type DraftHours, draftOfHours, hoursLack, hoursOf } from "../../components/hours/model.ts";
import type { Target } from "../../components/reached.ts";
import { freshKey } from "../../ui/lists.ts";
import type { SeverityName } from "../../ui/Severity.tsx";

type Step = PolicyBody["steps"][number];
type Condition = NonNullable<Step["only"]>;

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

/** For which incidents and when a step is executed, while it is written. */
export interface DraftOnly {
  urgency: "high" | "low" | undefined;
  severity: SeverityName | undefined;
  within: DraftHours | undefined;
  outside: DraftHours | undefined;
}

/** A step that is being written. */
export interface DraftStep {
  /** Tells steps apart while they move. */
  key: number;
  targets: string[];
  /** As it was typed. */
  minutes: string;
  only: DraftOnly;
  needsEveryone: boolean;
  inTurn: boolean;
}

/** A policy that is being written. */
export interface Draft {
  name: string;
  team: string;
  steps: DraftStep[];
  repeat: string;
  /** What low urgency waits for. */
  lowHours: DraftHours | undefined;
  /** Who is told at the end. */
  fallback: string[];
}

const MINUTE_S = 60;

/** How soon the next step comes when nothing was said. */
const USUAL_MIN = "5";

const ALWAYS: DraftOnly = { urgency: undefined, severity: undefined, within: undefined, outside: undefined };

/** An empty step. */
export function newStep(steps: readonly DraftStep[]): DraftStep {
  return { key: freshKey(steps), targets: [], minutes: USUAL_MIN, only: ALWAYS, needsEveryone: false, inTurn: false };
}

/** Whether more is set of a step than whom it pages and how long it waits. */
export function hasMore({ only, needsEveryone, inTurn }: DraftStep): boolean {
  return needsEveryone || inTurn || Object.values(only).some((one) => one !== undefined);
}

function draftHours(of: Condition["within"]): DraftHours | undefined {
  return of == null ? undefined : draftOfHours(of);
}

function draftOfOnly({ urgency, severity_at_least: severity, within, outside }: Condition): DraftOnly {
  return {
    // Urgency none pages nobody, so no step is for it.
    urgency: urgency === "high" || urgency === "low" ? urgency : undefined,
    severity: severity ?? undefined,
    within: draftHours(within),
    outside: draftHours(outside),
  };
}

function onlyOf({ urgency, severity, within, outside }: DraftOnly): Condition {
  return {
    ...(urgency === undefined ? {} : { urgency }),
    ...(severity === undefined ? {} : { severity_at_least: severity }),
    ...(within === undefined ? {} : { within: hoursOf(within) }),
    ...(outside === undefined ? {} : { outside: hoursOf(outside) }),
  };
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
      only: draftOfOnly(step.only ?? {}),
      needsEveryone: step.needs_everyone ?? false,
      inTurn: step.round_robin ?? false,
    })),
    lowHours: draftHours(policy.low_urgency_hours),
    fallback: (policy.fallback ?? []).map(keyOf),
  };
}

/** A policy with nothing in it yet. */
export function emptyDraft(team: string): Draft {
  return { name: "", team, repeat: "1", steps: [newStep([])], lowHours: undefined, fallback: [] };
}

/** What was written of a step, as the API takes it. */
export function bodyOfStep(step: DraftStep): Step {
  return {
    targets: step.targets.map(targetOf),
    escalate_after_s: Math.round(Number(step.minutes) * MINUTE_S),
    only: onlyOf(step.only),
    needs_everyone: step.needsEveryone,
    round_robin: step.inTurn,
  };
}

/** What was written, as the API takes it. */
export function bodyOf(draft: Draft): PolicyBody {
  return {
    name: draft.name.trim(),
    team: draft.team,
    repeat: Number(draft.repeat),
    steps: draft.steps.map(bodyOfStep),
    low_urgency_hours: draft.lowHours === undefined ? null : hoursOf(draft.lowHours),
    fallback: draft.fallback.map(targetOf),
  };
}

/** A week, as the server allows. */
const MOST_MIN = 7 * 24 * 60;

/** What a draft can lack. */
export type Lack = "name" | "team" | "steps" | "targets" | "minutes" | "hours" | "repeat";

/** What still keeps a draft from being saved; the first thing only. */
export function lacks(draft: Draft): Lack | undefined {
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
  const all = [draft.lowHours, ...draft.steps.flatMap(({ only }) => [only.within, only.outside])];
  if (all.some((one) => hoursLack(one) !== undefined)) {
    return "hours";
  }
  return isNumber(draft.repeat) && Number.isInteger(Number(draft.repeat)) ? undefined : "repeat";
}
