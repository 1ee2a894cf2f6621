/** Integrations: the ways in, their keys, and what came through them. */
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, ask } from "./client.ts";
import { etagOf } from "./directory.ts";
import { askRead } from "./edit.ts";
import { keys } from "./queries.ts";
import type { components } from "./schema.d.ts";

type Schemas = components["schemas"];

/** An integration. */
export type Integration = Schemas["IntegrationView"];
/** What is set of an integration. */
export type IntegrationBody = Schemas["IntegrationBody"];
/** A signal with what became of it. */
export type Signal = Schemas["SignalView"];
/** A call that was not taken. */
export type Refusal = Schemas["RefusalView"];

const MOST = 200;

/** As many signals as one look shows. */
const SIGNALS = 50;

/** Nothing tells of each signal, so they are asked for again. */
const SIGNALS_MS = 10_000;

/** Of many ways in at once, less often. */
const LATEST_MS = 60_000;

/** The integrations the caller may see. */
export const integrationsQuery = queryOptions({
  queryKey: [...keys.config, "integrations"],
  queryFn: () => ask(api.GET("/api/v1/integrations", { params: { query: { limit: MOST } } })),
});

/** One integration with its version. */
export const integrationQuery = (id: string) =>
  queryOptions({ queryKey: [...keys.config, "integration", id], queryFn: () => readIntegration(id) });

/** Reads one integration. */
export function readIntegration(id: string) {
  return askRead(api.GET("/api/v1/integrations/{id}", { params: { path: { id } } }));
}

/** Changes one integration from the version that was read. */
export function writeIntegration(id: string, body: IntegrationBody, etag: string) {
  return askRead(
    api.PUT("/api/v1/integrations/{id}", { params: { path: { id }, header: { "If-Match": etag } }, body }),
  );
}

/** Makes a new way in; the server makes its key. */
export function useCreateIntegration() {
  const queries = useQueryClient();
  return useMutation({
    meta: { quiet: true },
    mutationFn: (body: IntegrationBody) => ask(api.POST("/api/v1/integrations", { body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.config }),
  });
}

/** Deletes an integration, if it is still as it was shown. */
export function useDeleteIntegration() {
  const queries = useQueryClient();
  return useMutation({
    meta: { quiet: true },
    mutationFn: ({ id, version }: { id: string; version: number }) =>
      ask(
        api.DELETE("/api/v1/integrations/{id}", { params: { path: { id }, header: { "If-Match": etagOf(version) } } }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.config }),
  });
}

/** The key senders use; only for those who may edit the integration. */
export const keyQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.config, "integration-key", id],
    queryFn: () => ask(api.GET("/api/v1/integrations/{id}/key", { params: { path: { id } } })),
  });

/** Gives an integration a new key: the old one ends at once. */
export function useRotateKey(id: string) {
  const queries = useQueryClient();
  return useMutation({
    meta: { quiet: true },
    mutationFn: (version: number) =>
      ask(
        api.POST("/api/v1/integrations/{id}/key/rotate", {
          params: { path: { id }, header: { "If-Match": etagOf(version) } },
        }),
      ),
    onSuccess: (fresh) => {
      queries.setQueryData(keyQuery(id).queryKey, fresh);
      return queries.invalidateQueries({ queryKey: keys.config });
    },
  });
}

/** The signals that came through an integration, newest first. */
export const signalsQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: [...keys.incidents, "signals", id],
    queryFn: ({ pageParam }) =>
      ask(
        api.GET("/api/v1/integrations/{id}/signals", {
          params: { path: { id }, query: { limit: SIGNALS, ...(pageParam === null ? {} : { cursor: pageParam }) } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next ?? null,
    refetchInterval: SIGNALS_MS,
  });

/** The newest signals of a way in, for a list of many: not asked for as often. */
export const latestSignalsQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.incidents, "latest-signals", id],
    queryFn: () =>
      ask(api.GET("/api/v1/integrations/{id}/signals", { params: { path: { id }, query: { limit: SIGNALS } } })),
    refetchInterval: LATEST_MS,
  });

/** The calls that were not taken, newest first. */
export const refusalsQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.incidents, "refusals", id],
    queryFn: () => ask(api.GET("/api/v1/integrations/{id}/refusals", { params: { path: { id } } })),
    refetchInterval: SIGNALS_MS,
  });

/** How bad senders of Events v2 may call something. */
export const SENT_SEVERITIES = ["critical", "error", "warning", "info"] as const;

/** One of them. */
export type SentSeverity = (typeof SENT_SEVERITIES)[number];

/** A test event, or the end of one. */
export interface TestEvent {
  key: string;
  dedupKey: string;
  action: "trigger" | "resolve";
  summary: string;
  severity: SentSeverity;
}

/** Sends an event as a monitoring system would: over the same address, with the same key. */
export function useTestEvent(id: string) {
  const queries = useQueryClient();
  return useMutation({
    meta: { quiet: true },
    mutationFn: ({ key, dedupKey, action, summary, severity }: TestEvent) =>
      ask(
        api.POST("/v2/enqueue", {
          body: {
            routing_key: key,
            event_action: action,
            dedup_key: dedupKey,
            payload: { summary, source: "Watchbell", severity },
          },
        }),
      ),
    onSuccess: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: signalsQuery(id).queryKey }),
        queries.invalidateQueries({ queryKey: keys.incidents }),
      ]),
  });
}
