/** Until when an incident can be put off. Pure. */
import { localText, momentOf } from "../../ui/localTime.ts";
import { dateIn } from "../../ui/time.ts";

const HOUR = 3_600_000;
const DAY = 86_400_000;

/** The longest snooze, in milliseconds. */
export const LONGEST_MS = 30 * DAY;

/** What is offered; the last one is any time. */
export const CHOICES = ["hour", "hours", "morning", "own"] as const;

/** One of these. */
export type Choice = (typeof CHOICES)[number];

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
    case "hours":
      return now + 4 * HOUR;
    case "morning":
      return morning(now, zone);
    case "own":
      return momentOf(own, zone);
  }
}

/** What one's own time begins with: two hours on, to the full minute. */
export function ownText(now: number, zone: string): string {
  return localText(now + 2 * HOUR, zone);
}

/** What is wrong with a moment. */
export function wrong(until: number | undefined, now: number): "none" | "past" | "far" | undefined {
  if (until === undefined) {
    return "none";
  }
  if (until <= now) {
    return "past";
  }
  return until > now + LONGEST_MS ? "far" : undefined;
}
