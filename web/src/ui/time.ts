/** How moments and spans are written. Pure: the present and the zone come in. */
import { t } from "../i18n.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A moment as the API writes it, or as the browser counts it. */
export type Moment = string | number;

/** Milliseconds since the epoch. */
export function millis(moment: Moment): number {
  return typeof moment === "number" ? moment : Date.parse(moment);
}

const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: string, name: string, options: Intl.DateTimeFormatOptions) {
  const key = `${zone} ${name}`;
  let found = formats.get(key);
  if (found === undefined) {
    found = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hourCycle: "h23", ...options });
    formats.set(key, found);
  }
  return found;
}

/** `03:11`, or `03:11:40` where the order matters. */
export function clock(moment: Moment, zone: string, seconds = false): string {
  const options: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit" };
  return seconds
    ? format(zone, "clock-s", { ...options, second: "2-digit" }).format(millis(moment))
    : format(zone, "clock", options).format(millis(moment));
}

/** The date in a zone as `2026-11-21`, for comparing. */
export function dateIn(moment: Moment, zone: string): string {
  const parts = format(zone, "iso", { year: "numeric", month: "2-digit", day: "2-digit" });
  const part = (type: string) =>
    parts.formatToParts(millis(moment)).find((one) => one.type === type)?.value ?? "";
  return `${part("year")}-${part("month")}-${part("day")}`;
}

/** `Sat 21 Nov`. */
export function dayName(moment: Moment, zone: string): string {
  return format(zone, "day", { weekday: "short", day: "numeric", month: "short" })
    .format(millis(moment))
    .replace(",", "");
}

/** `Saturday 21 November`. */
export function longDay(moment: Moment, zone: string): string {
  return format(zone, "long", { weekday: "long", day: "numeric", month: "long" })
    .format(millis(moment))
    .replace(",", "");
}

/** `Sat`. */
export function weekday(moment: Moment, zone: string): string {
  return format(zone, "weekday", { weekday: "short" }).format(millis(moment));
}

/** `16 to 22 November`. */
export function daysBetween(from: Moment, to: Moment, zone: string): string {
  const month = format(zone, "month", { day: "numeric", month: "long" });
  const last = month.format(millis(to));
  const first = month.format(millis(from));
  const isSame = first.split(" ")[1] === last.split(" ")[1];
  return t("ui.time.days_between", { from: isSame ? (first.split(" ")[0] ?? first) : first, to: last });
}

/**
 * As short as it stays clear: `03:11` today, `Fri 22:14` within the week, `13 Nov 16:02` within the
 * year, else with the year.
 */
export function when(moment: Moment, now: number, zone: string, seconds = false): string {
  const at = millis(moment);
  const time = clock(at, zone, seconds);
  const day = dateIn(at, zone);
  if (day === dateIn(now, zone)) {
    return time;
  }
  if (Math.abs(at - now) < 6 * DAY) {
    return `${weekday(at, zone)} ${time}`;
  }
  const options: Intl.DateTimeFormatOptions = { day: "numeric", month: "short" };
  if (day.slice(0, 4) === dateIn(now, zone).slice(0, 4)) {
    return `${format(zone, "date", options).format(at)} ${time}`;
  }
  return `${format(zone, "year", { ...options, year: "numeric" }).format(at)} ${time}`;
}

/** `Mon 23 Nov, 09:00`, whatever the day. */
export function fullWhen(moment: Moment, zone: string): string {
  return t("ui.time.full", { day: dayName(moment, zone), clock: clock(moment, zone) });
}

/** With its offset, as tooltips and copies have it. */
export function iso(moment: Moment, zone: string): string {
  const at = millis(moment);
  const name = format(zone, "offset", { timeZoneName: "longOffset" })
    .formatToParts(at)
    .find((part) => part.type === "timeZoneName")?.value;
  const offset = name === undefined || name === "GMT" ? "Z" : name.replace("GMT", "");
  return `${dateIn(at, zone)}T${clock(at, zone, true)}${offset}`;
}

/** The name of a zone at a moment: `CET`, or its city where there is no usual short name. */
export function zoneName(moment: Moment, zone: string): string {
  const name = format(zone, "zone", { timeZoneName: "short" })
    .formatToParts(millis(moment))
    .find((part) => part.type === "timeZoneName")?.value;
  return name === undefined || /\d/.test(name) ? city(zone) : name;
}

/** `Pacific/Auckland` is called Auckland. */
export function city(zone: string): string {
  return (zone.split("/").at(-1) ?? zone).replaceAll("_", " ");
}

/** The zone of this browser. */
export function browserZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** `40 s`, `6 min`, `1 h 32 min`, `2 d 6 h`: two units at most. */
export function span(ms: number): string {
  const length = Math.max(0, ms);
  if (length < MINUTE) {
    return t("ui.time.seconds", { n: Math.floor(length / SECOND) });
  }
  if (length < HOUR) {
    return t("ui.time.minutes", { n: Math.floor(length / MINUTE) });
  }
  if (length < DAY) {
    return two("ui.time.hours", length, HOUR, "ui.time.minutes", MINUTE);
  }
  return two("ui.time.days", length, DAY, "ui.time.hours", HOUR);
}

type UnitKey = "ui.time.days" | "ui.time.hours" | "ui.time.minutes";

function two(big: UnitKey, length: number, unit: number, small: UnitKey, smaller: number): string {
  const rest = Math.floor((length % unit) / smaller);
  const first = t(big, { n: Math.floor(length / unit) });
  return rest === 0 ? first : `${first} ${t(small, { n: rest })}`;
}

/** A clock that runs: `6:12` under an hour, then like {@link span}. */
export function running(ms: number): string {
  const length = Math.max(0, ms);
  if (length >= HOUR) {
    return span(length);
  }
  const seconds = Math.floor(length / SECOND);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** Time left until a moment: `3:48`. It is never early: a started second counts whole. */
export function left(moment: Moment, now: number): string {
  return running(Math.ceil((millis(moment) - now) / SECOND) * SECOND);
}

/** `1 284`. */
export function figure(n: number): string {
  return new Intl.NumberFormat("en-GB").format(n).replaceAll(",", "\u202F");
}

/** How far a zone is ahead of UTC at a moment. */
export function offsetMs(at: number, zone: string): number {
  const parts = format(zone, "parts", {
    year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric",
  }).formatToParts(at);
  const part = (type: string) => Number(parts.find((one) => one.type === type)?.value ?? 0);
  const local = Date.UTC(
    part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"),
  );
  return local - Math.floor(at / SECOND) * SECOND;
}

/** When a date (`2026-11-21`) begins in a zone. */
export function startOfDay(date: string, zone: string): number {
  const utc = Date.parse(`${date}T00:00:00Z`);
  const guess = utc - offsetMs(utc, zone);
  // On the day the clocks change the first guess may have taken the offset of the other side.
  return utc - offsetMs(guess, zone);
}

/** A date some days later. */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10);
}

/** The Monday of a date's week. */
export function mondayOf(date: string): string {
  const weekdayOf = new Date(`${date}T00:00:00Z`).getUTCDay();
  return addDays(date, -((weekdayOf + 6) % 7));
}

/** The ISO number of the week that begins with this Monday. */
export function weekNumber(monday: string): number {
  const thursday = addDays(monday, 3);
  const first = Date.parse(`${thursday.slice(0, 4)}-01-01T00:00:00Z`);
  return Math.floor((Date.parse(`${thursday}T00:00:00Z`) - first) / (7 * DAY)) + 1;
}
