/** Pausing a person: nobody pages them for a while. */
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { api, ask } from "./client.ts";
import { keys } from "./queries.ts";
import type { components } from "./schema.d.ts";

/** A shift of somebody who is paused. */
export type PausedShift = components["schemas"]["PausedShiftView"];

/** Pauses a person until a moment; without one, ends their pause. */
export function usePause(user: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (until: string | null) => {
      const params = { path: { id: user } };
      return until === null
        ? ask(api.DELETE("/api/v1/users/{id}/pause", { params }))
        : ask(api.PUT("/api/v1/users/{id}/pause", { params, body: { until } }));
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.config }),
  });
}
