import {
  infiniteQueryOptions,
  type QueryClient,
  queryOptions,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";

import { api, ask } from "./client.ts";
import { keys } from "./queries.ts";
import type { Changed, Incident, IncidentDetail } from "./types.ts";

/** As many as one answer holds. */
const MOST = 200;

/** Every incident that is not over, newest first; `next` tells when there are more than shown. */
export const openIncidents = queryOptions({
  queryKey: [...keys.incidents, "open"],
  queryFn: () =>
    ask(
      api.GET("/api/v1/incidents", {
        params: { query: { state: ["triggered", "acknowledged"], limit: MOST } },
      }),
    ),
});

/** Incidents that are over, newest first. */
export const resolvedIncidents = infiniteQueryOptions({
  queryKey: [...keys.incidents, "resolved"],
  queryFn: ({ pageParam }) =>
    ask(
      api.GET("/api/v1/incidents", {
        params: { query: { state: ["resolved"], limit: 50, ...(pageParam === null ? {} : { cursor: pageParam }) } },
      }),
    ),
  initialPageParam: null as string | null,
  getNextPageParam: (last) => last.next ?? null,
});

/** One incident with its record, its alerts, and who was told. */
export const incidentQuery = (id: string) =>
  queryOptions({
    queryKey: keys.incident(id),
    queryFn: () => ask(api.GET("/api/v1/incidents/{id}", { params: { path: { id } } })),
  });

/** The escalation policy of an incident, for the steps that are still to come. */
export const policyQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.config, "policy", id],
    queryFn: () => ask(api.GET("/api/v1/escalation-policies/{id}", { params: { path: { id } } })),
  });

/** What can be done to an incident without further words. */
export type Command = "acknowledge" | "unacknowledge" | "resolve" | "reopen";

function send(command: Command, id: string): Promise<Changed> {
  const params = { params: { path: { id } } };
  switch (command) {
    case "acknowledge":
      return ask(api.POST("/api/v1/incidents/{id}/acknowledge", params));
    case "unacknowledge":
      return ask(api.POST("/api/v1/incidents/{id}/unacknowledge", params));
    case "resolve":
      return ask(api.POST("/api/v1/incidents/{id}/resolve", params));
    case "reopen":
      return ask(api.POST("/api/v1/incidents/{id}/reopen", params));
  }
}

/** Does something to an incident; the answer shows at once, the rest follows. */
export function useCommand() {
  const queries = useQueryClient();
  return useMutation({
    // Whoever gave the command says what became of it.
    meta: { quiet: true },
    mutationFn: ({ command, id }: { command: Command; id: string }) => send(command, id),
    onSuccess: (changed) => {
      take(queries, changed);
    },
    onError: (_error, { id }) => {
      refresh(queries, id);
    },
  });
}

/** Gives an incident to a person or to another policy. */
export function useReassign(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (to: { user: string } | { policy: string }) =>
      ask(api.POST("/api/v1/incidents/{id}/reassign", { params: { path: { id } }, body: to })),
    onSuccess: (changed) => {
      take(queries, changed);
    },
  });
}

/** A note, under a key that makes sending it twice the same as sending it once. */
export interface NewNote {
  text: string;
  key: string;
}

/** Writes a note into the record. */
export function useNote(id: string) {
  const queries = useQueryClient();
  return useMutation({
    meta: { quiet: true },
    mutationFn: ({ text, key }: NewNote) =>
      ask(
        api.POST("/api/v1/incidents/{id}/notes", {
          params: { path: { id } },
          body: { text },
          headers: { "idempotency-key": key },
        }),
      ),
    onSuccess: () => {
      refresh(queries, id);
    },
  });
}

function refresh(queries: QueryClient, id: string) {
  void queries.invalidateQueries({ queryKey: keys.incidents });
  void queries.invalidateQueries({ queryKey: keys.incident(id) });
}

/** Puts what a command changed into what is shown, before the rest is asked for. */
function take(queries: QueryClient, changed: Changed) {
  const { id, state, owner, open_alert_count } = changed;
  const change = <T extends Incident>(incident: T): T =>
    incident.id === id ? { ...incident, state, owner, open_alert_count } : incident;
  queries.setQueryData<IncidentDetail>(keys.incident(id), (known) => known && change(known));
  queries.setQueryData(openIncidents.queryKey, (known) =>
    known && { ...known, items: known.items.map(change) },
  );
  refresh(queries, id);
}
