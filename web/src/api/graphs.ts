import { queryOptions } from "@tanstack/react-query";

import { api, ask } from "./client.ts";
import { keys } from "./queries.ts";

/** On which side of its limit a monitor fires. */
export type Side = "above" | "below";

/** What a monitor saw around the moment it fired. */
export interface MonitorGraph {
  key: string;
  monitor: { id: string; name: string };
  series: string;
  target: string;
  side: Side;
  threshold: number;
  recovery: number | null;
  since: string | null;
  fired_at: string;
  recovered_at: string | null;
  is_live: boolean;
  start_s: number;
  step_s: number;
  values: (number | null)[];
}

/** How often a graph that still grows is asked for. */
const LIVE_MS = 15_000;

interface Local {
  GET: (path: string, init: object) => Promise<{ data?: { items: MonitorGraph[] }; error?: unknown; response: Response }>;
}

/**
 * The graphs of an incident. Under the incident's own key, so that a hint about it asks for them too;
 * while one grows, again and again as long as somebody looks.
 */
export const graphsQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.incident(id), "graphs"],
    queryFn: () =>
      ask((api as unknown as Local).GET("/api/v1/incidents/{id}/graphs", { params: { path: { id } } })),
    refetchInterval: ({ state }) => (state.data?.items.some((graph) => graph.is_live) === true ? LIVE_MS : false),
  });
