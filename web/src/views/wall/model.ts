/** What the wall shows, apart from how it looks. Pure. */
import type { Incident } from "../../api/types.ts";
import { level } from "../../ui/Severity.tsx";
import { millis } from "../../ui/time.ts";

/** As many rows as a room can read from its other end. */
export const MOST = 9;

/** The board: what nobody has stands first and is cut off last. */
export interface Board {
  rows: Incident[];
  /** How many have no room. */
  more: number;
  triggered: number;
  acknowledged: number;
  /** The one that nobody has for longest. */
  oldest: Incident | undefined;
}

/** Loudest first, then worst, then what has waited longest. */
export function board(open: readonly Incident[]): Board {
  const triggered = open.filter((one) => one.state === "triggered");
  const all = open
    .filter((one) => one.state !== "resolved")
    .sort(
      (a, b) =>
        Number(a.state !== "triggered") - Number(b.state !== "triggered") ||
        level(a.severity) - level(b.severity) ||
        millis(a.opened_at) - millis(b.opened_at),
    );
  return {
    rows: all.slice(0, MOST),
    more: Math.max(0, all.length - MOST),
    triggered: triggered.length,
    acknowledged: all.length - triggered.length,
    oldest: [...triggered].sort((a, b) => millis(a.opened_at) - millis(b.opened_at))[0],
  };
}
