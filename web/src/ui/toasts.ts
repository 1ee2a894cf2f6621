/** Short words about what just happened. Never the only place a fact is shown. */
import { useSyncExternalStore } from "react";

import type { GlyphName } from "./Glyph.tsx";

/** How long a toast stays when nobody looks at it. */
export const STAYS_MS = 6_000;

/** More would hide the page. */
const AT_MOST = 2;

/** What one toast says and offers. */
export interface Toast {
  glyph: GlyphName;
  tone: "triggered" | "acknowledged" | "resolved" | "dim";
  text: string;
  /** A second line. */
  more?: string | undefined;
  action?: { label: string; run: () => void } | undefined;
  /** Errors stay until they are closed. */
  stays?: boolean;
  /** What it is about: what is said of that later takes its place. */
  about?: string;
}

/** A toast with its number. */
export type Shown = Toast & { id: number };

let shown: readonly Shown[] = [];
let last = 0;
const listeners = new Set<() => void>();

function set(next: readonly Shown[]) {
  shown = next;
  for (const listener of listeners) {
    listener();
  }
}

/** Shows a toast; what was said of the same thing before, or else the oldest, makes room. */
export function toast(one: Toast): void {
  last += 1;
  const others = shown.filter((other) => one.about === undefined || other.about !== one.about);
  set([...others, { ...one, id: last }].slice(-AT_MOST));
}

/** Takes a toast away. */
export function dismiss(id: number): void {
  set(shown.filter((one) => one.id !== id));
}

/** Takes all away, as when somebody signs out. */
export function dismissAll(): void {
  set([]);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** What is shown now, oldest first. */
export function useToasts(): readonly Shown[] {
  return useSyncExternalStore(subscribe, () => shown);
}
