/** The week of a schedule, apart from how it looks. Pure. */
import type { Shift } from "../../api/types.ts";
import { type Stretch, stretches } from "../../components/shifts.ts";
import { addDays, startOfDay } from "../../ui/time.ts";

const HOUR = 3_600_000;

/** One day as a row of bars. */
export interface Day {
  date: string;
  from: number;
  to: number;
  /** 23 or 25 on the days the clocks change. */
  hours: number;
  bars: Bar[];
}

/** A stretch within a day. */
export interface Bar extends Stretch {
  /** Where it begins and how long it is, as parts of the day. */
  place: number;
  length: number;
}

/** The seven days that begin with a Monday. */
export function week(shifts: readonly Shift[], monday: string, zone: string): Day[] {
  return Array.from({ length: 7 }, (_, index) => {
    const date = addDays(monday, index);
    const from = startOfDay(date, zone);
    const to = startOfDay(addDays(date, 1), zone);
    const length = to - from;
    const bars = stretches(shifts, from, to).map((one) => ({
      ...one,
      place: (one.from - from) / length,
      length: (one.to - one.from) / length,
    }));
    return { date, from, to, hours: Math.round(length / HOUR), bars };
  });
}

/** Where nobody is on call. */
export function gaps(days: readonly Day[]): { from: number; to: number }[] {
  const found: { from: number; to: number }[] = [];
  for (const bar of days.flatMap((day) => day.bars)) {
    if (bar.people.length > 0) {
      continue;
    }
    const before = found.at(-1);
    if (before?.to === bar.from) {
      before.to = bar.to;
    } else {
      found.push({ from: bar.from, to: bar.to });
    }
  }
  return found;
}
