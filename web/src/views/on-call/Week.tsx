import { Button } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useSearchParams } from "react-router";

import { shiftsQuery } from "../../api/oncall.ts";
import { words } from "../../api/problem.ts";
import type { Schedule } from "../../api/types.ts";
import { t } from "../../i18n.ts";
import { Glyph } from "../../ui/Glyph.tsx";
import { useCommands } from "../../ui/commands.ts";
import { ErrorNote } from "../../ui/Notes.tsx";
import { useNow } from "../../ui/now.ts";
import { nameOf, shortName } from "../../ui/Owner.tsx";
import {
  addDays, city, clock, dateIn, dayName, daysBetween, fullWhen, mondayOf, startOfDay, weekNumber,
} from "../../ui/time.ts";
import { useZone } from "../../ui/zone.ts";
import { type Bar, type Day, gaps, week } from "./model.ts";
import css from "./Week.module.css";

interface WeekProps {
  schedule: Schedule;
  me: string;
}

/** What the address says: which week, and in whose time. */
function useWeek(schedule: Schedule) {
  const now = useNow();
  const mine = useZone();
  const [query, setQuery] = useSearchParams();
  const isTheirs = query.get("time") === "schedule";
  const zone = isTheirs ? schedule.zone : mine;
  const today = mondayOf(dateIn(now, zone));
  const asked = query.get("week");
  const monday = asked !== null && /^\d{4}-\d\d-\d\d$/u.test(asked) ? mondayOf(asked) : today;
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
    zone,
    mine,
    monday,
    isTheirs,
    isToday: monday === today,
    before: () => {
      goto(addDays(monday, -7));
    },
    after: () => {
      goto(addDays(monday, 7));
    },
    present: () => {
      goto(today);
    },
    setTheirs: (theirs: boolean) => {
      set("time", theirs ? "schedule" : undefined);
    },
  };
}

/** A week of shifts: seven days of bars, with the gaps hatched. */
export function Week({ schedule, me }: WeekProps) {
  const view = useWeek(schedule);
  const { zone, monday } = view;
  const from = startOfDay(monday, zone);
  const to = startOfDay(addDays(monday, 7), zone);
  const { data, error, refetch } = useQuery({
    ...shiftsQuery(schedule.id, from, to),
    placeholderData: keepPreviousData,
  });
  useCommands("view", [
    { keys: "[", text: t("ui.week.before"), repeats: true, run: view.before },
    { keys: "]", text: t("ui.week.after"), repeats: true, run: view.after },
    { keys: "t", text: t("ui.week.present"), run: view.present },
  ]);
  const days = week(data?.items ?? [], monday, zone);
  const free = data === undefined ? [] : gaps(days);
  return (
    <section aria-labelledby="week">
      <div className={css.head}>
        <h2 id="week">{schedule.name}</h2>
        <span className="wb-dim">
          {t("ui.week.range", {
            week: weekNumber(monday),
            days: daysBetween(from, to - 1, zone),
            city: city(zone),
          })}
        </span>
        <Switches view={view} schedule={schedule} />
      </div>
      {free.length > 0 && <Gaps gaps={free} zone={zone} />}
      {data === undefined && error !== null ? (
        <ErrorNote title={t("ui.week.failed")} detail={words(error).detail} again={() => void refetch()} />
      ) : (
        <>
          <Hours days={days} zone={zone} now={view.now} me={me} schedule={schedule} />
          <Legend schedule={schedule} />
          <AsTable days={days} zone={zone} />
        </>
      )}
    </section>
  );
}

function Switches({ view, schedule }: { view: ReturnType<typeof useWeek>; schedule: Schedule }) {
  const isSame = schedule.zone === view.mine;
  return (
    <div className={css.switches}>
      {!isSame && (
        <div className={css.segments} role="group" aria-label={t("ui.week.zone")}>
          {[false, true].map((theirs) => (
            <button
              key={String(theirs)}
              type="button"
              aria-pressed={view.isTheirs === theirs}
              onClick={() => {
                view.setTheirs(theirs);
              }}
            >
              {theirs ? city(schedule.zone) : t("ui.week.my_time")}
            </button>
          ))}
        </div>
      )}
      <div className={css.moves}>
        <Button aria-label={t("ui.week.before")} onClick={view.before}>
          <Glyph name="back" size={16} />
        </Button>
        <Button aria-disabled={view.isToday} onClick={view.present}>
          {t("ui.week.present")}
        </Button>
        <Button aria-label={t("ui.week.after")} onClick={view.after}>
          <Glyph name="back" size={16} className={css.flip} />
        </Button>
      </div>
    </div>
  );
}

function Gaps({ gaps: free, zone }: { gaps: readonly { from: number; to: number }[]; zone: string }) {
  return (
    <div className={css.gapLine} role="note">
      <Glyph name="triggered" className="wb-triggered" />
      <p>
        <b>{t("ui.week.nobody")}</b>{" "}
        {free
          .map((gap) => t("ui.week.gap", { from: fullWhen(gap.from, zone), to: fullWhen(gap.to, zone) }))
          .join("; ")}
        . {t("ui.week.gap_means")}
      </p>
    </div>
  );
}

interface HoursProps {
  days: readonly Day[];
  zone: string;
  now: number;
  me: string;
  schedule: Schedule;
}

const TICKS = [2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24];

function Hours({ days, zone, now, me, schedule }: HoursProps) {
  return (
    <div className={css.week}>
      <div className={css.ticks} aria-hidden="true">
        {TICKS.map((hour) => (
          <span key={hour} style={{ insetInlineStart: `${(hour / 24) * 100}%` }} data-six={hour % 6 === 0 || undefined}>
            {String(hour).padStart(2, "0")}
          </span>
        ))}
      </div>
      <ul>
        {days.map((day) => {
          const isNow = day.from <= now && now < day.to;
          return (
            <li key={day.date} className={isNow ? css.today : undefined}>
              <span className={css.label}>
                {dayName(day.from, zone).split(" ").slice(0, 2).join(" ")}
                {day.hours !== 24 && <small>{t("ui.week.hours", { n: day.hours })}</small>}
              </span>
              <span className="wb-sr">{inWords(day, zone)}</span>
              <div className={css.lane} aria-hidden="true">
                {day.bars.map((bar) => (
                  <BarOf key={bar.from} bar={bar} zone={zone} me={me} schedule={schedule} />
                ))}
                {isNow && (
                  <i className={css.nowLine} style={{ insetInlineStart: `${((now - day.from) / (day.to - day.from)) * 100}%` }} />
                )}
              </div>
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function whoOf(bar: Bar): string {
  return bar.people.length === 0 ? t("ui.on_call.nobody") : bar.people.map(nameOf).join(", ");
}

/** The bars of a day for those who hear them. */
function inWords(day: Day, zone: string): string {
  return day.bars
    .map((bar) =>
      t("ui.week.bar", {
        who: whoOf(bar),
        from: clock(bar.from, zone),
        to: bar.to === day.to ? "24:00" : clock(bar.to, zone),
      }),
    )
    .join("; ");
}

/** A bar shorter than this part of the day has no room for a name. */
const ROOM = 0.055;

function BarOf({ bar, zone, me, schedule }: { bar: Bar; zone: string; me: string; schedule: Schedule }) {
  const isFirst = bar.rotation === schedule.rotations[0]?.id;
  const isMine = bar.people.some((person) => person.id === me);
  const isGap = bar.people.length === 0;
  const look = isGap ? css.gap : isMine ? css.mine : bar.isOverride ? css.override : isFirst ? css.first : css.other;
  const title = t("ui.week.bar", { who: whoOf(bar), from: clock(bar.from, zone), to: clock(bar.to, zone) });
  const names = bar.people.map(shortName).join(", ");
  return (
    <div
      className={`${css.bar} ${look}`}
      title={title}
      style={{ insetInlineStart: `${bar.place * 100}%`, width: `${bar.length * 100}%` }}
    >
      {bar.length >= ROOM && (
        <span className="wb-cut">
          {isGap
            ? t("ui.on_call.nobody")
            : bar.isOverride
              ? t("ui.week.override_of", { who: names })
              : names}
        </span>
      )}
    </div>
  );
}

function Legend({ schedule }: { schedule: Schedule }) {
  const [first, ...others] = schedule.rotations;
  return (
    <p className={css.legend} aria-hidden="true">
      <span>
        <i className={css.mine} />
        {t("ui.week.you")}
      </span>
      {first !== undefined && (
        <span>
          <i className={css.first} />
          {first.name}
        </span>
      )}
      {others.length > 0 && (
        <span>
          <i className={css.other} />
          {others.map((rotation) => rotation.name).join(", ")}
        </span>
      )}
      <span>
        <i className={css.override} />
        {t("ui.on_call.override")}
      </span>
      <span>
        <i className={css.gap} />
        {t("ui.week.nobody_legend")}
      </span>
    </p>
  );
}

function AsTable({ days, zone }: { days: readonly Day[]; zone: string }) {
  return (
    <details className={css.asTable}>
      <summary>{t("ui.week.as_table")}</summary>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("ui.week.from")}</th>
            <th scope="col">{t("ui.week.to")}</th>
            <th scope="col">{t("ui.on_call.who")}</th>
          </tr>
        </thead>
        <tbody>
          {days
            .flatMap((day) => day.bars)
            .map((bar) => (
              <tr key={bar.from}>
                <td>{fullWhen(bar.from, zone)}</td>
                <td>{fullWhen(bar.to, zone)}</td>
                <td className={bar.people.length === 0 ? "wb-triggered" : undefined}>{whoOf(bar)}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </details>
  );
}
