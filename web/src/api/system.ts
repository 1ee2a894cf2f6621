/** How this instance is, for whoever runs it. */
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, ask } from "./client.ts";
import { keys } from "./queries.ts";
import type { components } from "./schema.d.ts";

/** What is due while sending is held; for admins. */
export const sendingQuery = queryOptions({
  queryKey: [...keys.status, "sending"],
  queryFn: () => ask(api.GET("/api/v1/sending")),
});

/** A limit, with what happens there. */
export type Limit = components["schemas"]["LimitView"];

/** What is allowed. It changes with the release. */
export const limitsQuery = queryOptions({
  queryKey: ["limits"],
  queryFn: () => ask(api.GET("/api/v1/limits")),
  staleTime: Infinity,
});

/** Lets sending go; what has been due for longer than the seconds given is dropped first. */
export function useResume() {
  const queries = useQueryClient();
  return useMutation({
    meta: { quiet: true },
    mutationFn: (dropS: number | null) => ask(api.POST("/api/v1/sending/resume", { body: { drop_older_than_s: dropS } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.status }),
  });
}
