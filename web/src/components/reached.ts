/** Whom a policy's steps mean at present. Pure, but for the hook that asks. */
import { useQuery } from "@tanstack/react-query";

import { endpointsQuery, teamsQuery } from "../api/directory.ts";
import { onCallQuery, usersQuery } from "../api/oncall.ts";
import type { Service } from "../api/services.ts";
import type { OnCall, Policy, Ref, User } from "../api/types.ts";
import { level, type SeverityName } from "../ui/Severity.tsx";

type Target = Policy["steps"][number]["targets"][number];

/** What targets refer to. */
export interface Around {
  users: readonly User[];
  teams: readonly Ref[];
  endpoints: readonly Ref[];
  onCall: readonly OnCall[];
}

/** Somebody or something that a step tells. */
export interface Reached {
  kind: Target["type"];
  /** The schedule, team or room; none for a person of their own, and for the admins. */
  via: string | undefined;
  /** Who that is now; a room is nobody. */
  people: Ref[];
}

/** A rung of the ladder. */
export interface Rung {
  /** How long after the first page, in seconds. */
  afterS: number;
  reached: Reached[];
}

function reachedBy(target: Target, { users, teams, endpoints, onCall }: Around): Reached {
  const active = users.filter((user) => user.active);
  switch (target.type) {
    case "user":
      return { kind: "user", via: undefined, people: active.filter((one) => one.id === target.id) };
    case "schedule": {
      const now = onCall.find((one) => one.schedule.id === target.id);
      return { kind: "schedule", via: now?.schedule.name ?? "", people: (now?.people ?? []).filter((one) => one.duty !== "shadow").map((one) => one.user) };
    }
    case "team":
      return {
        kind: "team",
        via: teams.find((one) => one.id === target.id)?.name ?? "",
        people: active.filter((one) => one.teams.some((team) => team.team === target.id)),
      };
    case "admins":
      return { kind: "admins", via: undefined, people: active.filter((one) => one.role === "admin") };
    case "endpoint":
      return { kind: "endpoint", via: endpoints.find((one) => one.id === target.id)?.name ?? "", people: [] };
  }
}

/** The steps of a policy with whom they mean now. */
export function rungs(policy: Pick<Policy, "steps">, around: Around): Rung[] {
  let afterS = 0;
  return policy.steps.map((step) => {
    const rung = { afterS, reached: step.targets.map((target) => reachedBy(target, around)) };
    afterS += step.escalate_after_s;
    return rung;
  });
}

/** Everybody a rung means now, once. */
export function peopleOf(rung: Rung | undefined): Ref[] {
  const people = (rung?.reached ?? []).flatMap((one) => one.people);
  return people.filter((one, index) => people.findIndex((other) => other.id === one.id) === index);
}

/** What targets refer to; undefined until all of it is known. */
export function useAround(): Around | undefined {
  const users = useQuery(usersQuery).data;
  const teams = useQuery(teamsQuery).data;
  const endpoints = useQuery(endpointsQuery).data;
  const onCall = useQuery(onCallQuery).data;
  if (users === undefined || teams === undefined || endpoints === undefined || onCall === undefined) {
    return undefined;
  }
  return { users: users.items, teams: teams.items, endpoints: endpoints.items, onCall: onCall.items };
}

/** How loudly a severity is told: by the service's own rule. */
export function loudness(urgency: Service["urgency"], severity: SeverityName): "high" | "low" | "none" {
  if (urgency !== undefined && urgency !== "by_severity") {
    return urgency;
  }
  const n = level(severity);
  return n <= 2 ? "high" : n <= 4 ? "low" : "none";
}
