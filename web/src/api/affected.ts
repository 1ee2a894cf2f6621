/** Who is affected when a user, a schedule or a policy goes, and what happens instead. */
import { queryOptions } from "@tanstack/react-query";

import { api, ask } from "./client.ts";
import { keys } from "./queries.ts";
import type { components } from "./schema.d.ts";

/** One thing that happens. */
export type Consequence = components["schemas"]["ConsequenceView"];

/** What goes: deleted, or, of a person, only made inactive. */
export interface Leaving {
  kind: "user" | "schedule" | "policy";
  id: string;
  isInactive?: boolean;
}

/** What happens when it goes, the worst first. */
export const affectedQuery = (leaving: Leaving) =>
  queryOptions({
    queryKey: [...keys.config, "affected", leaving],
    queryFn: () => ask(affectedBy(leaving)),
    // What is shown is what is confirmed.
    staleTime: 0,
  });

function affectedBy({ kind, id, isInactive = false }: Leaving) {
  const path = { id };
  switch (kind) {
    case "user":
      return api.GET("/api/v1/users/{id}/affected", { params: { path, query: { inactive: isInactive } } });
    case "schedule":
      return api.GET("/api/v1/schedules/{id}/affected", { params: { path } });
    case "policy":
      return api.GET("/api/v1/escalation-policies/{id}/affected", { params: { path } });
  }
}
