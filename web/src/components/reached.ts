/** Whom a policy's steps mean at present. Pure, but for the hook that asks. */
import { useQuery } from "@tanstack/react-query";

import { endpointsQuery, teamsQuery } from "../api/directory.ts";
import { onCallQuery, schedulesQuery, usersQuery } from "../api/oncall.ts";
import type { PolicyBody } from "../api/policies.ts";
import type { Service } from "../api/services.ts";
import type { OnCall, Ref, Schedule, User } from "../api/types.ts";
import { useMinute } from "../ui/now.ts";
import { level, type SeverityName } from "../ui/Severity.tsx";
import { pauseOf } from "./pause/model.ts";

/** Whom a step pages, as the API writes it. */
export type Target = PolicyBody["steps"][number]["targets"][number];

/** What targets refer to. */
export interface World {
  users: readonly User[];
  teams: readonly Ref[];
  endpoints: readonly Ref[];
  schedules: readonly Schedule[];
  onCall: readonly OnCall[];
  /** The present, to the minute: who is paused then is passed over. */
  now: number;
}

/** A target with the people it means right now. */
export interface Told {
  kind: Target["type"];
  /** Of what it is; admins are nothing of their own. */
  id: string | undefined;
  /** Its name; undefined when it may not be seen. */
  name: string | undefined;
  /** Who would be paged now; a room is nobody. */
  people: readonly Ref[];
  /** Who is meant as well, and passed over while they are paused. */
  paused: readonly User[];
}

/** The people a target means right now. Who is not active, or paused, is never paged. */
export function told(target: Target, world: World): Told {
  const { people: meant, ...one } = meantBy(target, world);
  const isPaused = (user: User) => pauseOf(user, world.now) !== undefined;
  return { ...one, people: meant.filter((user) => !isPaused(user)), paused: meant.filter(isPaused) };
}

interface Meant extends Omit<Told, "people" | "paused"> {
  people: readonly User[];
}

function meantBy(target: Target, world: World): Meant {
  const active = world.users.filter((user) => user.active);
  switch (target.type) {
    case "user": {
      const user = world.users.find((one) => one.id === target.id);
      const people = active.filter((one) => one.id === target.id);
      return { kind: "user", id: target.id, name: user?.name, people };
    }
    case "schedule": {
      const now = world.onCall.find((one) => one.schedule.id === target.id);
      // A shadow is told and never counted on.
      const ids = new Set((now?.people ?? []).filter((one) => one.duty !== "shadow").map((one) => one.user.id));
      return {
        kind: "schedule",
        id: target.id,
        name: now?.schedule.name ?? world.schedules.find((one) => one.id === target.id)?.name,
        people: active.filter((one) => ids.has(one.id)),
      };
    }
    case "team":
      return {
        kind: "team",
        id: target.id,
        name: world.teams.find((one) => one.id === target.id)?.name ?? undefined,
        people: active.filter((one) => one.teams.some((team) => team.team === target.id)),
      };
    case "admins":
      return { kind: "admins", id: undefined, name: undefined, people: active.filter((one) => one.role === "admin") };
    case "endpoint":
      return {
        kind: "endpoint",
        id: target.id,
        name: world.endpoints.find((one) => one.id === target.id)?.name ?? undefined,
        people: [],
      };
  }
}

/** Everybody whom some targets mean right now, each once. */
export function peopleOf(targets: readonly Target[], world: World): Ref[] {
  const found = new Map<string, Ref>();
  for (const person of targets.flatMap((target) => told(target, world).people)) {
    found.set(person.id, person);
  }
  return [...found.values()];
}

/** When each step is executed, in seconds after the incident opens; the last is the end of the ladder. */
export function times(steps: readonly { escalate_after_s: number }[]): number[] {
  const found = [0];
  for (const step of steps) {
    found.push((found.at(-1) ?? 0) + step.escalate_after_s);
  }
  return found;
}

/** What policies refer to, as it is right now; undefined until all of it is known. */
export function useWorld(): World | undefined {
  const { data: users } = useQuery(usersQuery);
  const { data: teams } = useQuery(teamsQuery);
  const { data: endpoints } = useQuery(endpointsQuery);
  const { data: schedules } = useQuery(schedulesQuery);
  const { data: onCall } = useQuery(onCallQuery);
  const now = useMinute();
  if (
    users === undefined || teams === undefined || endpoints === undefined || schedules === undefined || onCall === undefined
  ) {
    return undefined;
  }
  return {
    users: users.items,
    teams: teams.items,
    endpoints: endpoints.items,
    schedules: schedules.items,
    onCall: onCall.items,
    now,
  };
}

/** How loudly a severity is told: by the service's own rule. */
export function loudness(urgency: Service["urgency"], severity: SeverityName): "high" | "low" | "none" {
  if (urgency !== undefined && urgency !== "by_severity") {
    return urgency;
  }
  const n = level(severity);
  return n <= 2 ? "high" : n <= 4 ? "low" : "none";
}
