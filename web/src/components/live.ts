import { useQueryClient } from "@tanstack/react-query";
import { createContext, use, useEffect, useState, useSyncExternalStore } from "react";

import { type Link, LiveLink } from "../api/live.ts";

/** How the connection is. */
export const LinkContext = createContext<Link>({ state: "connecting", asOf: 0 });

/** How the connection is. */
export function useLink(): Link {
  return use(LinkContext);
}

/** Listens for live hints as long as the frame is shown. */
export function useLive(): Link {
  const queries = useQueryClient();
  const [live] = useState(() => new LiveLink(queries));
  useEffect(() => live.start(), [live]);
  return useSyncExternalStore(live.subscribe, live.link);
}
