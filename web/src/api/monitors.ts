/** Monitors: what they are set to, how they are, what they did, and what a draft would have done. */
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, ask } from "./client.ts";
import { etagOf } from "./directory.ts";
import { askRead } from "./edit.ts";
import { keys } from "./queries.ts";
import type { components } from "./schema.d.ts";

type Schemas = components["schemas"];

/** A monitor in a list, with how it is. */
export type MonitorSummary = Schemas["MonitorSummary"];
/** A monitor with how it is and its series. */
export type MonitorDetail = Schemas["MonitorDetail"];
/** A monitor as it is set. */
export type MonitorBody = Schemas["MonitorBody"];
/** One time that a series of it was not well. */
export type MonitorEpisode = Schemas["MonitorEpisode"];
/** What a draft is to be judged by. */
export type PreviewBody = Schemas["MonitorPreviewBody"];
/** What a draft would have done. */
export type Preview = Schemas["MonitorPreview"];

const MOST = 200;

/** Values change without a hint, so they are asked for again. */
const LIVE_MS = 15_000;

/** Every monitor the caller may see, with how it is. */
export const monitorsQuery = queryOptions({
  queryKey: [...keys.config, "monitors"],
  queryFn: () => ask(api.GET("/api/v1/monitors", { params: { query: { limit: MOST } } })),
  refetchInterval: LIVE_MS,
});

/** One monitor with its version. */
export const monitorQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.config, "monitor", id],
    queryFn: () => readMonitor(id),
    refetchInterval: LIVE_MS,
  });

/** Reads one monitor. */
export function readMonitor(id: string) {
  return askRead<MonitorDetail>(api.GET("/api/v1/monitors/{id}", { params: { path: { id } } }));
}

/** Changes one monitor from the version that was read, and reads how it is then. */
export async function writeMonitor(id: string, body: MonitorBody, etag: string) {
  await ask(api.PUT("/api/v1/monitors/{id}", { params: { path: { id }, header: { "If-Match": etag } }, body }));
  return readMonitor(id);
}

/** What a monitor did. */
export const historyQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.config, "monitor-history", id],
    queryFn: () => ask(api.GET("/api/v1/monitors/{id}/history", { params: { path: { id } } })),
    refetchInterval: LIVE_MS,
  });

/** What a draft would have done; asked for once for each draft. */
export const previewQuery = (body: PreviewBody | undefined) =>
  queryOptions({
    queryKey: ["preview", body],
    queryFn: ({ signal }) =>
      ask(api.POST("/api/v1/monitors/preview", { body: body ?? { target: "", threshold: 0 }, signal })),
    enabled: body !== undefined,
    retry: false,
    staleTime: 60_000,
  });

/** Makes a new monitor. */
export function useCreateMonitor() {
  const queries = useQueryClient();
  return useMutation({
    meta: { quiet: true },
    mutationFn: (body: MonitorBody) => ask(api.POST("/api/v1/monitors", { body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.config }),
  });
}

/** Deletes a monitor, if it is still as it was shown. */
export function useDeleteMonitor() {
  const queries = useQueryClient();
  return useMutation({
    meta: { quiet: true },
    mutationFn: ({ id, version }: { id: string; version: number }) =>
      ask(api.DELETE("/api/v1/monitors/{id}", { params: { path: { id }, header: { "If-Match": etagOf(version) } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.config }),
  });
}
