import type { Schedule } from "../../api/types.ts";
import { t } from "../../i18n.ts";
import { nameOf, shortName } from "../../ui/Owner.tsx";
import { clock, dayName, fullWhen } from "../../ui/time.ts";
import type { Seed } from "./Calendar.tsx";
import css from "./Calendar.module.css";
import type { Bar, Day } from "./model.ts";

interface HoursProps {
  days: readonly Day[];
  zone: string;
  now: number;
  me: string;
  schedule: Schedule;
  /** Begins an override of what was chosen; only for those who may. */
  onPick?: ((seed: Seed) => void) | undefined;
}

const TICKS = [2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24];

/** A week of shifts by the hour: seven days of bars, with the gaps hatched. */
export function Hours({ days, zone, now, me, schedule, onPick }: HoursProps) {
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
                {holidayOf(schedule, day.date) !== undefined && <small>{holidayOf(schedule, day.date)}</small>}
                {day.hours !== 24 && <small>{t("ui.week.hours", { n: day.hours })}</small>}
              </span>
              {onPick === undefined && <span className="wb-sr">{inWords(day, zone)}</span>}
              <div className={css.lane} aria-hidden={onPick === undefined}>
                {day.bars.map((bar) => (
                  <BarOf key={bar.from} bar={bar} zone={zone} me={me} schedule={schedule} onPick={onPick} />
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

/** What a day is called when it is a public holiday of the schedule. */
function holidayOf(schedule: Schedule, date: string): string | undefined {
  return schedule.holidays?.find((one) => one.date === date)?.name;
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

/** One shorter than this is too small for a thumb; it can be overridden by the times alone. */
const TO_HIT = 0.085;

interface BarProps {
  bar: Bar;
  zone: string;
  me: string;
  schedule: Schedule;
  onPick: ((seed: Seed) => void) | undefined;
}

function BarOf({ bar, zone, me, schedule, onPick }: BarProps) {
  const isFirst = bar.rotation === schedule.rotations[0]?.id;
  const isMine = bar.people.some((person) => person.id === me);
  const isGap = bar.people.length === 0;
  const look = isGap ? css.gap : isMine ? css.mine : bar.isOverride ? css.override : isFirst ? css.first : css.other;
  const title = t("ui.week.bar", { who: whoOf(bar), from: fullWhen(bar.from, zone), to: fullWhen(bar.to, zone) });
  const style = { insetInlineStart: `${bar.place * 100}%`, width: `${bar.length * 100}%` };
  const inside = bar.length >= ROOM && (
    <span className="wb-cut" aria-hidden="true">
      {textOf(bar)}
    </span>
  );
  if (onPick === undefined || bar.length < TO_HIT) {
    return (
      <div className={`${css.bar} ${look}`} title={title} style={style}>
        {onPick !== undefined && <span className="wb-sr">{title}</span>}
        {inside}
      </div>
    );
  }
  return (
    <button
      type="button"
      data-prints
      className={`${css.bar} ${look}`}
      title={title}
      style={style}
      onClick={() => {
        onPick({ from: bar.from, to: bar.to, who: bar.people[0]?.id });
      }}
    >
      <span className="wb-sr">{t("ui.override.of_bar", { bar: title })}</span>
      {inside}
    </button>
  );
}

function textOf(bar: Bar): string {
  const names = bar.people.map(shortName).join(", ");
  if (bar.people.length === 0) {
    return t("ui.on_call.nobody");
  }
  return bar.isOverride ? t("ui.week.override_of", { who: names }) : names;
}

/** What the looks mean. */
export function Legend({ schedule }: { schedule: Schedule }) {
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

/** The same for those who would rather read. */
export function AsTable({ days, zone }: { days: readonly Day[]; zone: string }) {
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
