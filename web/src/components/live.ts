import { useQueryClient } from "@tanstack/react-query";
import { createContext, use, useCallback, useEffect, useState, useSyncExternalStore } from "react";

import { oldestShown } from "../api/kept.ts";
import { type Link, LiveLink } from "../api/live.ts";
import { lookForNewer } from "./version.ts";

/** How the connection is, and how old what is shown is at most. */
export interface Shown extends Link {
  /** Some of it was kept on this device from before this page was loaded. */
  isKept: boolean;
}

/** How the connection is. */
export const LinkContext = createContext<Shown>({ state: "connecting", asOf: 0, isKept: false });

/** How the connection is. */
export function useLink(): Shown {
  return use(LinkContext);
}

/** Listens for live hints as long as the frame is shown. */
export function useLive(): Shown {
  const queries = useQueryClient();
  const [live] = useState(() => new LiveLink(queries, () => void lookForNewer()));
  useEffect(() => live.start(), [live]);
  const link = useSyncExternalStore(live.subscribe, live.link);
  const kept = useOldest();
  if (kept === undefined) {
    return { ...link, isKept: false };
  }
  // It is shown because the server did not answer: that is not a connection about to be made.
  return { state: link.state === "connecting" ? "offline" : link.state, asOf: kept, isKept: true };
}

/** When the oldest of what is shown was known, where this device kept it. */
function useOldest(): number | undefined {
  const queries = useQueryClient();
  const subscribe = useCallback((listener: () => void) => queries.getQueryCache().subscribe(listener), [queries]);
  return useSyncExternalStore(subscribe, () => oldestShown(queries));
}
