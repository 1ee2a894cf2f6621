import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";

import { create } from "../ui/store.ts";
import { toast } from "../ui/toasts.ts";
import { ApiError, words } from "./problem.ts";

/** Under which keys things are kept. A hint about a kind of thing makes its keys stale. */
export const keys = {
  me: ["me"],
  status: ["status"],
  incidents: ["incidents"],
  incident: (id: string) => ["incident", id],
  /** Long lists of incidents, which keep themselves fresh. */
  rows: ["rows"],
  filters: ["filters"],
  config: ["config"],
  outbox: ["outbox"],
  sessions: ["sessions"],
  tokens: ["tokens"],
} as const;

/** Whether the session of whoever looked has ended: what they see stays until they sign in again. */
export const sessionEnded = create(false);

/** Whether asking again may help. */
function mayRetry(failures: number, error: unknown): boolean {
  const isOurs = error instanceof ApiError && error.status >= 400 && error.status < 500;
  return !isOurs && failures < 2;
}

/**
 * The one store of what the server said. Errors are shown in one place: of a query where its data
 * would stand, of a change in a toast that stays; the end of a session leads to the sign-in.
 */
export function createQueries(): QueryClient {
  const onUnauthenticated = (error: unknown) => {
    // A token of the session before: somebody signed in anew in another tab.
    if (error instanceof ApiError && (error.code === "unauthenticated" || error.code === "csrf")) {
      void client.invalidateQueries({ queryKey: keys.me });
    }
  };
  const client = new QueryClient({
    queryCache: new QueryCache({
      onError: (error, query) => {
        if (query.queryKey[0] !== keys.me[0]) {
          onUnauthenticated(error);
        }
      },
    }),
    mutationCache: new MutationCache({
      onError: (error, _variables, _context, mutation) => {
        onUnauthenticated(error);
        if (mutation.meta?.quiet !== true) {
          const { title, detail } = words(error);
          toast({ glyph: "failed", tone: "triggered", text: title, more: detail, stays: true });
        }
      },
    }),
    defaultOptions: {
      // What the browser thinks of its network is not asked: a server on the same machine is there
      // without any.
      queries: { staleTime: 30_000, retry: mayRetry, refetchOnWindowFocus: true, networkMode: "always" },
      // A change is sent once; whoever made it decides whether to send it again.
      mutations: { retry: false, networkMode: "always" },
    },
  });
  return client;
}
