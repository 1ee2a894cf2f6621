/** Taking over whose shift it is now. */
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { api, ask } from "./client.ts";
import { keys } from "./queries.ts";
import type { components } from "./schema.d.ts";

/** Who takes what over, until when; left out: whoever asks, from everybody, until the shift ends. */
export type TakeOverBody = components["schemas"]["TakeOverBody"];

/** Puts somebody on call at once. */
export function useTakeOver(schedule: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: TakeOverBody) =>
      ask(api.POST("/api/v1/schedules/{id}/take-over", { params: { path: { id: schedule } }, body })),
    // Not waited for: whoever took over sees the button go, and what is said with it must not.
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: keys.config });
    },
  });
}
