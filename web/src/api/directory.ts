/** What other things refer to by name: teams, endpoints, services. */
import { queryOptions } from "@tanstack/react-query";

import { api, ask } from "./client.ts";
import { keys } from "./queries.ts";

const MOST = 200;

/** The teams the caller may see. */
export const teamsQuery = queryOptions({
  queryKey: [...keys.config, "teams"],
  queryFn: () => ask(api.GET("/api/v1/teams", { params: { query: { limit: MOST } } })),
});

/** The rooms and webhooks that are told, but are nobody. */
export const endpointsQuery = queryOptions({
  queryKey: [...keys.config, "endpoints"],
  queryFn: () => ask(api.GET("/api/v1/endpoints", { params: { query: { limit: MOST } } })),
});

/** The services with the policy each pages through. */
export const servicesQuery = queryOptions({
  queryKey: [...keys.config, "services"],
  queryFn: () => ask(api.GET("/api/v1/services", { params: { query: { limit: MOST } } })),
});

/** The version of something as `If-Match` wants it. */
export function etagOf(version: number): string {
  return `"v${version}"`;
}
