/** Until when something is put off: a few moments that are often meant, or any. Pure. */
import { localText, momentOf } from "../../ui/localTime.ts";
import { dateIn } from "../../ui/time.ts";

const HOUR = 3_600_000;
const DAY = 86_400_000;

/** Moments that are often meant; the last one is any time. */
export type Choice = "hour" | "two_hours" | "hours" | "morning" | "days" | "own";

/** Tomorrow at nine where somebody is. */
function morning(now: number, zone: string): number {
  const tomorrow = new Date(Date.parse(`${dateIn(now, zone)}T00:00Z`) + DAY).toISOString().slice(0, 10);
  return momentOf(`${tomorrow}T09:00`, zone) ?? now + DAY;
}

/** The moment of a choice; undefined where one's own time is none. */
export function untilOf(choice: Choice, own: string, now: number, zone: string): number | undefined {
  switch (choice) {
    case "hour":
      return now + HOUR;
    case "two_hours":
      return now + 2 * HOUR;
    case "hours":
      return now + 4 * HOUR;
    case "morning":
      return morning(now, zone);
    case "days":
      return now + 3 * DAY;
    case "own":
      return momentOf(own, zone);
  }
}

/** What one's own time begins with: two hours on, to the full minute. */
export function ownText(now: number, zone: string): string {
  return localText(now + 2 * HOUR, zone);
}

/** What is wrong with a moment that has to come within some days. */
export function wrong(until: number | undefined, now: number, longestDays: number): "none" | "past" | "far" | undefined {
  if (until === undefined) {
    return "none";
  }
  if (until <= now) {
    return "past";
  }
  return until > now + longestDays * DAY ? "far" : undefined;
}
