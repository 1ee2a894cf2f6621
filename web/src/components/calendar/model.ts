/** The weeks of a schedule, apart from how they look. Pure. */
import type { Shift } from "../../api/types.ts";
import { type Stretch, stretches } from "../shifts.ts";
import { addDays, millis, startOfDay } from "../../ui/time.ts";

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

/** The seven days that begin with a Monday, or more. */
export function week(shifts: readonly Shift[], monday: string, zone: string, count = 7): Day[] {
  return Array.from({ length: count }, (_, index) => {
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

/** How many days the long view has. */
export const LONG_DAYS = 28;

/** A bar in a lane of many days. */
export interface Piece {
  from: number;
  to: number;
  /** Where it begins and how long it is, as parts of the lane. */
  place: number;
  length: number;
}

/** A span as a piece of a lane, cut at its ends; undefined when it lies outside. */
export function piece(span: { from: number; to: number }, lane: { from: number; to: number }): Piece | undefined {
  const from = Math.max(span.from, lane.from);
  const to = Math.min(span.to, lane.to);
  if (from >= to) {
    return undefined;
  }
  const length = lane.to - lane.from;
  return { from, to, place: (from - lane.from) / length, length: (to - from) / length };
}

/** The shifts of a lane that one rotation gives, so that each stands in a row of its own. */
export function ofRotation(shifts: readonly Shift[], rotation: string): Shift[] {
  return shifts.filter((one) => one.why.rotation === rotation && (one.why.overridden_by ?? null) === null);
}

/** What an override covers. */
export function spanOf(one: { from: string; to: string }): { from: number; to: number } {
  return { from: millis(one.from), to: millis(one.to) };
}
