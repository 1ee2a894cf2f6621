/** The monthly tests of contact methods that were proved. */
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, ask } from "./client.ts";
import type { OfMethod } from "./me.ts";
import { keys } from "./queries.ts";
import type { components } from "./schema.d.ts";

/** As many as the API gives at once. */
const MOST = 200;

export type Recheck = components["schemas"]["RecheckView"];

/** Page by page: one's own may be on any of an admin's. */
async function allOf(): Promise<Recheck[]> {
  const items: Recheck[] = [];
  let cursor: string | null | undefined;
  do {
    const query = { limit: MOST, ...(cursor == null ? {} : { cursor }) };
    const page = await ask(api.GET("/api/v1/rechecks", { params: { query } }));
    items.push(...page.items);
    cursor = page.next;
  } while (cursor != null);
  return items;
}

/** How the tests of one's own methods went; for an admin, everybody's. */
export const rechecksQuery = queryOptions({
  queryKey: [...keys.config, "rechecks"],
  queryFn: allOf,
});

/** Tests a method now. */
export function useRecheck() {
  const queries = useQueryClient();
  return useMutation({
    meta: { quiet: true },
    mutationFn: ({ user, method }: OfMethod) =>
      ask(api.POST("/api/v1/users/{id}/methods/{method}/recheck", { params: { path: { id: user, method } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: rechecksQuery.queryKey }),
  });
}
