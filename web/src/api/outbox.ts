import { queryOptions } from "@tanstack/react-query";

import { api, ask } from "./client.ts";
import { keys } from "./queries.ts";
import { statusQuery } from "./session.ts";
import type { OutboxItem } from "./types.ts";

/** What the demo sent, oldest first; null where there is no demo, which is then not asked for it. */
export const outboxQuery = queryOptions({
  queryKey: keys.outbox,
  queryFn: async ({ client }): Promise<OutboxItem[] | null> => {
    const { demo } = await client.query({ ...statusQuery, staleTime: "static" });
    return demo ? (await ask(api.GET("/api/v1/outbox"))).items : null;
  },
});
