/** Asking for swaps, and answering. */
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, ask } from "./client.ts";
import { keys } from "./queries.ts";
import type { components } from "./schema.d.ts";

/** A request that somebody else has a stretch of one's shifts. */
export type Swap = components["schemas"]["SwapView"];

/** What somebody asks for. */
export type AskSwapBody = components["schemas"]["AskSwapBody"];

/** What can be done about a request. */
export type SwapAnswer = "accept" | "decline" | "withdraw";

const MOST = 200;

/** The swaps that are not over yet. */
export const swapsQuery = queryOptions({
  queryKey: [...keys.config, "swaps"],
  queryFn: () => ask(api.GET("/api/v1/swaps", { params: { query: { limit: MOST } } })),
});

/** Asks somebody, or anyone. */
export function useAskSwap(schedule: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: AskSwapBody) =>
      ask(api.POST("/api/v1/schedules/{id}/swaps", { params: { path: { id: schedule } }, body })),
    // Not waited for: a request that is answered goes, and what is said of it must not.
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: keys.config });
    },
  });
}

/** Accepts, declines or withdraws. */
export function useAnswerSwap(id: string) {
  const queries = useQueryClient();
  const params = { path: { id } };
  return useMutation({
    mutationFn: (answer: SwapAnswer) => {
      switch (answer) {
        case "accept":
          return ask(api.POST("/api/v1/swaps/{id}/accept", { params, body: {} }));
        case "decline":
          return ask(api.POST("/api/v1/swaps/{id}/decline", { params }));
        case "withdraw":
          return ask(api.POST("/api/v1/swaps/{id}/withdraw", { params }));
      }
    },
    // Not waited for: a request that is answered goes, and what is said of it must not.
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: keys.config });
    },
  });
}
