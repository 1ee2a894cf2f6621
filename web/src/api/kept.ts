/**
 * What this device keeps of what the server said, for when the server cannot be reached: the incidents as
 * they were last seen. It is shown with its age and never as if it were the present. It belongs to one
 * person, goes when they sign out or their session ends, and ends by itself after a week.
 */
import type { Query, QueryClient, QueryKey } from "@tanstack/react-query";
import { createStore, promisifyRequest, type UseStore } from "idb-keyval";

import { keys } from "./queries.ts";
import type { Rows } from "./rows.ts";
import type { Me } from "./types.ts";

/** One answer and when it was given. */
export interface Entry {
  key: QueryKey;
  data: unknown;
  at: number;
}

const DAY_MS = 24 * 3_600_000;

/** How long something is kept. */
export const KEPT_MS = 7 * DAY_MS;

/** As many answers as are kept. */
export const KEPT_MOST = 150;

/** What comes together is written together. */
const GATHER_MS = 300;

/** Under which whoever it belongs to stands. */
const OWNER = "me";

/** Everything asked before this page was loaded is what was kept. */
const LOADED_AT = Date.now();

let opened: UseStore | undefined;
let isRestored = false;
/** Whose page this is; nothing is written for anybody else. */
let mine: string | undefined;

/** Does something with what is kept; without storage there is nothing, and nothing depends on it. */
async function using<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => Promise<T>): Promise<T | undefined> {
  if (typeof indexedDB === "undefined") {
    return undefined;
  }
  try {
    opened ??= createStore("watchbell", "kept");
    return await opened(mode, work);
  } catch {
    return undefined;
  }
}

/** Whether an answer is worth keeping: lists somebody searched are not what was last known. */
export function isKept(key: QueryKey): boolean {
  const [kind, second] = key;
  switch (kind) {
    case keys.incident("")[0]:
      return true;
    case keys.incidents[0]:
      return second === "open";
    case keys.rows[0]:
      return typeof second === "object" && second !== null && !("q" in second) && !("since" in second);
    case keys.config[0]:
      return second === "on-call" || second === "schedules";
    default:
      return false;
  }
}

/** Of long lists, their beginning. */
export function shortened({ key, data, at }: Entry): Entry {
  if (key[0] !== keys.rows[0]) {
    return { key, data, at };
  }
  const { pages, pageParams } = data as Rows;
  return { key, data: { pages: pages.slice(0, 1), pageParams: pageParams.slice(0, 1) }, at };
}

/** Which ones go: those that are too old, and of too many the oldest. */
export function outlived(entries: readonly (readonly [string, Entry])[], now: number): string[] {
  const byAge = entries.filter(([name]) => name !== OWNER).toSorted(([, one], [, other]) => other.at - one.at);
  return byAge.filter(([, { at }], index) => index >= KEPT_MOST || now - at > KEPT_MS).map(([name]) => name);
}

/** From now on what is kept belongs to this person; what belonged to another goes first. */
export function own(me: Me): void {
  mine = me.user.id;
  void using("readwrite", async (store) => {
    const [names, entries] = await Promise.all([
      promisifyRequest(store.getAllKeys() as IDBRequest<string[]>),
      promisifyRequest(store.getAll() as IDBRequest<Entry[]>),
    ]);
    const known = names.flatMap((name, index) => {
      const entry = entries[index];
      return entry === undefined ? [] : [[name, entry] as const];
    });
    const before = known.find(([name]) => name === OWNER)?.[1].data as Me | undefined;
    if (before?.user.id !== me.user.id) {
      store.clear();
    } else {
      for (const name of outlived(known, Date.now())) {
        store.delete(name);
      }
    }
    // What a change is sent with is of the session, and not kept.
    const entry: Entry = { key: keys.me, data: { ...me, csrf_token: null }, at: Date.now() };
    store.put(entry, OWNER);
  });
}

/** Forgets all of it. */
export function disown(): void {
  mine = undefined;
  void using("readwrite", (store) => promisifyRequest(store.clear()));
}

/** Keeps from now on what the server says. */
export function keepAnswers(queries: QueryClient): void {
  const waiting = new Map<string, Entry>();
  const write = () => {
    const entries = [...waiting];
    waiting.clear();
    void using("readwrite", async (store) => {
      const owner = await promisifyRequest(store.get(OWNER) as IDBRequest<Entry | undefined>);
      // Another tab may have signed out, or signed in as somebody else.
      if (mine === undefined || (owner?.data as Me | undefined)?.user.id !== mine) {
        return;
      }
      for (const [name, entry] of entries) {
        store.put(shortened(entry), name);
      }
    });
  };
  queries.getQueryCache().subscribe((event) => {
    if (event.type !== "updated" || event.action.type !== "success") {
      return;
    }
    const { queryHash, queryKey: key, state } = event.query as Query;
    if (mine === undefined || !isKept(key) || isOld(state.dataUpdatedAt)) {
      return;
    }
    if (waiting.size === 0) {
      setTimeout(write, GATHER_MS);
    }
    waiting.set(queryHash, { key, data: state.data, at: state.dataUpdatedAt });
  });
}

/** Puts what was kept where answers stand, as old as it is; gives whose it is. */
export async function restore(queries: QueryClient): Promise<Me | undefined> {
  const entries = (await using("readonly", (store) => promisifyRequest(store.getAll() as IDBRequest<Entry[]>))) ?? [];
  const now = Date.now();
  const owner = entries.find(({ key }) => key[0] === keys.me[0]);
  if (owner === undefined || now - owner.at > KEPT_MS) {
    return undefined;
  }
  const cache = queries.getQueryCache();
  for (const { key, data, at } of entries) {
    if (queries.getQueryData(key) === undefined && now - at <= KEPT_MS) {
      // It must be there for as long as the server is not.
      cache.build(queries, { queryKey: key, gcTime: Infinity }).setData(data, { updatedAt: at, manual: true });
    }
  }
  isRestored = true;
  return owner.data as Me;
}

/** Forgets in this page what was kept and is not shown: the server can be asked again. */
export function dropRestored(queries: QueryClient): void {
  if (isRestored) {
    isRestored = false;
    queries.removeQueries({ type: "inactive", predicate: ({ queryKey, state }) => isKept(queryKey) && isOld(state.dataUpdatedAt) });
  }
}

/** When the oldest of what is shown was known, where it was known before this page was loaded. */
export function oldestShown(queries: QueryClient): number | undefined {
  const active = queries.getQueryCache().findAll({ type: "active", predicate: ({ queryKey }) => isKept(queryKey) });
  const old = active.map(({ state }) => state.dataUpdatedAt).filter(isOld);
  return old.length === 0 ? undefined : Math.min(...old);
}

/** Zero is nothing at all. */
function isOld(at: number): boolean {
  return at > 0 && at < LOADED_AT;
}
