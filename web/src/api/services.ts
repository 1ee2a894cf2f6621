/** Services: what is watched over, who owns it, and what came of what came in. */
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, ask } from "./client.ts";
import { etagOf } from "./directory.ts";
import { askRead } from "./edit.ts";
import { keys } from "./queries.ts";
import type { components } from "./schema.d.ts";

type Schemas = components["schemas"];

/** A service. */
export type Service = Schemas["ServiceView"];
/** What is set of a service. */
export type ServiceBody = Schemas["ServiceBody"];
/** From events to pages. */
export type ServicePath = Schemas["ServicePathView"];
/** One way by which events come. */
export type Way = Schemas["WayView"];
/** A monitor with how it is. */
export type MonitorDetail = Schemas["MonitorDetail"];

const MOST = 200;

/** Nothing tells of each event, so what counts them is asked again. */
const COUNT_MS = 15_000;

/** One service with its version. */
export const serviceQuery = (id: string) =>
  queryOptions({ queryKey: [...keys.config, "service", id], queryFn: () => readService(id) });

/** Reads one service. */
export function readService(id: string) {
  return askRead(api.GET("/api/v1/services/{id}", { params: { path: { id } } }));
}

/** Changes one service from the version that was read. */
export function writeService(id: string, body: ServiceBody, etag: string) {
  return askRead(api.PUT("/api/v1/services/{id}", { params: { path: { id }, header: { "If-Match": etag } }, body }));
}

/** Makes a new service. */
export function useCreateService() {
  const queries = useQueryClient();
  return useMutation({
    meta: { quiet: true },
    mutationFn: (body: ServiceBody) => ask(api.POST("/api/v1/services", { body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.config }),
  });
}

/** Deletes a service that nothing depends on, if it is still as it was shown. */
export function useDeleteService() {
  const queries = useQueryClient();
  return useMutation({
    meta: { quiet: true },
    mutationFn: ({ id, version }: { id: string; version: number }) =>
      ask(api.DELETE("/api/v1/services/{id}", { params: { path: { id }, header: { "If-Match": etagOf(version) } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.config }),
  });
}

/** What came in during the last hours, what it became, and whom that reached. */
export const servicePathQuery = (id: string, hours: number) =>
  queryOptions({
    // Beside the incidents: what changes them changes this.
    queryKey: [...keys.incidents, "path", id, hours],
    queryFn: () =>
      ask(api.GET("/api/v1/services/{id}/path", { params: { path: { id }, query: { hours } } })),
    refetchInterval: COUNT_MS,
  });

/** The incidents of a service that are not over. */
export const openOfServiceQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.incidents, "service", id],
    queryFn: () =>
      ask(
        api.GET("/api/v1/incidents", {
          params: { query: { service: [id], state: ["triggered", "acknowledged"], limit: MOST } },
        }),
      ),
  });

/** The monitors of a service. */
export const monitorsOfServiceQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.config, "monitors", id],
    queryFn: () => ask(api.GET("/api/v1/monitors", { params: { query: { service: id, limit: MOST } } })),
  });

/** How one monitor is; its values change without a word. */
export const monitorStateQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.config, "monitor-state", id],
    queryFn: () => ask(api.GET("/api/v1/monitors/{id}", { params: { path: { id } } })),
    refetchInterval: COUNT_MS,
  });
