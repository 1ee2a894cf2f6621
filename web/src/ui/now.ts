/** The present: the server's clock, so that ages are right on a phone that runs late. */
import { useSyncExternalStore } from "react";

const TICK_MS = 1_000;

let offsetMs = 0;
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

function tick() {
  now = Date.now() + offsetMs;
  for (const listener of listeners) {
    listener();
  }
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) {
    // Nobody looked for a while; React reads the value again after subscribing.
    now = Date.now() + offsetMs;
    timer = setInterval(tick, TICK_MS);
  }
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** Corrects our clock by what the server said it was, taken in the middle of the exchange. */
export function setServerTime(serverMs: number, sentMs: number, receivedMs: number): void {
  const offset = serverMs - (sentMs + receivedMs) / 2;
  // Less than a second is the wire, not the clock.
  offsetMs = Math.abs(offset) < 1_000 ? 0 : offset;
  tick();
}

/** The present, for code outside of React. */
export function serverNow(): number {
  return Date.now() + offsetMs;
}

/** The present, once a second. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}

const MINUTE_MS = 60_000;

/** The present to the minute, for what need not be drawn anew each second. */
export function useMinute(): number {
  return useSyncExternalStore(subscribe, () => Math.floor(now / MINUTE_MS) * MINUTE_MS);
}
