import { useQueries, useQuery } from "@tanstack/react-query";

import { onCallQuery, shiftsQuery } from "../api/oncall.ts";
import type { OnCall } from "../api/types.ts";
import { useNow } from "../ui/now.ts";
import { type Stretch, stretches } from "./shifts.ts";

const HOUR = 3_600_000;

/** How far ahead we look for the end of a shift. */
export const AHEAD = 35 * 24 * HOUR;

/** A schedule with who is on call in it now, and what is known of its future. */
export interface Watch {
  now: OnCall;
  /** Whether what is ahead could be asked for; until then it is empty, which does not mean nobody. */
  isKnown: boolean;
  ahead: Stretch[];
}

/** The schedules somebody is on call in now. */
export function useMyWatches(user: string): Watch[] {
  const { data } = useQuery(onCallQuery);
  const mine = data?.items.filter((one) => one.people.some((person) => person.user.id === user));
  return useWatches(mine ?? []);
}

/** What is known of the future of schedules. */
export function useWatches(schedules: readonly OnCall[]): Watch[] {
  const from = Math.floor(useNow() / HOUR) * HOUR;
  const found = useQueries({
    queries: schedules.map((one) => shiftsQuery(one.schedule.id, from, from + AHEAD)),
  });
  return schedules.map((now, index) => ({
    now,
    isKnown: found[index]?.data !== undefined,
    ahead: stretches(found[index]?.data?.items ?? [], from, from + AHEAD),
  }));
}
