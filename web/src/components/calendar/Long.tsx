import type { ReactNode } from "react";

import type { Override } from "../../api/overrides.ts";
import type { Schedule, Shift } from "../../api/types.ts";
import { t } from "../../i18n.ts";
import { nameOf, shortName } from "../../ui/Owner.tsx";
import { addDays, dateIn, fullWhen, startOfDay, weekday } from "../../ui/time.ts";
import { type Stretch, stretches } from "../shifts.ts";
import type { Seed } from "./Calendar.tsx";
import css from "./Calendar.module.css";
import { LONG_DAYS, ofRotation, piece, type Piece, spanOf } from "./model.ts";
import type { Range } from "./range.ts";
import { useOverrideWords } from "./words.ts";

interface LongProps {
  schedule: Schedule;
  shifts: readonly Shift[];
  overrides: readonly Override[];
  range: Range;
  me: string;
  onPick: ((seed: Seed) => void) | undefined;
}

/** Four weeks as lanes under one axis: the result, the overrides, and what each rotation gives. */
export function Long({ schedule, shifts, overrides, range, me, onPick }: LongProps) {
  const { zone, monday, now } = range;
  const dates = Array.from({ length: LONG_DAYS }, (_, index) => addDays(monday, index));
  const lane = { from: startOfDay(monday, zone), to: startOfDay(addDays(monday, LONG_DAYS), zone) };
  const present = piece({ from: now, to: now + 1 }, lane);
  const inside = overrides.filter((one) => piece(spanOf(one), lane) !== undefined);
  return (
    <div className={css.scroller} tabIndex={0} role="group" aria-label={t("ui.week.lanes")}>
      <div className={css.long}>
        <Dates dates={dates} zone={zone} today={dateIn(now, zone)} />
        <Row title={t("ui.on_call.now_lane")} small={t("ui.week.result")}>
          {stretches(shifts, lane.from, lane.to).map((one) => (
            <Bar key={one.from} stretch={one} lane={lane} zone={zone} me={me} schedule={schedule} onPick={onPick} />
          ))}
        </Row>
        {inside.length > 0 && (
          <Row title={t("ui.override.many")}>
            {inside.map((one) => (
              <OverrideBar
                key={one.id}
                override={one}
                lane={lane}
                zone={zone}
                hasRoom={!inside.some((other) => other.id !== one.id && isNear(spanOf(one), spanOf(other)))}
                onPick={onPick}
              />
            ))}
          </Row>
        )}
        {schedule.rotations.map((rotation) => (
          <Row key={rotation.id} title={rotation.name}>
            {stretches(ofRotation(shifts, rotation.id ?? ""), lane.from, lane.to)
              .filter((one) => one.people.length > 0)
              .map((one) => (
                <Bar key={one.from} stretch={one} lane={lane} zone={zone} me={me} schedule={schedule} onPick={undefined} />
              ))}
          </Row>
        ))}
        {present !== undefined && (
          <div className={css.nowColumn} aria-hidden="true">
            <i className={css.nowLine} style={{ insetInlineStart: `${present.place * 100}%` }} />
          </div>
        )}
      </div>
    </div>
  );
}

function Dates({ dates, zone, today }: { dates: readonly string[]; zone: string; today: string }) {
  return (
    <div className={css.dates} aria-hidden="true">
      <span />
      <div>
        {dates.map((date, index) => (
          <span key={date} className={date === today ? css.todayDate : undefined} data-weekend={index % 7 > 4 || undefined}>
            {weekday(startOfDay(date, zone), zone).slice(0, 2)}
            <b>{Number(date.slice(8))}</b>
          </span>
        ))}
      </div>
    </div>
  );
}

function Row({ title, small, children }: { title: string; small?: string; children: ReactNode }) {
  return (
    <div className={css.longRow}>
      <div className={css.laneName}>
        {title}
        {small !== undefined && <small>{small}</small>}
      </div>
      <div className={css.longLane}>{children}</div>
    </div>
  );
}

/** A bar shorter than this part of the lane has no room for a name. */
const ROOM = 0.035;

/** One shorter than this is too small to hit: the week and the list have it too. */
const TO_HIT = 0.028;

interface BarProps {
  stretch: Stretch;
  lane: { from: number; to: number };
  zone: string;
  me: string;
  schedule: Schedule;
  onPick: ((seed: Seed) => void) | undefined;
}

function Bar({ stretch, lane, zone, me, schedule, onPick }: BarProps) {
  const at = piece(stretch, lane);
  if (at === undefined) {
    return null;
  }
  const isGap = stretch.people.length === 0;
  const who = isGap ? t("ui.on_call.nobody") : stretch.people.map(nameOf).join(", ");
  const title = t("ui.week.bar", { who, from: fullWhen(stretch.from, zone), to: fullWhen(stretch.to, zone) });
  const isMine = stretch.people.some((person) => person.id === me);
  const isFirst = stretch.rotation === schedule.rotations[0]?.id;
  const look = isGap ? css.gap : isMine ? css.mine : stretch.isOverride ? css.override : isFirst ? css.first : css.other;
  const inside = at.length >= ROOM && (
    <span className="wb-cut" aria-hidden="true">
      {isGap ? who : stretch.people.map(shortName).join(", ")}
    </span>
  );
  if (onPick === undefined || at.length < TO_HIT) {
    return (
      <div className={`${css.bar} ${look}`} title={title} style={place(at)}>
        <span className="wb-sr">{title}</span>
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
      style={place(at)}
      onClick={() => {
        onPick({ from: stretch.from, to: stretch.to, who: stretch.people[0]?.id });
      }}
    >
      <span className="wb-sr">{t("ui.override.of_bar", { bar: title })}</span>
      {inside}
    </button>
  );
}

function place(at: Piece) {
  return { insetInlineStart: `${at.place * 100}%`, width: `${at.length * 100}%` };
}

const DAY = 86_400_000;

/** As many days as the words beside a short override take. */
const WORDS_DAYS = 7;

/** Whether the words beside one would run into the other, or out of the lane's last days. */
function isNear(one: { to: number }, other: { from: number; to: number }): boolean {
  return other.to > one.to && other.from < one.to + WORDS_DAYS * DAY;
}

interface OverrideBarProps {
  /** Whether what it does can be said beside it. */
  hasRoom: boolean;
  override: Override;
  lane: { from: number; to: number };
  zone: string;
  onPick: ((seed: Seed) => void) | undefined;
}

function OverrideBar({ override, lane, zone, hasRoom, onPick }: OverrideBarProps) {
  const say = useOverrideWords();
  const span = spanOf(override);
  const at = piece(span, lane);
  if (at === undefined) {
    return null;
  }
  const title = t("ui.week.bar", { who: say(override.change), from: fullWhen(span.from, zone), to: fullWhen(span.to, zone) });
  const inside = at.length >= ROOM && (
    <span className="wb-cut" aria-hidden="true">
      {say(override.change)}
    </span>
  );
  if (onPick === undefined || at.length < TO_HIT) {
    const end = at.place + at.length;
    const isSaid = at.length < ROOM && hasRoom && lane.to - at.to > WORDS_DAYS * DAY;
    return (
      <>
        <div className={`${css.bar} ${css.override}`} title={title} style={place(at)}>
          <span className="wb-sr">{title}</span>
          {inside}
        </div>
        {isSaid && (
          <span className={css.beside} aria-hidden="true" style={{ insetInlineStart: `${end * 100}%` }}>
            {say(override.change)}
          </span>
        )}
      </>
    );
  }
  return (
    <button
      type="button"
      data-prints
      className={`${css.bar} ${css.override}`}
      title={title}
      style={place(at)}
      onClick={() => {
        onPick({ ...span, edited: override });
      }}
    >
      <span className="wb-sr">{t("ui.override.edit_one", { what: title })}</span>
      {inside}
    </button>
  );
}
