/** Hours as they are written in a form: stretches of local time on weekdays. Pure. */
import type { components } from "../../api/schema.d.ts";
import { freshKey } from "../../ui/lists.ts";

/** Hours, as the API writes them. */
export type Hours = components["schemas"]["HoursBody"];

/** The days of a week, in order. */
export const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

/** One of them. */
export type WeekDay = (typeof DAYS)[number];

/** A stretch that is being written. */
export interface DraftWindow {
  /** Tells stretches apart while they change. */
  key: number;
  days: readonly WeekDay[];
  from: string;
  to: string;
}

/** Hours that are being written. */
export interface DraftHours {
  zone: string;
  windows: DraftWindow[];
}

/** A stretch as it is set. */
interface Stretch {
  days?: WeekDay[];
  from?: string;
  to?: string;
}

/** Working hours, to begin with. */
export function newWindow(windows: readonly { key: number }[]): DraftWindow {
  return { key: freshKey(windows), days: DAYS.slice(0, 5), from: "09:00", to: "17:00" };
}

/** The hours of an office. */
export function officeHours(zone: string): DraftHours {
  return { zone, windows: [newWindow([])] };
}

/** The hours in which most people sleep. */
export function nightHours(zone: string): DraftHours {
  return { zone, windows: [{ key: 1, days: DAYS, from: "22:00", to: "07:00" }] };
}

/** Without seconds where there are none, as the fields take it. */
export function shortTime(time: string): string {
  return time.replace(/(\d\d:\d\d):00$/u, "$1");
}

/** With seconds, as the API writes it. */
export function longTime(time: string): string {
  return time.replace(/(^|T)(\d\d:\d\d)$/u, "$1$2:00");
}

/** A stretch that is there, to be edited. */
export function draftOfWindow({ days, from, to }: Stretch, key: number): DraftWindow {
  return { key, days: days ?? DAYS, from: shortTime(from ?? "00:00"), to: shortTime(to ?? "00:00") };
}

/** A stretch as the API takes it. */
export function windowOf({ days, from, to }: DraftWindow) {
  return { days: DAYS.filter((day) => days.includes(day)), from: longTime(from), to: longTime(to) };
}

/** Hours that are there, to be edited. */
export function draftOfHours(hours: Hours): DraftHours {
  return { zone: hours.zone, windows: hours.windows.map(draftOfWindow) };
}

/** Hours as the API takes them. */
export function hoursOf({ zone, windows }: DraftHours): Hours {
  return { zone, windows: windows.map(windowOf) };
}

/** What still keeps stretches from being saved; the first thing only. */
export function windowsLack(windows: readonly DraftWindow[]): "hours" | "days" | undefined {
  if (windows.some((one) => one.from === "" || one.to === "")) {
    return "hours";
  }
  return windows.some((one) => one.days.length === 0) ? "days" : undefined;
}

/** What still keeps hours from being saved. */
export type HoursLack = "zone" | "windows" | "hours" | "days";

/** The first thing that hours lack; hours that are not there lack nothing. */
export function hoursLack(hours: DraftHours | undefined): HoursLack | undefined {
  if (hours === undefined) {
    return undefined;
  }
  if (hours.zone === "") {
    return "zone";
  }
  return hours.windows.length === 0 ? "windows" : windowsLack(hours.windows);
}
