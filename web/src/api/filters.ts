/** Saved filters of the list of incidents: one's own, and those a team shares. */
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, ask } from "./client.ts";
import { etagOf } from "./directory.ts";
import { askRead } from "./edit.ts";
import { keys } from "./queries.ts";
import type { SavedFilter, SavedQuery } from "./types.ts";

const MOST = 200;

/** The saved filters of whoever looks. */
export const filtersQuery = queryOptions({
  queryKey: keys.filters,
  queryFn: () => ask(api.GET("/api/v1/filters", { params: { query: { limit: MOST } } })),
});

/** What is saved. */
export interface FilterDraft {
  name: string;
  query: SavedQuery;
}

const of = (id: string) => ({ path: { id } });

/** How a saved filter is read and written by version. */
export const filterEditing = (id: string) => ({
  read: () => askRead(api.GET("/api/v1/filters/{id}", { params: of(id) })),
  write: (body: FilterDraft, etag: string) =>
    askRead(api.PUT("/api/v1/filters/{id}", { params: { ...of(id), header: { "If-Match": etag } }, body })),
});

/** Saves a new filter, for oneself or for a team. */
export function useSaveFilter() {
  const queries = useQueryClient();
  return useMutation({
    meta: { quiet: true },
    mutationFn: (body: FilterDraft & { team?: string }) => ask(api.POST("/api/v1/filters", { body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.filters }),
  });
}

/** Deletes a saved filter as it was read. */
export function useDeleteFilter() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, version }: Pick<SavedFilter, "id" | "version">) =>
      ask(api.DELETE("/api/v1/filters/{id}", { params: { ...of(id), header: { "If-Match": etagOf(version) } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: keys.filters }),
  });
}
