/** Reading shifts: until when, who then, and where nobody is. Pure. */
import type { Ref, Shift } from "../api/types.ts";
import { millis } from "../ui/time.ts";

/** A span in which the same people are on call; nobody is a gap. */
export interface Stretch {
  from: number;
  to: number;
  people: Ref[];
  /** Whether an override put any of them there. */
  isOverride: boolean;
  /** Which rotation put the first of them there. */
  rotation: string | null;
}

/** The shifts of a span as stretches without overlap, gaps included. */
export function stretches(shifts: readonly Shift[], from: number, to: number): Stretch[] {
  const edges = new Set([from, to]);
  // A shadow is told and never counted on: where there is nobody else, it is a gap.
  const counted = shifts.filter((one) => one.duty !== "shadow");
  for (const shift of counted) {
    for (const edge of [millis(shift.from), millis(shift.to)]) {
      if (edge > from && edge < to) {
        edges.add(edge);
      }
    }
  }
  const sorted = [...edges].sort((a, b) => a - b);
  const found: Stretch[] = [];
  for (const [index, start] of sorted.entries()) {
    const end = sorted[index + 1];
    if (end === undefined) {
      break;
    }
    const there = counted.filter((one) => millis(one.from) <= start && millis(one.to) >= end);
    const next: Stretch = {
      from: start,
      to: end,
      people: there.map((one) => one.user),
      isOverride: there.some((one) => one.why.overridden_by !== null && one.why.overridden_by !== undefined),
      rotation: there[0]?.why.rotation ?? null,
    };
    const before = found.at(-1);
    if (before !== undefined && isSame(before, next)) {
      before.to = end;
    } else {
      found.push(next);
    }
  }
  return found;
}

function isSame(a: Stretch, b: Stretch): boolean {
  return (
    a.isOverride === b.isOverride &&
    a.rotation === b.rotation &&
    a.people.length === b.people.length &&
    a.people.every((person, index) => person.id === b.people[index]?.id)
  );
}

/** When the present crew changes; undefined when the known shifts do not reach that far. */
export function untilOf(list: readonly Stretch[], at: number): number | undefined {
  return crewEnd(list, at, (people) => people.map((person) => person.id).sort().join());
}

/** Until when somebody is on call without a break; undefined when further than we know. */
export function untilOfPerson(list: readonly Stretch[], user: string, at: number): number | undefined {
  return crewEnd(list, at, (people) => String(people.some((person) => person.id === user)));
}

function crewEnd(list: readonly Stretch[], at: number, crew: (people: Ref[]) => string): number | undefined {
  const first = list.findIndex((one) => one.from <= at && at < one.to);
  const present = list[first];
  if (present === undefined) {
    return undefined;
  }
  const other = list.slice(first + 1).find((one) => crew(one.people) !== crew(present.people));
  return other?.from;
}

/** Who is on call at an instant. */
export function crewAt(list: readonly Stretch[], at: number): Ref[] {
  return list.find((one) => one.from <= at && at < one.to)?.people ?? [];
}

/** When somebody's next turn begins that is not the present one. */
export function nextTurn(list: readonly Stretch[], user: string, at: number): number | undefined {
  const has = (one: Stretch) => one.people.some((person) => person.id === user);
  const until = untilOfPerson(list, user, at);
  const from = list.some((one) => one.from <= at && at < one.to && has(one)) ? until : at;
  return from === undefined ? undefined : list.find((one) => one.from >= from && has(one))?.from;
}

/** A stretch in which somebody is on call without a break. */
export interface Turn {
  from: number;
  to: number;
}

/** Somebody's turns that are still to begin; one whose end is not known is none. */
export function turnsOf(list: readonly Stretch[], user: string, at: number): Turn[] {
  const turns: Turn[] = [];
  for (const one of list) {
    if (!one.people.some((person) => person.id === user)) {
      continue;
    }
    const before = turns.at(-1);
    if (before?.to === one.from) {
      before.to = one.to;
    } else {
      turns.push({ from: one.from, to: one.to });
    }
  }
  const end = list.at(-1)?.to;
  return turns.filter((turn) => turn.from > at && turn.to !== end);
}
