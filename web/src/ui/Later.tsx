import { type ReactNode, useDeferredValue } from "react";

import { Loading } from "./Notes.tsx";

interface LaterProps {
  /** About how many rows it takes. */
  rows?: number;
  children: ReactNode;
}

/** What takes long to draw: a slow phone shows the view around it first. */
export function Later({ rows, children }: LaterProps) {
  const isNow = useDeferredValue(true, false);
  return isNow ? children : <Loading {...(rows === undefined ? {} : { rows })} />;
}
