import { useSearchParams } from "react-router";

import type { Schedule } from "../../api/types.ts";
import { useNow } from "../../ui/now.ts";
import { addDays, dateIn, mondayOf } from "../../ui/time.ts";
import { useZone } from "../../ui/zone.ts";

/** In whose time a calendar is shown. */
export type Whose = "mine" | "schedule" | "utc";

/** How much of it. */
export type Length = "week" | "long";

const WEEK_DAYS = 7;

/** What the address says: which weeks, how many, and in whose time. */
export function useRange(schedule: Schedule, usual: Length) {
  const now = useNow();
  const mine = useZone();
  const [query, setQuery] = useSearchParams();
  const asked = query.get("time");
  const whose: Whose = asked === "schedule" || asked === "utc" ? asked : "mine";
  const zone = { mine, schedule: schedule.zone, utc: "UTC" }[whose];
  const span = query.get("span");
  const length: Length = span === "week" || span === "long" ? span : usual;
  const today = mondayOf(dateIn(now, zone));
  const week = query.get("week");
  const monday = week !== null && /^\d{4}-\d\d-\d\d$/u.test(week) ? mondayOf(week) : today;
  const set = (name: string, value: string | undefined) => {
    const next = new URLSearchParams(query);
    if (value === undefined) {
      next.delete(name);
    } else {
      next.set(name, value);
    }
    setQuery(next, { replace: true });
  };
  const goto = (date: string) => {
    set("week", date === today ? undefined : date);
  };
  return {
    now,
    mine,
    whose,
    zone,
    length,
    monday,
    isToday: monday === today,
    before: () => {
      goto(addDays(monday, -WEEK_DAYS));
    },
    after: () => {
      goto(addDays(monday, WEEK_DAYS));
    },
    present: () => {
      goto(today);
    },
    setWhose: (next: Whose) => {
      set("time", next === "mine" ? undefined : next);
    },
    setLength: (next: Length) => {
      set("span", next === usual ? undefined : next);
    },
  };
}

/** What {@link useRange} gives. */
export type Range = ReturnType<typeof useRange>;
