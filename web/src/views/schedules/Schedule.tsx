import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useNavigate, useParams, useSearchParams } from "react-router";

import { teamsQuery } from "../../api/directory.ts";
import type { Read } from "../../api/edit.ts";
import { onCallQuery, usersQuery } from "../../api/oncall.ts";
import { words } from "../../api/problem.ts";
import { scheduleQuery, useDeleteSchedule } from "../../api/schedules.ts";
import { useMe } from "../../api/session.ts";
import type { Schedule as ScheduleView } from "../../api/types.ts";
import { Calendar } from "../../components/calendar/Calendar.tsx";
import { ChangesLink } from "../../components/ChangesLink.tsx";
import { DeleteButton } from "../../components/DeleteButton.tsx";
import { windowText } from "../../components/hours/words.ts";
import { lazily } from "../../components/lazily.tsx";
import { useWatches } from "../../components/onCall.ts";
import { mayWrite } from "../../components/rights.ts";
import { crewAt, untilOf } from "../../components/shifts.ts";
import { TakeOver } from "../../components/takeOver/TakeOver.tsx";
import { useViewTitle } from "../../components/title.ts";
import { t } from "../../i18n.ts";
import { ErrorNote, Loading } from "../../ui/Notes.tsx";
import { useNow } from "../../ui/now.ts";
import { nameOf, Owner } from "../../ui/Owner.tsx";
import { paths } from "../../ui/paths.ts";
import { Section } from "../../ui/Section.tsx";
import { city, fullWhen, span } from "../../ui/time.ts";
import { useZone } from "../../ui/zone.ts";
import { Overrides } from "./Overrides.tsx";
import css from "./Schedule.module.css";
import { handoffText, participant } from "./words.ts";

const ScheduleForm = lazily(() => import("./ScheduleForm.tsx"));

/** One schedule: who is on call, its shifts, its overrides, and the rotations that make them; or its form. */
export default function Schedule() {
  const { id } = useParams();
  return id === undefined || id === "new" ? <New /> : <Present key={id} id={id} />;
}

function Title({ text }: { text: string }) {
  return (
    <>
      <Link className={css.back} to={paths.schedules()}>
        {t("ui.views.schedules")}
      </Link>
      <h1 className={css.title}>{text}</h1>
    </>
  );
}

function New() {
  useViewTitle(t("ui.schedule_form.new"), paths.schedules());
  const navigate = useNavigate();
  return (
    <div className={css.parts}>
      <div>
        <Title text={t("ui.schedule_form.new")} />
      </div>
      <ScheduleForm
        isOpen
        onDone={(id) => void navigate(paths.schedule(id))}
        onCancel={() => void navigate(paths.schedules())}
      />
    </div>
  );
}

function Present({ id }: { id: string }) {
  const { data, error, refetch } = useQuery(scheduleQuery(id));
  useViewTitle(data?.value.name ?? t("ui.views.schedule"), paths.schedules());
  if (data === undefined) {
    return (
      <>
        <Title text={t("ui.views.schedule")} />
        {error === null ? (
          <Loading rows={6} />
        ) : (
          <ErrorNote title={words(error).title} detail={words(error).detail} again={() => void refetch()} />
        )}
      </>
    );
  }
  return (
    <>
      <Title text={data.value.name} />
      <Shown read={data} />
    </>
  );
}

function Shown({ read }: { read: Read<ScheduleView> }) {
  const may = mayWrite(useMe(), read.value.team);
  const [query, setQuery] = useSearchParams();
  // What is edited is what was there when editing began: a hint must not change it under the hand.
  const [edited, setEdited] = useState<Read<ScheduleView>>();
  const schedule = read.value;
  if (may && query.get("edit") === "1") {
    const leave = () => {
      setEdited(undefined);
      setQuery({}, { replace: true });
    };
    return (
      <div className={css.parts}>
        <span />
        <ScheduleForm isOpen from={edited ?? read} onDone={leave} onCancel={leave} />
      </div>
    );
  }
  return (
    <div className={css.parts}>
      <div className={css.first}>
        <Now schedule={schedule} />
        {may ? (
          <div className={css.acts}>
            <Button
              onClick={() => {
                setEdited(read);
                setQuery({ edit: "1" }, { replace: true });
              }}
            >
              {t("ui.schedule_form.edit")}
            </Button>
            <Remove schedule={schedule} />
            <ChangesLink id={schedule.id} />
          </div>
        ) : (
          <p className={css.hint}>
            {t("ui.schedule_form.may_not")} <ChangesLink id={schedule.id} />
          </p>
        )}
      </div>
      <Calendar schedule={schedule} usual="long" title={t("ui.schedule.shifts")}>
        {(edit, zone) => <Overrides schedule={schedule} zone={zone} onEdit={edit} />}
      </Calendar>
      <Rotations schedule={schedule} />
    </div>
  );
}

/** Deletes it, and takes it out of the policies that page it. */
function Remove({ schedule }: { schedule: ScheduleView }) {
  const remove = useDeleteSchedule();
  return (
    <DeleteButton
      one={schedule}
      remove={remove}
      done={t("ui.schedule_form.deleted", { name: schedule.name })}
      to={paths.schedules()}
      leaving={{ kind: "schedule", id: schedule.id }}
    >
      {t("ui.schedule_form.delete_text")}
    </DeleteButton>
  );
}

/** Who it is right now, until when, and who then. */
function Now({ schedule }: { schedule: ScheduleView }) {
  const user = useMe();
  const me = user.user.id;
  const now = useNow();
  const zone = useZone();
  const { data: teams } = useQuery(teamsQuery);
  const { data: onCall } = useQuery(onCallQuery);
  const [watch] = useWatches(onCall?.items.filter((one) => one.schedule.id === schedule.id) ?? []);
  const crew =
    watch === undefined ? [] : watch.isKnown ? crewAt(watch.ahead, now) : watch.now.people.map((one) => one.user);
  const until = watch?.isKnown !== true ? undefined : untilOf(watch.ahead, now);
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
        {watch !== undefined && mayWrite(user, schedule.team) && !(crew.length === 1 && crew[0]?.id === me) && (
          <TakeOver schedule={schedule} until={until} />
        )}
      </p>
    </div>
  );
}

function Rotations({ schedule }: { schedule: ScheduleView }) {
  const me = useMe().user.id;
  const { data: users, error } = useQuery(usersQuery);
  const person = (id: string) => users?.items.find((one) => one.id === id) ?? { id };
  return (
    <Section id="rotations" title={t("ui.schedule.rotations")} small={t("ui.schedule.first_counts")}>
      {users === undefined && (error === null ? <Loading rows={4} /> : <p className="wb-dim">{words(error).detail}</p>)}
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
            {(rotation.on_holidays ?? "as_usual") !== "as_usual" && (
              <p className="wb-dim">{t(`ui.schedule.on_holidays.${rotation.on_holidays ?? "as_usual"}`)}</p>
            )}
            {rotation.beside === true && <p className="wb-dim">{t("ui.schedule.beside")}</p>}
            <ol className={css.slots} aria-label={t("ui.schedule.turns")}>
              {(users === undefined ? [] : rotation.slots).map((slot, index) => (
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
    </Section>
  );
}
