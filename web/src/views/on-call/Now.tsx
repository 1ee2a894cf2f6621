import { Link } from "react-router";

import { useMe } from "../../api/session.ts";
import type { OnCall, Schedule, User, Why } from "../../api/types.ts";
import type { Watch } from "../../components/onCall.ts";
import { PausedTag } from "../../components/pause/PausedTag.tsx";
import { mayWrite } from "../../components/rights.ts";
import { crewAt, untilOf } from "../../components/shifts.ts";
import { TakeOver } from "../../components/takeOver/TakeOver.tsx";
import { t } from "../../i18n.ts";
import { useNow } from "../../ui/now.ts";
import { nameOf, Owner } from "../../ui/Owner.tsx";
import { paths } from "../../ui/paths.ts";
import { city, clock } from "../../ui/time.ts";
import { When } from "../../ui/Times.tsx";
import { useZone } from "../../ui/zone.ts";
import css from "./Now.module.css";

interface NowProps {
  me: string;
  watches: readonly Watch[];
  schedules: readonly Schedule[];
  users: readonly User[];
}

/** Every schedule: who, because of what, until when, and who then. */
export function Now({ me, watches, schedules, users }: NowProps) {
  return (
    <table className={css.now}>
      <caption className="wb-sr">{t("ui.on_call.now")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("ui.on_call.schedule")}</th>
          <th scope="col">{t("ui.on_call.now")}</th>
          <th scope="col">{t("ui.on_call.because")}</th>
          <th scope="col">{t("ui.on_call.until_head")}</th>
          <th scope="col">{t("ui.on_call.then_head")}</th>
          <th scope="col">
            <span className="wb-sr">{t("ui.take_over.do")}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {watches.map((watch) => (
          <Line
            key={watch.now.schedule.id}
            me={me}
            watch={watch}
            schedule={schedules.find((one) => one.id === watch.now.schedule.id)}
            users={users}
          />
        ))}
      </tbody>
    </table>
  );
}

interface LineProps {
  me: string;
  watch: Watch;
  schedule: Schedule | undefined;
  users: readonly User[];
}

function Line({ me, watch, schedule, users }: LineProps) {
  const now = useNow();
  const zone = useZone();
  const until = untilOf(watch.ahead, now);
  const then = until === undefined ? [] : crewAt(watch.ahead, until);
  const user = useMe();
  const isMineAlone = watch.now.people.length === 1 && watch.now.people[0]?.user.id === me;
  const mayTake = schedule !== undefined && mayWrite(user, schedule.team) && !isMineAlone;
  const elsewhere = schedule !== undefined && until !== undefined && clock(until, schedule.zone) !== clock(until, zone);
  return (
    <tr>
      <td className={css.schedule}>
        <Link className={css.link} to={paths.schedule(watch.now.schedule.id)}>
          {watch.now.schedule.name}
        </Link>
      </td>
      <td>
        {watch.now.people.length === 0 ? (
          <b className="wb-triggered">{t("ui.on_call.nobody")}</b>
        ) : (
          watch.now.people.map((person) => (
            <div key={person.user.id}>
              <Owner person={person.user} me={me} /> <PausedTag user={users.find((one) => one.id === person.user.id)} />
            </div>
          ))
        )}
      </td>
      <td className={`${css.because} wb-dim`}>{because(watch.now, schedule)}</td>
      <td className={css.until}>
        <span className={`${css.untilWord} wb-dim`}>{t("ui.on_call.until")} </span>
        {until === undefined ? t("ui.on_call.open_end") : <When at={until} />}
        {elsewhere && (
          <small>{t("ui.time.there", { clock: clock(until, schedule.zone), city: city(schedule.zone) })}</small>
        )}
      </td>
      <td className={`${css.then} wb-dim`}>
        {until !== undefined && (then.length === 0 ? t("ui.on_call.nobody") : then.map(nameOf).join(", "))}
      </td>
      <td className={css.take}>
        {mayTake && <TakeOver schedule={watch.now.schedule} until={until} />}
      </td>
    </tr>
  );
}

/** The rotation or override that put them there. */
function because(now: OnCall, schedule: Schedule | undefined): string {
  const reasons = new Set(now.people.map((person) => reason(person.why, schedule)));
  return [...reasons].join(", ");
}

function reason(why: Why, schedule: Schedule | undefined): string {
  if (why.overridden_by != null) {
    return t(why.swap != null ? "ui.on_call.swap" : why.taken_over ? "ui.on_call.taken_over" : "ui.on_call.override");
  }
  const holiday = schedule?.holidays?.find((one) => one.date === why.holiday);
  const rotation = schedule?.rotations.find((one) => one.id === why.rotation);
  if (rotation === undefined) {
    return "";
  }
  const turn = t("ui.on_call.rotation", { name: rotation.name, turn: (why.turn ?? 0) + 1 });
  return holiday === undefined ? turn : t("ui.on_call.on_holiday", { turn, holiday: holiday.name });
}
