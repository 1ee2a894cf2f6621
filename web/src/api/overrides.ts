/** Reading and editing who is on call for a span, against the rotations. */
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, ask } from "./client.ts";
import { etagOf } from "./directory.ts";
import { askRead } from "./edit.ts";
import { keys } from "./queries.ts";
import type { components } from "./schema.d.ts";

/** What is set of an override. */
export type OverrideBody = components["schemas"]["OverrideBody"];

/** An override as it stands. */
export type Override = components["schemas"]["OverrideView"];

const MOST = 200;

/** The overrides of a schedule, past and to come. */
export const overridesQuery = (schedule: string) =>
  queryOptions({
    queryKey: [...keys.config, "overrides", schedule],
    queryFn: () =>
      ask(
        api.GET("/api/v1/schedules/{id}/overrides", {
          params: { path: { id: schedule }, query: { limit: MOST } },
        }),
      ),
  });

/** Reads one override. */
export function readOverride(schedule: string, override: string) {
  return askRead(
    api.GET("/api/v1/schedules/{id}/overrides/{override}", { params: { path: { id: schedule, override } } }),
  );
}

/** Changes one override from the version that was read. */
export function writeOverride(schedule: string, override: string, body: OverrideBody, etag: string) {
  return askRead(
    api.PUT("/api/v1/schedules/{id}/overrides/{override}", {
      params: { path: { id: schedule, override }, header: { "If-Match": etag } },
      body,
    }),
  );
}

/** Makes a new override. */
export function useCreateOverride(schedule: string) {
  const queries = useQueryClient();
  return useMutation({
    meta: { quiet: true },
    mutationFn: (body: OverrideBody) =>
      ask(api.POST("/api/v1/schedules/{id}/overrides", { params: { path: { id: schedule } }, body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.config }),
  });
}

/** Deletes an override, if it is still as it was shown. */
export function useDeleteOverride(schedule: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, version }: Pick<Override, "id" | "version">) =>
      ask(
        api.DELETE("/api/v1/schedules/{id}/overrides/{override}", {
          params: { path: { id: schedule, override: id }, header: { "If-Match": etagOf(version) } },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.config }),
  });
}
