/** What is edited of a service. Pure. */
import type { Service, ServiceBody } from "../../api/services.ts";

/** How loudly a service is told, the usual first. */
export const URGENCIES = ["by_severity", "high", "low", "none"] as const;

/** One of these. */
export type Urgency = (typeof URGENCIES)[number];

/** A service nobody has described yet. */
export function emptyBody(team: string): ServiceBody {
  return {
    name: "",
    team,
    description: "",
    policy: null,
    urgency: "by_severity",
    acknowledge_expires_after_s: null,
    auto_resolve_after_s: null,
  };
}

/** What is set of a service. */
export function bodyOf(service: Service): ServiceBody {
  const { name, team, description, policy, urgency } = service;
  return {
    name,
    team,
    description: description ?? "",
    policy: policy ?? null,
    urgency: urgency ?? "by_severity",
    acknowledge_expires_after_s: service.acknowledge_expires_after_s ?? null,
    auto_resolve_after_s: service.auto_resolve_after_s ?? null,
  };
}

/** The fields, in the order people read them. */
export const FIELDS = [
  "name", "description", "team", "policy", "urgency", "acknowledge_expires_after_s", "auto_resolve_after_s",
] as const;

/** After how many seconds something may happen by itself: the usual times, and the one that is set. */
export function times(present: number | null | undefined): number[] {
  const usual = [900, 1_800, 3_600, 14_400, 28_800, 86_400, 259_200, 604_800];
  return present == null || usual.includes(present) ? usual : [...usual, present].sort((a, b) => a - b);
}

/** The fields in which two versions differ. */
export function differing(mine: ServiceBody, theirs: ServiceBody): (typeof FIELDS)[number][] {
  return FIELDS.filter((field) => (mine[field] ?? "") !== (theirs[field] ?? ""));
}
