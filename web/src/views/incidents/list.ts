/** What the rows share with the list around them. */
import { createContext, use } from "react";

import type { Incident } from "../../api/types.ts";
import { create } from "../../ui/store.ts";

/** What one section shows now. */
export interface Shown {
  rows: readonly Incident[];
  /** Whether the server has said what belongs here. */
  isKnown: boolean;
  /** Brings a row onto the screen that is not drawn at present. */
  scrollTo: (id: string) => void;
}

/** What every section shows now, by its name. */
export type Shelf = ReturnType<typeof createShelf>;

/** Where sections put what they show, for the keys that go through all of them. */
export function createShelf() {
  return create<Readonly<Record<string, Shown>>>({});
}

/** What a row asks of its list. */
export interface List {
  shelf: Shelf;
  /** The row the keys act on. */
  selected: string | undefined;
  marked: ReadonlySet<string>;
  isMarking: boolean;
  mark: (incident: Incident) => void;
  /** Since when the pointer is over the list: what opened later waits, so that nothing jumps. */
  heldSince: number | undefined;
  release: () => void;
}

/** The list around a row. */
export const ListContext = createContext<List | undefined>(undefined);

/** The list around a row. */
export function useList(): List {
  const list = use(ListContext);
  if (list === undefined) {
    throw new Error("a row was drawn outside of a list");
  }
  return list;
}

/** The id of a row's link, for moving the focus. */
export function rowId(id: string): string {
  return `row-${id}`;
}
