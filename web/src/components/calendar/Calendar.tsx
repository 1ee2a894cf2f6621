import { Button } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";

import { shiftsQuery } from "../../api/oncall.ts";
import { type Override, overridesQuery } from "../../api/overrides.ts";
import { words } from "../../api/problem.ts";
import { useMe } from "../../api/session.ts";
import type { Schedule } from "../../api/types.ts";
import { t } from "../../i18n.ts";
import { useCommands } from "../../ui/commands.ts";
import { Glyph } from "../../ui/Glyph.tsx";
import { ErrorNote, Loading } from "../../ui/Notes.tsx";
import { addDays, city, daysBetween, fullWhen, startOfDay, weekNumber } from "../../ui/time.ts";
import { lazily } from "../lazily.tsx";
import { mayWrite } from "../rights.ts";
import css from "./Calendar.module.css";
import { Long } from "./Long.tsx";
import { gaps, LONG_DAYS, week } from "./model.ts";
import { type Length, type Range, useRange, type Whose } from "./range.ts";
import { AsTable, Hours, Legend } from "./Week.tsx";

const OverrideDialog = lazily(() => import("./OverrideDialog.tsx"));

/** What an override that is about to be written begins with. */
export interface Seed {
  from: number;
  to: number;
  /** Who is on call then. */
  who?: string | undefined;
  /** The one that is edited. */
  edited?: Override | undefined;
}

interface CalendarProps {
  schedule: Schedule;
  /** How much is shown when nobody chose. */
  usual: Length;
  /** What it is called; as the schedule when left out. */
  title?: string;
  /** Below the shifts: it gets the way to edit an override. */
  children?: (edit: (override: Override) => void, zone: string) => ReactNode;
}

const HOUR = 3_600_000;

/** The shifts of a schedule: four weeks as lanes, a week by the hour, the gaps hatched. */
export function Calendar({ schedule, usual, title, children }: CalendarProps) {
  const range = useRange(schedule, usual);
  const may = mayWrite(useMe(), schedule.team);
  const [seed, setSeed] = useState<Seed>();
  const [isOpen, setIsOpen] = useState(false);
  const edit = (next: Seed) => {
    setSeed(next);
    setIsOpen(true);
  };
  const add = () => {
    const from = Math.ceil(range.now / HOUR) * HOUR;
    edit({ from, to: from + 8 * HOUR });
  };
  useCommands("view", [
    { keys: "[", text: t("ui.week.before"), repeats: true, run: range.before },
    { keys: "]", text: t("ui.week.after"), repeats: true, run: range.after },
    { keys: "t", text: t("ui.week.present"), run: range.present },
    { text: t("ui.override.add"), find: { text: t("ui.override.add"), glyph: "onCall" }, isOff: !may, run: add },
  ]);
  return (
    <section aria-labelledby="week">
      <Head title={title ?? schedule.name} schedule={schedule} range={range} onAdd={add} may={may} />
      <Shifts schedule={schedule} range={range} onPick={may ? edit : undefined} />
      {children?.((override) => {
        edit({ from: Date.parse(override.from), to: Date.parse(override.to), edited: override });
      }, range.zone)}
      {seed !== undefined && (
        <OverrideDialog
          isOpen={isOpen}
          schedule={schedule}
          zone={range.zone}
          seed={seed}
          onClose={() => {
            setIsOpen(false);
          }}
        />
      )}
    </section>
  );
}

interface ShiftsProps {
  schedule: Schedule;
  range: Range;
  onPick: ((seed: Seed) => void) | undefined;
}

function Shifts({ schedule, range, onPick }: ShiftsProps) {
  const me = useMe().user.id;
  const { zone, monday, length } = range;
  const days = length === "long" ? LONG_DAYS : 7;
  const from = startOfDay(monday, zone);
  const to = startOfDay(addDays(monday, days), zone);
  const { data, error, refetch } = useQuery({
    ...shiftsQuery(schedule.id, from, to),
    placeholderData: keepPreviousData,
  });
  const { data: overrides } = useQuery(overridesQuery(schedule.id));
  const shifts = data?.items ?? [];
  const first = week(shifts, monday, zone);
  const free = gaps(week(shifts, monday, zone, days));
  if (data === undefined && error !== null) {
    return <ErrorNote title={t("ui.week.failed")} detail={words(error).detail} again={() => void refetch()} />;
  }
  if (data === undefined) {
    // Not an empty calendar: that would say that nobody is on call.
    return (
      <div className={css.unknown} data-length={length}>
        <Loading rows={6} />
      </div>
    );
  }
  return (
    <>
      {free.length > 0 && <Gaps gaps={free} zone={zone} />}
      {length === "long" && (
        <>
          <Long
            schedule={schedule}
            shifts={shifts}
            overrides={overrides?.items ?? []}
            range={range}
            me={me}
            onPick={onPick}
          />
          <h3 className={css.weekHead}>
            {t("ui.week.one", { week: weekNumber(monday) })}{" "}
            <span>{daysBetween(from, startOfDay(addDays(monday, 7), zone) - 1, zone)}</span>
          </h3>
        </>
      )}
      <Hours days={first} zone={zone} now={range.now} me={me} schedule={schedule} onPick={onPick} />
      <Legend schedule={schedule} />
      <AsTable days={first} zone={zone} />
    </>
  );
}

interface HeadProps {
  title: string;
  schedule: Schedule;
  range: Range;
  may: boolean;
  onAdd: () => void;
}

function Head({ title, schedule, range, may, onAdd }: HeadProps) {
  const { monday, zone, length } = range;
  const from = startOfDay(monday, zone);
  const to = startOfDay(addDays(monday, length === "long" ? LONG_DAYS : 7), zone);
  return (
    <div className={css.head}>
      <h2 id="week">{title}</h2>
      <span className="wb-dim">
        {t("ui.week.range", { week: weekNumber(monday), days: daysBetween(from, to - 1, zone), city: city(zone) })}
      </span>
      <div className={css.switches}>
        <LengthSwitch range={range} />
        <ZoneSwitch schedule={schedule} range={range} />
        <div className={css.moves}>
          <Button aria-label={t("ui.week.before")} onClick={range.before}>
            <Glyph name="back" size={16} />
          </Button>
          <Button aria-disabled={range.isToday} onClick={range.present}>
            {t("ui.week.present")}
          </Button>
          <Button aria-label={t("ui.week.after")} onClick={range.after}>
            <Glyph name="back" size={16} className={css.flip} />
          </Button>
        </div>
        {may && <Button onClick={onAdd}>{t("ui.override.add")}</Button>}
      </div>
    </div>
  );
}

function LengthSwitch({ range }: { range: Range }) {
  return (
    <div className={css.segments} role="group" aria-label={t("ui.week.length")}>
      {(["long", "week"] as const).map((length) => (
        <button
          key={length}
          type="button"
          aria-pressed={range.length === length}
          onClick={() => {
            range.setLength(length);
          }}
        >
          {t(`ui.week.lengths.${length}`)}
        </button>
      ))}
    </div>
  );
}

/** Mine, the schedule's, UTC: each zone once. */
function ZoneSwitch({ schedule, range }: { schedule: Schedule; range: Range }) {
  const zones: [Whose, string, string][] = [
    ["mine", range.mine, t("ui.week.my_time")],
    ["schedule", schedule.zone, city(schedule.zone)],
    ["utc", "UTC", t("ui.week.utc")],
  ];
  const shown = zones.filter(([, zone], index) => zones.findIndex(([, other]) => other === zone) === index);
  return (
    <div className={css.segments} role="group" aria-label={t("ui.week.zone")}>
      {shown.map(([whose, zone, label]) => (
        <button
          key={whose}
          type="button"
          aria-pressed={range.zone === zone}
          onClick={() => {
            range.setWhose(whose);
          }}
        >
          {label}
        </button>
      ))}
    </div>
  );
}

/** As many gaps as a line can name. */
const FEW = 3;

function Gaps({ gaps: free, zone }: { gaps: readonly { from: number; to: number }[]; zone: string }) {
  return (
    <div className={css.gapLine} role="note">
      <Glyph name="triggered" className="wb-triggered" />
      <p>
        <b>{t("ui.week.nobody")}</b>{" "}
        {free
          .slice(0, FEW)
          .map((gap) => t("ui.week.gap", { from: fullWhen(gap.from, zone), to: fullWhen(gap.to, zone) }))
          .join("; ")}
        {free.length > FEW && ` ${t("ui.week.more_gaps", { count: free.length - FEW })}`}. {t("ui.week.gap_means")}
      </p>
    </div>
  );
}
