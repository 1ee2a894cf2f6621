import { queryOptions } from "@tanstack/react-query";

import { api, ask } from "./client.ts";
import { keys } from "./queries.ts";

const MOST = 200;

/** Who is on call in every schedule, now. Asked again each minute: a hand-off sends no hint. */
export const onCallQuery = queryOptions({
  queryKey: [...keys.config, "on-call"],
  queryFn: () => ask(api.GET("/api/v1/on-call", { params: { query: { limit: MOST } } })),
  refetchInterval: 60_000,
});

/** The schedules with their rotations. */
export const schedulesQuery = queryOptions({
  queryKey: [...keys.config, "schedules"],
  queryFn: () => ask(api.GET("/api/v1/schedules", { params: { query: { limit: MOST } } })),
});

/** The shifts of a schedule in a span. */
export const shiftsQuery = (id: string, from: number, to: number) =>
  queryOptions({
    queryKey: [...keys.config, "shifts", id, from, to],
    queryFn: () =>
      ask(
        api.GET("/api/v1/schedules/{id}/shifts", {
          params: {
            path: { id },
            query: { from: new Date(from).toISOString(), to: new Date(to).toISOString() },
          },
        }),
      ),
    staleTime: 5 * 60_000,
  });

/** Everybody with an account. */
export const usersQuery = queryOptions({
  queryKey: [...keys.config, "users"],
  queryFn: () => ask(api.GET("/api/v1/users", { params: { query: { limit: MOST } } })),
});

/** The escalation policies. */
export const policiesQuery = queryOptions({
  queryKey: [...keys.config, "policies"],
  queryFn: () => ask(api.GET("/api/v1/escalation-policies", { params: { query: { limit: MOST } } })),
});
