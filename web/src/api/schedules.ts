/** Reading and editing schedules, and what an edit would mean. */
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, ask } from "./client.ts";
import { etagOf } from "./directory.ts";
import { askRead } from "./edit.ts";
import { keys } from "./queries.ts";
import type { components } from "./schema.d.ts";

/** What is set of a schedule. */
export type ScheduleBody = components["schemas"]["ScheduleBody"];

/** A schedule that is not saved, and the span to look at. */
export type SchedulePreviewBody = components["schemas"]["PreviewBody"];

/** What an unsaved schedule would mean. */
export type SchedulePreview = components["schemas"]["PreviewView"];

/** One schedule with its version. */
export const scheduleQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.config, "schedule-read", id],
    queryFn: () => readSchedule(id),
  });

/** Reads one schedule. */
export function readSchedule(id: string) {
  return askRead(api.GET("/api/v1/schedules/{id}", { params: { path: { id } } }));
}

/** Changes one schedule from the version that was read. */
export function writeSchedule(id: string, body: ScheduleBody, etag: string) {
  return askRead(api.PUT("/api/v1/schedules/{id}", { params: { path: { id }, header: { "If-Match": etag } }, body }));
}

/** What a draft would mean; asked for once for each draft. */
export const schedulePreviewQuery = (body: SchedulePreviewBody | undefined) =>
  queryOptions({
    queryKey: ["schedule-preview", body],
    queryFn: ({ signal }) => {
      if (body === undefined) {
        throw new Error("there is nothing to ask for yet");
      }
      return ask(api.POST("/api/v1/schedules/preview", { body, signal }));
    },
    enabled: body !== undefined,
    retry: false,
    staleTime: 60_000,
  });

/** Makes a new schedule. */
export function useCreateSchedule() {
  const queries = useQueryClient();
  return useMutation({
    meta: { quiet: true },
    mutationFn: (body: ScheduleBody) => ask(api.POST("/api/v1/schedules", { body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.config }),
  });
}

/** Deletes a schedule, and takes it out of the policies that page it, if it is still as it was shown. */
export function useDeleteSchedule() {
  const queries = useQueryClient();
  return useMutation({
    meta: { quiet: true },
    mutationFn: ({ id, version }: { id: string; version: number }) =>
      ask(
        api.DELETE("/api/v1/schedules/{id}", {
          params: { path: { id }, query: { everywhere: true }, header: { "If-Match": etagOf(version) } },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.config }),
  });
}
