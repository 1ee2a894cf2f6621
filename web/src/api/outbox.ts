import { queryOptions } from "@tanstack/react-query";

import { api, ask } from "./client.ts";
import { ApiError } from "./problem.ts";
import { keys } from "./queries.ts";
import type { OutboxItem } from "./types.ts";

/** What the demo sent, oldest first; null where there is no demo. */
export const outboxQuery = queryOptions({
  queryKey: keys.outbox,
  queryFn: async (): Promise<OutboxItem[] | null> => {
    try {
      return (await ask(api.GET("/api/v1/outbox"))).items;
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) {
        return null;
      }
      throw error;
    }
  },
});
