import { useQuery } from "@tanstack/react-query";

import { statusQuery } from "../api/session.ts";
import type { Status } from "../api/types.ts";

// Only the number, so that nothing is drawn anew by what else changes in the status.
function countOf({ troubles, problems }: Status): number {
  return troubles.length + problems.length;
}

/** How much is wrong with Watchbell itself. */
export function useTroubleCount(): number {
  const { data } = useQuery({ ...statusQuery, select: countOf });
  return data ?? 0;
}
