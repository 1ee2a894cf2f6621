import { queryOptions } from "@tanstack/react-query";

import { api, ask } from "./client.ts";
import { keys } from "./queries.ts";

/** How often a graph that still grows is asked for. */
const LIVE_MS = 15_000;

/**
 * The graphs of an incident. Under the incident's own key, so that a hint about it asks for them too;
 * while one grows, again and again as long as somebody looks.
 */
export const graphsQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.incident(id), "graphs"],
    queryFn: () => ask(api.GET("/api/v1/incidents/{id}/graphs", { params: { path: { id } } })),
    refetchInterval: ({ state }) => (state.data?.items.some((graph) => graph.is_live) === true ? LIVE_MS : false),
  });
