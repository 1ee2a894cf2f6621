import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";

import { ApiError, words } from "../../api/problem.ts";
import { type SchedulePreview, type SchedulePreviewBody, schedulePreviewQuery } from "../../api/schedules.ts";
import calendar from "../../components/calendar/Calendar.module.css";
import { LONG_DAYS, piece } from "../../components/calendar/model.ts";
import { type Stretch, stretches } from "../../components/shifts.ts";
import { t } from "../../i18n.ts";
import { ErrorNote } from "../../ui/Notes.tsx";
import { useNow } from "../../ui/now.ts";
import { nameOf, shortName } from "../../ui/Owner.tsx";
import { Section } from "../../ui/Section.tsx";
import { useSettled } from "../../ui/settled.ts";
import { addDays, city, dateIn, daysBetween, fullWhen, millis, mondayOf, span, startOfDay } from "../../ui/time.ts";
import { bodyOf, type Draft, lacks } from "./draft.ts";
import { changes } from "./moved.ts";
import css from "./Preview.module.css";

interface PreviewProps {
  draft: Draft;
  /** What is edited; a new one when undefined. */
  id: string | undefined;
  /** In whose time it is shown. */
  zone: string;
}

/** Stands in for a name that is not written yet: who is on call does not depend on it. */
const UNNAMED = "–";

/** What to ask the server about a draft; undefined while something it needs is missing. */
function asked(draft: Draft, id: string | undefined, from: number, to: number): SchedulePreviewBody | undefined {
  const lack = lacks({ ...draft, name: UNNAMED });
  if (lack !== undefined) {
    return undefined;
  }
  const schedule = bodyOf(draft);
  return {
    id: id ?? null,
    schedule: { ...schedule, name: schedule.name === "" ? UNNAMED : schedule.name },
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
  };
}

/** The shifts a draft would give, as the server counts them: who, where nobody is, and what moves. */
export function Preview({ draft, id, zone }: PreviewProps) {
  // Of when the form was opened: a running clock must not ask anew each second.
  const [since] = useState(useNow());
  const settled = useSettled(draft);
  const monday = mondayOf(dateIn(since, zone));
  const end = startOfDay(addDays(monday, LONG_DAYS), zone);
  const body = useMemo(() => asked(settled, id, since, end), [settled, id, since, end]);
  const { data, error, isFetching } = useQuery({ ...schedulePreviewQuery(body), placeholderData: keepPreviousData });
  const isKnown = body !== undefined && data !== undefined && error === null;
  return (
    <div className={css.preview}>
      <Section
        id="preview"
        title={t("ui.schedule_form.preview")}
        small={isFetching ? t("ui.schedule_form.counting") : t("ui.schedule_form.preview_zone", { city: city(zone) })}
      >
        {body === undefined && <p className="wb-dim">{t("ui.schedule_form.preview_waits")}</p>}
        {body !== undefined && error !== null && (
          <ErrorNote title={t("ui.schedule_form.preview_failed")} detail={reason(error)} />
        )}
        {isKnown && (
          <>
            <Gaps preview={data} zone={zone} />
            <Weeks preview={data} monday={monday} zone={zone} />
            {id !== undefined && <Moved preview={data} zone={zone} />}
          </>
        )}
      </Section>
    </div>
  );
}

function reason(error: unknown): string {
  const fields = error instanceof ApiError ? Object.values(error.fields) : [];
  return fields.length > 0 ? fields.join(" ") : words(error).detail;
}

/** As many gaps as a line can name. */
const FEW = 3;

function Gaps({ preview: { gaps }, zone }: { preview: SchedulePreview; zone: string }) {
  if (gaps.length === 0) {
    return (
      <p className={css.whole} role="status">
        {t("ui.schedule_form.no_gaps")}
      </p>
    );
  }
  return (
    <div className={css.gaps} role="status">
      <b>{t("ui.schedule_form.gaps", { count: gaps.length })}</b>
      <ul>
        {gaps.slice(0, FEW).map((one) => (
          <li key={one.from}>
            {t("ui.schedule_form.gap", {
              from: fullWhen(one.from, zone),
              to: fullWhen(one.to, zone),
              span: span(millis(one.to) - millis(one.from)),
            })}
          </li>
        ))}
      </ul>
      {gaps.length > FEW && <p>{t("ui.week.more_gaps", { count: gaps.length - FEW })}</p>}
    </div>
  );
}

interface WeeksProps {
  preview: SchedulePreview;
  monday: string;
  zone: string;
}

/** Four weeks, one under the other. */
function Weeks({ preview, monday, zone }: WeeksProps) {
  const all = stretches(preview.shifts, millis(preview.from), millis(preview.to));
  const mondays = Array.from({ length: LONG_DAYS / 7 }, (_, week) => addDays(monday, week * 7));
  return (
    <ol className={css.weeks}>
      {mondays.map((first) => {
        const lane = { from: startOfDay(first, zone), to: startOfDay(addDays(first, 7), zone) };
        return (
          <li key={first}>
            <span className={css.label}>{daysBetween(lane.from, lane.to - 1, zone)}</span>
            <div className={css.lane}>
              {all.map((one) => (
                <Bar key={one.from} stretch={one} lane={lane} zone={zone} />
              ))}
            </div>
          </li>
        );
      })}
    </ol>
  );
}

/** A bar shorter than this part of the week has no room for a name. */
const ROOM = 0.12;

function Bar({ stretch, lane, zone }: { stretch: Stretch; lane: { from: number; to: number }; zone: string }) {
  const at = piece(stretch, lane);
  if (at === undefined) {
    return null;
  }
  const isGap = stretch.people.length === 0;
  const who = isGap ? t("ui.on_call.nobody") : stretch.people.map(nameOf).join(", ");
  const title = t("ui.week.bar", { who, from: fullWhen(stretch.from, zone), to: fullWhen(stretch.to, zone) });
  return (
    <div
      className={`${calendar.bar} ${isGap ? calendar.gap : calendar.first}`}
      title={title}
      style={{ insetInlineStart: `${at.place * 100}%`, width: `${at.length * 100}%` }}
    >
      <span className="wb-sr">{title}</span>
      {at.length >= ROOM && (
        <span className="wb-cut" aria-hidden="true">
          {isGap ? who : stretch.people.map(shortName).join(", ")}
        </span>
      )}
    </div>
  );
}

/** Who gains and who loses against the schedule as it stands. */
function Moved({ preview, zone }: { preview: SchedulePreview; zone: string }) {
  const all = changes(preview.moved);
  return (
    <div className={css.moved}>
      <h3>{t("ui.schedule_form.moves")}</h3>
      {all.length === 0 && <p className="wb-dim">{t("ui.schedule_form.moves_nothing")}</p>}
      <ul>
        {all.map((one) => (
          <li key={one.user.id}>
            <b>{nameOf(one.user)}</b>
            <span>
              {[
                one.gainsMs > 0 ? t("ui.schedule_form.gains", { span: span(one.gainsMs) }) : "",
                one.losesMs > 0 ? t("ui.schedule_form.loses", { span: span(one.losesMs) }) : "",
              ]
                .filter((text) => text !== "")
                .join(", ")}
            </span>
            <span className="wb-dim">{t("ui.schedule_form.first", { when: fullWhen(one.first, zone) })}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
