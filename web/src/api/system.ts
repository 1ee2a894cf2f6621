/** How this instance is, for whoever runs it. */
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, ask } from "./client.ts";
import { keys } from "./queries.ts";

/** What is due while sending is held; for admins. */
export const sendingQuery = queryOptions({
  queryKey: [...keys.status, "sending"],
  queryFn: () => ask(api.GET("/api/v1/sending")),
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
