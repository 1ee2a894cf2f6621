/** What an edit moves, by person. Pure. */
import type { SchedulePreview } from "../../api/schedules.ts";
import type { Ref } from "../../api/types.ts";
import { millis } from "../../ui/time.ts";

/** What somebody gains and loses. */
export interface Change {
  user: Ref;
  gainsMs: number;
  losesMs: number;
  /** When it begins to differ. */
  first: number;
}

/** By person, whoever is concerned first before the others. */
export function changes(moved: SchedulePreview["moved"]): Change[] {
  const found = new Map<string, Change>();
  for (const one of moved) {
    const from = millis(one.from);
    const before = found.get(one.user.id) ?? { user: one.user, gainsMs: 0, losesMs: 0, first: from };
    const length = millis(one.to) - from;
    found.set(one.user.id, {
      user: one.user,
      gainsMs: before.gainsMs + (one.change === "gains" ? length : 0),
      losesMs: before.losesMs + (one.change === "gains" ? 0 : length),
      first: Math.min(before.first, from),
    });
  }
  return [...found.values()].sort((a, b) => a.first - b.first || (a.user.name ?? "").localeCompare(b.user.name ?? ""));
}
