/** Who changed which configuration, and bringing an earlier version back. */
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, ask } from "./client.ts";
import { etagOf } from "./directory.ts";
import { keys } from "./queries.ts";
import type { components } from "./schema.d.ts";

/** A change of one object. */
export type Edit = components["schemas"]["VersionView"];

/** Which changes are asked for. */
export interface ChangesWanted {
  object?: string | undefined;
  kind?: string | undefined;
  user?: string | undefined;
  /** Made within so many hours. */
  hours?: number | undefined;
}

const AT_ONCE = 50;

/** Changes, newest first, page by page. */
export const changesQuery = ({ object, kind, user, hours }: ChangesWanted, now: () => number) =>
  infiniteQueryOptions({
    queryKey: [...keys.config, "changes", object, kind, user, hours],
    queryFn: ({ pageParam }) =>
      ask(
        api.GET("/api/v1/changes", {
          params: {
            query: {
              limit: AT_ONCE,
              ...(object === undefined ? {} : { object }),
              ...(kind === undefined ? {} : { kind }),
              ...(user === undefined ? {} : { user }),
              ...(hours === undefined ? {} : { since: new Date(now() - hours * 3_600_000).toISOString() }),
              ...(pageParam === undefined ? {} : { cursor: pageParam }),
            },
          },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });

/** Which version of what is to come back, and the version it has now. */
export interface Restore {
  object: string;
  version: number;
  present: number;
}

function restore({ object, version, present }: Restore, preview: boolean) {
  return ask(
    api.POST("/api/v1/changes/{object}/{version}/restore", {
      params: { path: { object, version }, query: { preview }, header: { "If-Match": etagOf(present) } },
    }),
  );
}

/** Whether a version could come back: nothing is changed. */
export const previewQuery = (wanted: Restore) =>
  queryOptions({
    queryKey: ["restore", wanted.object, wanted.version, wanted.present],
    queryFn: () => restore(wanted, true),
    retry: false,
    staleTime: 0,
    gcTime: 0,
  });

/** Brings a version back. */
export function useRestore() {
  const queries = useQueryClient();
  return useMutation({
    meta: { quiet: true },
    mutationFn: (wanted: Restore) => restore(wanted, false),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.config }),
  });
}
