/** A schedule as it is written in the form. Pure. */
import type { ScheduleBody } from "../../api/schedules.ts";
import {
  type DraftWindow,
  draftOfWindow,
  longTime,
  newWindow,
  shortTime,
  windowOf,
  windowsLack,
} from "../../components/hours/model.ts";
import { freshKey } from "../../ui/lists.ts";
import { dateIn, mondayOf } from "../../ui/time.ts";

type RotationBody = ScheduleBody["rotations"][number];
type ParticipantBody = RotationBody["slots"][number]["people"][number];

/** The units of a hand-off. */
export const UNITS = ["hours", "days", "weeks", "months"] as const;

/** What somebody is there for. */
export const DUTIES = ["act", "coordinate", "shadow"] as const;

/** What a public holiday is to a rotation. */
export const ON_HOLIDAYS = ["as_usual", "nobody", "only"] as const;

/** Somebody in a turn. */
export interface DraftPerson {
  user: string;
  duty: (typeof DUTIES)[number];
  /** A date, or empty. */
  joins: string;
  leaves: string;
}

/** One turn of the ring. */
export interface DraftSlot {
  key: number;
  people: DraftPerson[];
  firstCome: boolean;
}

/** When a rotation has people. */
export interface RotationWindow extends DraftWindow {
  coordinateOnly: boolean;
}

/** A rotation that is being written. */
export interface DraftRotation {
  /** Tells rotations apart while they move. */
  key: number;
  /** Its id, when it is there already. */
  id: string | undefined;
  name: string;
  /** Empty means the schedule's. */
  zone: string;
  start: string;
  end: string;
  every: string;
  unit: (typeof UNITS)[number];
  turn: "calendar" | "worked";
  windows: RotationWindow[];
  slots: DraftSlot[];
  whenOff: "next" | "nobody";
  beside: boolean;
  onHolidays: (typeof ON_HOLIDAYS)[number];
}

/** A public holiday. */
export interface DraftHoliday {
  key: number;
  /** A date, or empty. */
  date: string;
  name: string;
}

/** A schedule that is being written. */
export interface Draft {
  name: string;
  team: string;
  zone: string;
  rotations: DraftRotation[];
  holidays: DraftHoliday[];
}

const HAND_OFF = "09:00";

/** Somebody who is there for good and can act. */
export function person(user: string): DraftPerson {
  return { user, duty: "act", joins: "", leaves: "" };
}

/** A turn of some people. */
export function newSlot(slots: readonly DraftSlot[], users: readonly string[]): DraftSlot {
  return { key: freshKey(slots), people: users.map(person), firstCome: false };
}

/** Working hours, to begin with. */
export function newRotationWindow(windows: readonly RotationWindow[]): RotationWindow {
  return { ...newWindow(windows), coordinateOnly: false };
}

/** A rotation that hands off every Monday morning, and has begun: nobody wants a gap until then. */
export function newRotation(rotations: readonly DraftRotation[], name: string, now: number, zone: string): DraftRotation {
  return {
    key: freshKey(rotations),
    id: undefined,
    name,
    zone: "",
    start: `${mondayOf(dateIn(now, zone))}T${HAND_OFF}`,
    end: "",
    every: "1",
    unit: "weeks",
    turn: "calendar",
    windows: [],
    slots: [],
    whenOff: "next",
    beside: false,
    onHolidays: "as_usual",
  };
}

function personOf(one: ParticipantBody): DraftPerson {
  return typeof one === "string"
    ? person(one)
    : { user: one.user, duty: one.duty ?? "act", joins: one.joins ?? "", leaves: one.leaves ?? "" };
}

function rotationOf(one: RotationBody, key: number): DraftRotation {
  return {
    key,
    id: one.id ?? undefined,
    name: one.name,
    zone: one.zone ?? "",
    start: shortTime(one.start),
    end: shortTime(one.end ?? ""),
    every: String(one.handoff.every),
    unit: one.handoff.unit,
    turn: one.turn ?? "calendar",
    windows: (one.windows ?? []).map((window, at) => ({ ...draftOfWindow(window, at), coordinateOnly: window.coordinate_only ?? false })),
    slots: one.slots.map((slot, at) => ({
      key: at,
      people: slot.people.map(personOf),
      firstCome: slot.first_come ?? false,
    })),
    whenOff: one.when_off ?? "next",
    beside: one.beside ?? false,
    onHolidays: one.on_holidays ?? "as_usual",
  };
}

/** What is there, to be edited. */
export function draftOf(schedule: ScheduleBody): Draft {
  return {
    name: schedule.name,
    team: schedule.team,
    zone: schedule.zone,
    rotations: schedule.rotations.map(rotationOf),
    holidays: (schedule.holidays ?? []).map((one, key) => ({ key, ...one })),
  };
}

function participant(one: DraftPerson): ParticipantBody {
  if (one.duty === "act" && one.joins === "" && one.leaves === "") {
    return one.user;
  }
  return { user: one.user, duty: one.duty, joins: one.joins || null, leaves: one.leaves || null };
}

function rotationBody(one: DraftRotation): RotationBody {
  return {
    id: one.id ?? null,
    name: one.name.trim(),
    zone: one.zone || null,
    start: longTime(one.start),
    end: one.end === "" ? null : longTime(one.end),
    handoff: { every: Number(one.every), unit: one.unit },
    turn: one.turn,
    windows: one.windows.map((window) => ({ ...windowOf(window), coordinate_only: window.coordinateOnly })),
    slots: one.slots.map((slot) => ({ people: slot.people.map(participant), first_come: slot.firstCome })),
    when_off: one.whenOff,
    beside: one.beside,
    on_holidays: one.onHolidays,
  };
}

/** One more holiday, to be filled in. */
export function newHoliday(holidays: readonly DraftHoliday[]): DraftHoliday {
  return { key: freshKey(holidays), date: "", name: "" };
}

/** What was written, as the API takes it. */
export function bodyOf(draft: Draft): ScheduleBody {
  return {
    name: draft.name.trim(),
    team: draft.team,
    zone: draft.zone,
    rotations: draft.rotations.map(rotationBody),
    holidays: draft.holidays.map(({ date, name }) => ({ date, name: name.trim() })),
  };
}

/** What a draft can lack. */
export type Lack = "team" | "name" | "rotations" | "rotation_name" | "start" | "every" | "slots" | "hours" | "days" | "holidays";

function rotationLacks(one: DraftRotation): Lack | undefined {
  if (one.name.trim() === "") {
    return "rotation_name";
  }
  if (one.start === "") {
    return "start";
  }
  if (!/^\d+$/u.test(one.every.trim()) || Number(one.every) < 1) {
    return "every";
  }
  const lack = windowsLack(one.windows);
  if (lack !== undefined) {
    return lack;
  }
  return one.slots.length === 0 ? "slots" : undefined;
}

/** What still keeps a draft from being saved; the first thing only. */
export function lacks(draft: Draft): Lack | undefined {
  if (draft.name.trim() === "") {
    return "name";
  }
  if (draft.team === "") {
    return "team";
  }
  if (draft.rotations.length === 0) {
    return "rotations";
  }
  const lack = draft.rotations.map(rotationLacks).find((one) => one !== undefined);
  const isWhole = draft.holidays.every((one) => one.date !== "" && one.name.trim() !== "");
  return lack ?? (isWhole ? undefined : "holidays");
}

/** What the server said of a rotation's fields, in its own words. */
export function saidOf(fields: Readonly<Record<string, string>>, at: number): string[] {
  return Object.entries(fields)
    .filter(([path]) => path.startsWith(`rotations[${at}]`))
    .map(([, text]) => text);
}
