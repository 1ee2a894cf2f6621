import { type QueryClient, queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { setServerTime } from "../ui/now.ts";
import { dismissAll } from "../ui/toasts.ts";
import { api, ask, setCsrfToken } from "./client.ts";
import { ApiError } from "./problem.ts";
import { keys } from "./queries.ts";
import type { Me } from "./types.ts";

/** Who looks; null when nobody is signed in. */
export const meQuery = queryOptions({
  queryKey: keys.me,
  queryFn: async (): Promise<Me | null> => {
    try {
      return keep(await ask(api.GET("/api/v1/me")));
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) {
        return null;
      }
      throw error;
    }
  },
  staleTime: 5 * 60_000,
});

function keep(me: Me): Me {
  setCsrfToken(me.csrf_token);
  return me;
}

/** From now on somebody else looks, or nobody: what was known to the one before is forgotten. */
function become(queries: QueryClient, me: Me | null): void {
  // First, so that the frame leaves before its data does; it is not cleared because it is watched.
  queries.setQueryData(keys.me, me);
  queries.removeQueries({ predicate: (query) => query.queryKey[0] !== keys.me[0] });
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
      setCsrfToken(null);
      dismissAll();
      become(queries, null);
    },
  });
}
