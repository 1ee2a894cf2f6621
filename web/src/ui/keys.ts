/** Single keys. They work outside of fields and dialogs only, and can be turned off (WCAG 2.1.4). */
import { useEffect, useRef, useSyncExternalStore } from "react";

import { recall, remember } from "./storage.ts";

const STORED = "watchbell.keys";

let isOn = recall(STORED) !== "off";
const listeners = new Set<() => void>();

/** Whether single keys are on. */
export function useKeysOn(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => isOn,
  );
}

/** Turns single keys on or off in this browser. */
export function setKeysOn(on: boolean): void {
  isOn = on;
  remember(STORED, on ? "on" : "off");
  for (const listener of listeners) {
    listener();
  }
}

/** Whether the event belongs to a field, a button that takes it, or an open dialog. */
function isTaken(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) {
    return true;
  }
  if (document.querySelector('[role="dialog"][aria-modal="true"]') !== null) {
    return true;
  }
  const target = event.target;
  if (!(target instanceof HTMLElement)) {
    return false;
  }
  if (target.closest("input, textarea, select, [contenteditable='true'], [role='menu']") !== null) {
    return true;
  }
  // Enter on a link or button is its own.
  return event.key === "Enter" && target.closest("a, button, summary") !== null;
}

/** The second of two keys must follow within this time. */
const SECOND_KEY_MS = 1_200;

/** What a key leads to; undefined where it leads to nothing. */
export type Lookup = (keys: string) => ((event: KeyboardEvent) => void) | undefined;

/**
 * Reads keys one by one: `a`, `Enter`, or two after each other, as `g i`. After the first of two, the
 * second is never taken for a key of its own: `g` and then a mistyped `a` must not acknowledge.
 */
export function reader(find: Lookup, isPrefix: (key: string) => boolean): (event: KeyboardEvent) => void {
  let first: { key: string; at: number } | undefined;
  return (event) => {
    if (isTaken(event) || (!isOn && event.key.length === 1)) {
      return;
    }
    const before = first !== undefined && event.timeStamp - first.at < SECOND_KEY_MS ? first.key : undefined;
    first = undefined;
    if (before === undefined && isPrefix(event.key)) {
      first = { key: event.key, at: event.timeStamp };
      event.preventDefault();
      return;
    }
    const run = find(before === undefined ? event.key : `${before} ${event.key}`);
    if (run !== undefined) {
      event.preventDefault();
      run(event);
    }
  };
}

/** Listens to Ctrl K, which works everywhere, fields included. */
export function useCtrlK(run: () => void): void {
  const latest = useRef(run);
  useEffect(() => {
    latest.current = run;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        latest.current();
      }
    };
    document.addEventListener("keydown", onKey);
    return () => {
      document.removeEventListener("keydown", onKey);
    };
  }, []);
}
