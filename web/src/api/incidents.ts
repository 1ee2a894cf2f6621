import {
  type QueryClient,
  queryOptions,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";

import { api, ask, freshKey } from "./client.ts";
import { askRead } from "./edit.ts";
import { keys } from "./queries.ts";
import type { Rows } from "./rows.ts";
import type { Asked, Bulk, BulkAction, Changed, HelpTarget, Incident, IncidentDetail } from "./types.ts";

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

/** Who gets an incident. */
export type Assignee = { user: string } | { policy: string };

/** Gives an incident to a person or to another policy. */
export function useReassign(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (to: Assignee) =>
      ask(api.POST("/api/v1/incidents/{id}/reassign", { params: { path: { id } }, body: to })),
    onSuccess: (changed) => {
      take(queries, changed);
    },
  });
}

/** Puts an incident off until a moment, or with `null` takes that back. */
export function useSnooze(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (until: string | null) => {
      const params = { path: { id } };
      return until === null
        ? ask(api.POST("/api/v1/incidents/{id}/unsnooze", { params }))
        : ask(api.POST("/api/v1/incidents/{id}/snooze", { params, body: { until } }));
    },
    onSuccess: (changed) => {
      take(queries, changed);
    },
  });
}

/** Executes a step of its policy now. */
export function useEscalate(id: string) {
  const queries = useQueryClient();
  return useMutation({
    meta: { quiet: true },
    mutationFn: (step: number) =>
      ask(api.POST("/api/v1/incidents/{id}/escalate", { params: { path: { id } }, body: { step } })),
    onSuccess: (changed) => {
      take(queries, changed);
    },
  });
}

/** Who is asked for help, and what is said to them. */
export interface Request {
  targets: HelpTarget[];
  message: string;
}

function askForHelp(id: string, request: Request, preview: boolean): Promise<Asked> {
  return ask(api.POST("/api/v1/incidents/{id}/responders", { params: { path: { id } }, body: { ...request, preview } }));
}

/** Who would be told if these were asked now. */
export const helpQuery = (id: string, targets: HelpTarget[]) =>
  queryOptions({
    queryKey: [...keys.incident(id), "help", targets],
    queryFn: () => askForHelp(id, { targets, message: "" }, true),
    retry: false,
    enabled: targets.length > 0,
  });

/** Asks others to help. */
export function useAskForHelp(id: string) {
  const queries = useQueryClient();
  return useMutation({
    meta: { quiet: true },
    mutationFn: (request: Request) => askForHelp(id, request, false),
    onSuccess: (asked) => {
      take(queries, asked);
    },
  });
}

/** Says whether one helps. */
export function useAnswer(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (accept: boolean) =>
      ask(api.POST("/api/v1/incidents/{id}/responders/answer", { params: { path: { id } }, body: { accept } })),
    onSuccess: (changed) => {
      take(queries, changed);
    },
  });
}

/** As many as one call takes. */
const BULK_MOST = 200;

/** The same for many incidents. */
export interface BulkCommand {
  ids: readonly string[];
  action: BulkAction;
  to?: Assignee;
}

/** Does the same to many incidents; the answer says of each what became of it. */
export function useBulk() {
  const queries = useQueryClient();
  return useMutation({
    meta: { quiet: true },
    mutationFn: async ({ ids, ...rest }: BulkCommand) => {
      const items: Bulk["items"] = [];
      for (let at = 0; at < ids.length; at += BULK_MOST) {
        const body = { ...rest, ids: ids.slice(at, at + BULK_MOST) };
        const headers = { "idempotency-key": freshKey() };
        items.push(...(await ask(api.POST("/api/v1/incidents/bulk", { body, headers }))).items);
      }
      return items;
    },
    onSuccess: (items) => {
      for (const { changed } of items) {
        if (changed != null) {
          take(queries, changed);
        }
      }
    },
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: keys.incidents });
    },
  });
}

/** Into which incident, and whether it is only asked what that would do. */
interface Merge {
  into: string;
  preview: boolean;
}

function merge(id: string, body: Merge) {
  return ask(api.POST("/api/v1/incidents/{id}/merge", { params: { path: { id } }, body }));
}

/** What a merge would do. Asked each time: it changes with either incident. */
export const mergePreview = (id: string, into: string) =>
  queryOptions({
    // Apart from the incident: once it is merged, nobody asks what merging it would do.
    queryKey: ["merge", id, into],
    queryFn: () => merge(id, { into, preview: true }),
    staleTime: 0,
    retry: false,
  });

/** Merges an incident into another. */
export function useMerge(id: string) {
  const queries = useQueryClient();
  return useMutation({
    meta: { quiet: true },
    mutationFn: (into: string) => merge(id, { into, preview: false }),
    onSuccess: ({ merged, into }) => {
      take(queries, merged);
      take(queries, into);
    },
  });
}

/** What is declared by hand. */
export interface Declaration {
  service: string;
  title: string;
  summary: string;
  severity: Incident["severity"];
  /** Makes sending it twice the same as sending it once. */
  key: string;
}

/** Declares an incident by hand. */
export function useDeclare() {
  const queries = useQueryClient();
  return useMutation({
    meta: { quiet: true },
    mutationFn: ({ key, ...body }: Declaration) =>
      ask(api.POST("/api/v1/incidents", { body, headers: { "idempotency-key": key } })),
    onSuccess: (incident) => {
      queries.setQueryData(keys.incident(incident.id), incident);
      void queries.invalidateQueries({ queryKey: keys.incidents });
    },
  });
}

/** What lately changed in the configuration around a service. */
export const changesQuery = (service: string) =>
  queryOptions({
    queryKey: [...keys.config, "changes", service],
    queryFn: () =>
      ask(api.GET("/api/v1/services/{id}/changes", { params: { path: { id: service }, query: { limit: 5 } } })),
  });

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

/** How a note is read and written by version. */
export const noteEditing = (id: string, note: string) => {
  const path = { id, note };
  return {
    read: () => askRead(api.GET("/api/v1/incidents/{id}/notes/{note}", { params: { path } })),
    write: (body: { text: string }, etag: string) =>
      askRead(
        api.PUT("/api/v1/incidents/{id}/notes/{note}", { params: { path, header: { "If-Match": etag } }, body }),
      ),
  };
};

/** Erases what a note says. */
export function useDeleteNote(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (note: string) =>
      ask(api.DELETE("/api/v1/incidents/{id}/notes/{note}", { params: { path: { id, note } } })),
    onSettled: () => {
      refresh(queries, id);
    },
  });
}

/** Asks anew for an incident and the lists it stands in. */
export function refresh(queries: QueryClient, id: string) {
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
  queries.setQueriesData<Rows>({ queryKey: keys.rows }, (known) =>
    known && { ...known, pages: known.pages.map((page) => ({ ...page, items: page.items.map(change) })) },
  );
  refresh(queries, id);
}
