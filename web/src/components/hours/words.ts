/** Hours in words. */
import { t } from "../../i18n.ts";
import { city } from "../../ui/time.ts";
import { DAYS, type Hours, type WeekDay } from "./model.ts";

/** A stretch as it is set. */
interface Stretch {
  days?: WeekDay[];
  from?: string;
  to?: string;
  coordinate_only?: boolean;
}

/** A stretch of local time: `Mon to Fri, 09:00 to 17:00`. */
export function windowText(window: Stretch): string {
  const days = window.days ?? [...DAYS];
  const clock = (time: string | undefined) => (time ?? "00:00").slice(0, 5);
  const from = clock(window.from);
  const to = clock(window.to);
  const hours =
    from === to && from === "00:00" ? t("ui.schedule.all_day") : t("ui.schedule.hours", { from, to: to === "00:00" ? "24:00" : to });
  const text = t("ui.schedule.window", { days: daysText(days), hours });
  return window.coordinate_only === true ? t("ui.schedule.coordinate", { window: text }) : text;
}

/** `Every day`, `Mon to Fri`, `Sat, Sun`. */
export function daysText(days: readonly WeekDay[]): string {
  const named = DAYS.filter((day) => days.includes(day));
  const first = named[0];
  const last = named.at(-1);
  if (named.length === DAYS.length) {
    return t("ui.schedule.every_day");
  }
  if (first !== undefined && last !== undefined && named.length > 2 && DAYS.indexOf(last) - DAYS.indexOf(first) === named.length - 1) {
    return t("ui.schedule.day_span", { from: t(`ui.schedule.days.${first}`), to: t(`ui.schedule.days.${last}`) });
  }
  return named.map((day) => t(`ui.schedule.days.${day}`)).join(", ");
}

/** Hours in a line: `Mon to Fri, 09:00 to 17:00 (Berlin)`. */
export function hoursText({ zone, windows }: Hours): string {
  return t("ui.hours.text", { windows: windows.map(windowText).join("; "), city: city(zone) });
}
