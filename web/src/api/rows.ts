/**
 * Lists of incidents that may be very long: paged by cursor, counted by the server, and kept fresh
 * without asking for every page anew each time one incident changes.
 */
import {
  type InfiniteData,
  infiniteQueryOptions,
  keepPreviousData,
  type QueryClient,
  queryOptions,
  useInfiniteQuery,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { useEffect, useRef } from "react";

import { api, ask } from "./client.ts";
import { openIncidents } from "./incidents.ts";
import { keys } from "./queries.ts";
import type { operations } from "./schema.d.ts";
import type { Incident } from "./types.ts";

/** Which incidents: the parameters of the API's list. */
export type Selection = NonNullable<operations["summarise_incidents"]["parameters"]["query"]>;

/** As many rows as one page holds. */
export const PAGE_ROWS = 100;

/** Up to so many pages are asked for anew as they are; of more, only those that are looked at. */
const FEW_PAGES = 3;

interface Page {
  items: Incident[];
  next?: string | null;
}

/** What is known of a list. */
export type Rows = InfiniteData<Page, string | null>;

function askPage(selection: Selection, cursor: string | null): Promise<Page> {
  const query = { ...selection, limit: PAGE_ROWS, ...(cursor === null ? {} : { cursor }) };
  return ask(api.GET("/api/v1/incidents", { params: { query } }));
}

/** The incidents of a selection, newest first. */
export const rowsQuery = (selection: Selection) =>
  infiniteQueryOptions({
    queryKey: [...keys.rows, selection],
    queryFn: ({ pageParam }) => askPage(selection, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next ?? null,
  });

/** As many as are offered for a few words. */
const FOUND_ROWS = 9;

/** The newest incidents that a few words are about, over ones too; a number such as INC-12 means that one. */
export const foundQuery = (words: string) =>
  queryOptions({
    queryKey: [...keys.incidents, "found", words],
    queryFn: () => ask(api.GET("/api/v1/incidents", { params: { query: { q: words, limit: FOUND_ROWS } } })),
    placeholderData: keepPreviousData,
    select: ({ items }) => items,
  });

/** Whether nothing is known yet of a selection that somebody else asks for; a failure is an answer, too. */
export function useIsAwaited(selection: Selection): boolean {
  return useInfiniteQuery({ ...rowsQuery(selection), placeholderData: keepPreviousData, enabled: false }).isPending;
}

/** How many there are of each kind. */
export const summaryQuery = (selection: Selection) =>
  queryOptions({
    queryKey: [...keys.incidents, "summary", selection],
    queryFn: () => ask(api.GET("/api/v1/incidents/summary", { params: { query: selection } })),
    placeholderData: keepPreviousData,
  });

/** Every row once; one that moved from page to page as it stands in the newer answer, which comes first. */
export function flatten(rows: Pick<Rows, "pages"> | undefined): Incident[] {
  const seen = new Set<string>();
  return (rows?.pages ?? [])
    .flatMap((page) => page.items)
    .filter(({ id }) => !seen.has(id) && seen.add(id));
}

/** What any list says of an incident. */
export function knownRow(queries: QueryClient, id: string): Incident | undefined {
  const lists = queries.getQueriesData<Rows>({ queryKey: keys.rows }).map(([, rows]) => flatten(rows));
  const open = queries.getQueryData(openIncidents.queryKey)?.items ?? [];
  return [open, ...lists].flat().find((one) => one.id === id);
}

/**
 * A page with its newer answer. New rows push old ones off the end of a full page; those are kept, as
 * the next page begins behind them. Rows within the span of the answer that it has no more are gone.
 */
export function renewed(before: Page, now: Page): Page {
  const last = now.items.at(-1);
  const isFull = (now.next ?? null) !== null;
  const pushed = last === undefined || !isFull ? [] : before.items.filter(({ id }) => id < last.id);
  return { items: [...now.items, ...pushed], next: before.next ?? now.next ?? null };
}

/** Asks anew for the pages that are looked at; the first is always one of them, as new rows come there. */
async function renew(queries: QueryClient, selection: Selection, looked: readonly number[]): Promise<void> {
  const { queryKey } = rowsQuery(selection);
  const params = queries.getQueryData<Rows>(queryKey)?.pageParams ?? [];
  const pages = [...new Set([0, ...looked])].filter((page) => page < params.length);
  await Promise.all(
    pages.map(async (page) => {
      const now = await askPage(selection, params[page] ?? null);
      queries.setQueryData(queryKey, (known) =>
        known && { ...known, pages: known.pages.map((one, index) => (index === page ? renewed(one, now) : one)) },
      );
    }),
  );
}

/** The rows of a selection, live. `looked` tells which pages are on the screen. */
export function useRows(selection: Selection, looked: () => readonly number[], enabled = true) {
  const queries = useQueryClient();
  const rows = useInfiniteQuery({ ...rowsQuery(selection), placeholderData: keepPreviousData, enabled });
  // The frame asks for the open ones after each hint: from then on this list may be old, too.
  const { dataUpdatedAt: heard } = useQuery(openIncidents);
  const latest = useRef({ selection, looked });
  useEffect(() => {
    latest.current = { selection, looked };
  });
  useEffect(() => {
    const { selection: of, looked: at } = latest.current;
    const { queryKey } = rowsQuery(of);
    const state = queries.getQueryState(queryKey);
    if (!enabled || state?.data === undefined || state.dataUpdatedAt >= heard) {
      return;
    }
    if (state.data.pages.length <= FEW_PAGES) {
      void queries.invalidateQueries({ queryKey });
    } else {
      // What could not be asked for is asked for with the next hint; what is known stays.
      renew(queries, of, at()).catch(() => undefined);
    }
  }, [queries, heard, enabled]);
  return rows;
}
