import { useQuery } from "@tanstack/react-query";

import { affectedQuery, type Leaving } from "../../api/affected.ts";

/** What happens when something goes, and whether it may, now that this is known. */
export function useAffected(leaving: Leaving) {
  const affected = useQuery(affectedQuery(leaving));
  return { affected, may: affected.data !== undefined && affected.data.refusal == null };
}
