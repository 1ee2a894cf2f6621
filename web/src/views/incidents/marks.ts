import { useState } from "react";

import type { Incident } from "../../api/types.ts";

/** What is marked for doing the same with many. */
export interface Marks {
  ids: ReadonlySet<string>;
  /** As they were when they were marked; the list may show them no longer. */
  incidents: readonly Incident[];
  /** Whether rows can be marked by a tap. */
  isMarking: boolean;
  setIsMarking: (isMarking: boolean) => void;
  toggle: (incident: Incident) => void;
  /** Marks these as well. */
  add: (incidents: readonly Incident[]) => void;
  /** Only these stay marked. */
  keep: (ids: ReadonlySet<string>) => void;
  clear: () => void;
}

/** Rows are marked by hand and stay marked wherever the list moves them. */
export function useMarks(): Marks {
  const [marked, setMarked] = useState<ReadonlyMap<string, Incident>>(new Map());
  const [isAsked, setIsAsked] = useState(false);
  return {
    ids: new Set(marked.keys()),
    incidents: [...marked.values()],
    isMarking: isAsked || marked.size > 0,
    setIsMarking: (isMarking) => {
      setIsAsked(isMarking);
      if (!isMarking) {
        setMarked(new Map());
      }
    },
    toggle: (incident) => {
      setMarked((known) => {
        const next = new Map(known);
        if (!next.delete(incident.id)) {
          next.set(incident.id, incident);
        }
        return next;
      });
    },
    add: (incidents) => {
      setMarked((known) => new Map([...known, ...incidents.map((one) => [one.id, one] as const)]));
    },
    keep: (ids) => {
      setMarked((known) => new Map([...known].filter(([id]) => ids.has(id))));
    },
    clear: () => {
      setMarked(new Map());
      setIsAsked(false);
    },
  };
}
