import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "react-router";

import { teamsQuery } from "../../api/directory.ts";
import { onCallQuery, schedulesQuery, usersQuery } from "../../api/oncall.ts";
import { words } from "../../api/problem.ts";
import { useMe } from "../../api/session.ts";
import type { Schedule as ScheduleView } from "../../api/types.ts";
import { Calendar } from "../../components/calendar/Calendar.tsx";
import { useWatches } from "../../components/onCall.ts";
import { crewAt, untilOf } from "../../components/shifts.ts";
import { useViewTitle } from "../../components/title.ts";
import { t } from "../../i18n.ts";
import { Empty, ErrorNote, Loading } from "../../ui/Notes.tsx";
import { useNow } from "../../ui/now.ts";
import { nameOf, Owner } from "../../ui/Owner.tsx";
import { paths } from "../../ui/paths.ts";
import { Section } from "../../ui/Section.tsx";
import { city, fullWhen, span } from "../../ui/time.ts";
import { useZone } from "../../ui/zone.ts";
import { Overrides } from "./Overrides.tsx";
import css from "./Schedule.module.css";
import { handoffText, participant, windowText } from "./words.ts";

/** One schedule: who is on call, its shifts, its overrides, and the rotations that make them. */
export default function Schedule() {
  const { id } = useParams();
  const { data, error, isPending, refetch } = useQuery(schedulesQuery);
  const schedule = data?.items.find((one) => one.id === id);
  useViewTitle(schedule?.name ?? t("ui.views.schedule"), paths.schedules());
  return (
    <>
      <Link className={css.back} to={paths.schedules()}>
        {t("ui.views.schedules")}
      </Link>
      <h1 className={css.title}>{schedule?.name ?? t("ui.views.schedule")}</h1>
      {isPending && <Loading rows={6} />}
      {data === undefined && error !== null && (
        <ErrorNote title={t("ui.schedule.failed")} detail={words(error).detail} again={() => void refetch()} />
      )}
      {data !== undefined && schedule === undefined && (
        <Empty title={t("ui.problem.not_found.title")} text={t("ui.problem.not_found.detail")} />
      )}
      {schedule !== undefined && <Shown key={schedule.id} schedule={schedule} />}
    </>
  );
}

function Shown({ schedule }: { schedule: ScheduleView }) {
  return (
    <div className={css.parts}>
      <Present schedule={schedule} />
      <Calendar schedule={schedule} usual="long" title={t("ui.schedule.shifts")}>
        {(edit, zone) => <Overrides schedule={schedule} zone={zone} onEdit={edit} />}
      </Calendar>
      <Rotations schedule={schedule} />
    </div>
  );
}

/** Who it is right now, until when, and who then. */
function Present({ schedule }: { schedule: ScheduleView }) {
  const me = useMe().user.id;
  const now = useNow();
  const zone = useZone();
  const { data: teams } = useQuery(teamsQuery);
  const { data: onCall } = useQuery(onCallQuery);
  const [watch] = useWatches(onCall?.items.filter((one) => one.schedule.id === schedule.id) ?? []);
  const crew = watch === undefined ? [] : crewAt(watch.ahead, now);
  const until = watch === undefined ? undefined : untilOf(watch.ahead, now);
  const then = watch === undefined || until === undefined ? [] : crewAt(watch.ahead, until);
  const team = teams?.items.find((one) => one.id === schedule.team)?.name ?? "";
  return (
    <div className={css.present}>
      <p className="wb-dim">{t("ui.schedule.of_team", { team, city: city(schedule.zone) })}</p>
      <p className={css.crew}>
        {watch !== undefined && crew.length === 0 && <b className="wb-triggered">{t("ui.schedule.nobody_now")}</b>}
        {crew.map((person) => (
          <Owner key={person.id} person={person} me={me} />
        ))}
        {until !== undefined && (
          <span className="wb-dim">
            {t("ui.schedule.until", { when: fullWhen(until, zone), left: span(until - now) })}{" "}
            {then.length > 0 && t("ui.on_call.then", { who: then.map(nameOf).join(", ") })}
          </span>
        )}
      </p>
    </div>
  );
}

function Rotations({ schedule }: { schedule: ScheduleView }) {
  const me = useMe().user.id;
  const { data: users } = useQuery(usersQuery);
  const person = (id: string) => users?.items.find((one) => one.id === id) ?? { id };
  return (
    <Section id="rotations" title={t("ui.schedule.rotations")} small={t("ui.schedule.first_counts")}>
      <ol className={css.rotations}>
        {schedule.rotations.map((rotation) => (
          <li key={rotation.id}>
            <h3>{rotation.name}</h3>
            <p className="wb-dim">{handoffText(rotation, schedule.zone)}</p>
            {rotation.windows?.map((window, index) => (
              <p key={index} className="wb-dim">
                {t("ui.schedule.only", { window: windowText(window) })}
              </p>
            ))}
            {rotation.beside === true && <p className="wb-dim">{t("ui.schedule.beside")}</p>}
            <ol className={css.slots} aria-label={t("ui.schedule.turns")}>
              {rotation.slots.map((slot, index) => (
                <li key={index}>
                  {slot.people.length === 0 && <span className="wb-dim">{t("ui.on_call.nobody")}</span>}
                  {slot.people.map(participant).map((one) => (
                    <span key={one.id} className={css.person}>
                      <Owner person={person(one.id)} me={me} />
                      {one.special !== "" && <small>{one.special}</small>}
                    </span>
                  ))}
                  {slot.first_come === true && <small>{t("ui.schedule.first_come")}</small>}
                </li>
              ))}
            </ol>
          </li>
        ))}
      </ol>
      <p className={css.hint}>{t("ui.schedule.as_code")}</p>
    </Section>
  );
}
