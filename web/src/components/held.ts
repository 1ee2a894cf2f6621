import { useQuery } from "@tanstack/react-query";

import { statusQuery } from "../api/session.ts";
import type { Status } from "../api/types.ts";
import { millis } from "../ui/time.ts";

/** That nothing is sent at present, although the rest goes on. */
export interface Held {
  /** Null where it is not known. */
  since: string | null;
  /** In words. */
  why: string | null;
}

// Only this, and the same value for the same answer: nothing is drawn anew by what else changes in
// the status.
function heldOf({ sending_held: isHeld, held_since: since, held_why: why }: Status): Held | null {
  return isHeld ? { since: since ?? null, why: why ?? null } : null;
}

/** Whether sending is held; undefined where it is not. */
export function useHeld(): Held | undefined {
  const { data } = useQuery({ ...statusQuery, select: heldOf });
  return data ?? undefined;
}

/** Whether a page of that time was held back: it was made after sending stopped. */
export function isHeldBack(held: Held | undefined, pagedAt: string): boolean {
  return held !== undefined && (held.since === null || millis(pagedAt) >= millis(held.since));
}
