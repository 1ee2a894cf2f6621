import { type QueryClient, queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { forgetDrafts } from "../ui/draft.ts";
import { setServerTime } from "../ui/now.ts";
import { dismissAll } from "../ui/toasts.ts";
import { api, ask, setCsrfToken } from "./client.ts";
import { disown, own, restore } from "./kept.ts";
import { ApiError } from "./problem.ts";
import { keys, sessionEnded } from "./queries.ts";
import type { Me } from "./types.ts";

/**
 * Who looks; null when nobody is signed in. Who looked and is no longer signed in still looks, until
 * they sign in again or leave: see {@link sessionEnded}.
 */
export const meQuery = queryOptions({
  queryKey: keys.me,
  queryFn: async ({ client }): Promise<Me | null> => {
    const known = client.getQueryData<Me | null>(keys.me) ?? null;
    try {
      const me = keep(await ask(api.GET("/api/v1/me")));
      if (known !== null && known.user.id !== me.user.id) {
        forget(client);
      }
      return me;
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) {
        disown();
        sessionEnded.set(known !== null);
        return known;
      }
      throw error;
    }
  },
  staleTime: 5 * 60_000,
});

/** How long whoever opens the page waits for the server before they see what was last known. */
const PATIENCE_MS = 4_000;

/** Who looks, as the server says; where it does not answer, as this device knew it. */
export async function whoLooks(queries: QueryClient): Promise<Me | null> {
  const known = queries.getQueryData<Me | null>(keys.me);
  if (known !== undefined) {
    return known;
  }
  const silent = new Promise<never>((_, reject) => {
    setTimeout(() => {
      reject(ApiError.silent());
    }, PATIENCE_MS);
  });
  try {
    return await Promise.race([queries.query({ ...meQuery, retry: false }), silent]);
  } catch (error) {
    const isSilent = error instanceof ApiError && (error.status === 0 || error.status >= 500);
    const kept = isSilent ? await restore(queries) : undefined;
    return kept ?? queries.query(meQuery);
  }
}

/** Takes what a session needs. */
function keep(me: Me): Me {
  own(me);
  setCsrfToken(me.csrf_token);
  sessionEnded.set(false);
  return me;
}

/** What was known to the one before; who looks is not forgotten because it is watched. */
function forget(queries: QueryClient): void {
  queries.removeQueries({ predicate: (query) => query.queryKey[0] !== keys.me[0] });
}

/** From now on this one looks, or nobody. */
function become(queries: QueryClient, me: Me | null): void {
  const before = queries.getQueryData<Me | null>(keys.me);
  // First, so that the frame leaves before its data does.
  queries.setQueryData(keys.me, me);
  if (me !== null && me.user.id === before?.user.id) {
    // The same one again: what stands there stays, and is looked at anew.
    void queries.invalidateQueries({ predicate: (query) => query.queryKey[0] !== keys.me[0] });
  } else {
    forget(queries);
  }
}

/** Nobody looks any more: leads to the sign-in. */
export function leave(queries: QueryClient): void {
  setCsrfToken(null);
  sessionEnded.set(false);
  dismissAll();
  forgetDrafts();
  disown();
  become(queries, null);
}

/** Who looks. Only for views behind the sign-in. */
export function useMe(): Me {
  const { data } = useQuery(meQuery);
  if (data === undefined || data === null) {
    throw new Error("a view behind the sign-in was shown without a session");
  }
  return data;
}

/** How often the status is asked for: no hint tells of it. */
const STATUS_MS = 60_000;

/** How this instance is; also sets our clock by the server's. */
export const statusQuery = queryOptions({
  queryKey: keys.status,
  queryFn: async () => {
    const sent = Date.now();
    const status = await ask(api.GET("/api/v1/status"));
    setServerTime(Date.parse(status.now), sent, Date.now());
    return status;
  },
  staleTime: STATUS_MS,
  refetchInterval: STATUS_MS,
});

/** Address and password. */
export interface Credentials {
  email: string;
  password: string;
}

/** Signs in; what was kept of the person before is forgotten. */
export function useSignIn() {
  const queries = useQueryClient();
  return useMutation({
    meta: { quiet: true },
    mutationFn: (body: Credentials) => ask(api.POST("/api/v1/sign-in", { body })),
    onSuccess: (me) => {
      become(queries, keep(me));
    },
  });
}

/** What the user of a set-up link says about themselves. */
export interface SetUp extends Credentials {
  secret: string;
  name: string;
  zone: string;
}

/** Uses a set-up link and signs in. */
export function useSetUp() {
  const queries = useQueryClient();
  return useMutation({
    meta: { quiet: true },
    mutationFn: (body: SetUp) => ask(api.POST("/api/v1/set-up", { body })),
    onSuccess: (me) => {
      become(queries, keep(me));
    },
  });
}

/** Signs out. */
export function useSignOut() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => ask(api.POST("/api/v1/sign-out")),
    onSuccess: () => {
      leave(queries);
    },
  });
}
