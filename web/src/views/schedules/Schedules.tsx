import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { teamsQuery } from "../../api/directory.ts";
import { onCallQuery, schedulesQuery } from "../../api/oncall.ts";
import { words } from "../../api/problem.ts";
import { useMe } from "../../api/session.ts";
import type { Schedule } from "../../api/types.ts";
import { useWatches, type Watch } from "../../components/onCall.ts";
import { mayWrite } from "../../components/rights.ts";
import { crewAt, untilOf } from "../../components/shifts.ts";
import { useViewTitle } from "../../components/title.ts";
import { t } from "../../i18n.ts";
import { Glyph } from "../../ui/Glyph.tsx";
import { Empty, ErrorNote, Loading } from "../../ui/Notes.tsx";
import { useNow } from "../../ui/now.ts";
import { nameOf, Owner } from "../../ui/Owner.tsx";
import { paths } from "../../ui/paths.ts";
import { city, fullWhen } from "../../ui/time.ts";
import { When } from "../../ui/Times.tsx";
import { useZone } from "../../ui/zone.ts";
import css from "./Schedules.module.css";

/** Every schedule: who is on call, who then, and where nobody is. */
export default function Schedules() {
  useViewTitle(t("ui.views.schedules"));
  const { data, error, isPending, refetch } = useQuery(schedulesQuery);
  const { data: onCall } = useQuery(onCallQuery);
  const watches = useWatches(onCall?.items ?? []);
  const me = useMe();
  const { data: teams } = useQuery(teamsQuery);
  const mayAdd = teams?.items.some((team) => mayWrite(me, team.id)) === true;
  return (
    <>
      <header className={css.head}>
        <div>
          <h1>{t("ui.views.schedules")}</h1>
          <p className="wb-dim">{t("ui.schedule.intro")}</p>
        </div>
        {mayAdd && (
          <Button component={Link} to={paths.newSchedule()}>
            {t("ui.schedule_form.new")}
          </Button>
        )}
      </header>
      {isPending && <Loading rows={4} />}
      {data === undefined && error !== null && (
        <ErrorNote title={t("ui.schedule.failed")} detail={words(error).detail} again={() => void refetch()} />
      )}
      {data?.items.length === 0 && (
        <Empty title={t("ui.on_call.no_schedules")} text={t("ui.on_call.no_schedules_text")} />
      )}
      {data !== undefined && data.items.length > 0 && (
        <ul className={css.list}>
          {data.items.map((schedule) => (
            <Row
              key={schedule.id}
              schedule={schedule}
              watch={watches.find((one) => one.now.schedule.id === schedule.id)}
            />
          ))}
        </ul>
      )}
    </>
  );
}

function Row({ schedule, watch }: { schedule: Schedule; watch: Watch | undefined }) {
  const me = useMe().user.id;
  const now = useNow();
  const zone = useZone();
  const { data: teams } = useQuery(teamsQuery);
  const until = watch === undefined ? undefined : untilOf(watch.ahead, now);
  const crew = watch === undefined ? [] : crewAt(watch.ahead, now);
  const then = watch === undefined || until === undefined ? [] : crewAt(watch.ahead, until);
  const gap = watch?.ahead.find((one) => one.people.length === 0 && one.to > now);
  return (
    <li className={css.row}>
      <div>
        <Link className={css.name} to={paths.schedule(schedule.id)}>
          {schedule.name}
        </Link>
        <p className={css.small}>
          {t("ui.schedule.of_team", {
            team: teams?.items.find((team) => team.id === schedule.team)?.name ?? "",
            city: city(schedule.zone),
          })}
        </p>
      </div>
      <div className={css.now}>
        <span className={css.small}>{t("ui.on_call.now")}</span>
        {watch !== undefined && crew.length === 0 && <b className="wb-triggered">{t("ui.on_call.nobody")}</b>}
        {crew.map((person) => (
          <Owner key={person.id} person={person} me={me} />
        ))}
      </div>
      <p className={css.small}>
        {until !== undefined && (
          <>
            {t("ui.on_call.until")} <When at={until} />
            {then.length > 0 && `, ${t("ui.schedule.then", { names: then.map(nameOf).join(", ") })}`}
          </>
        )}
      </p>
      <p className={css.gap}>
        {gap !== undefined && (
          <>
            <Glyph name="triggered" className="wb-triggered" />
            <span>{t("ui.schedule.gap", { from: fullWhen(Math.max(gap.from, now), zone), to: fullWhen(gap.to, zone) })}</span>
          </>
        )}
      </p>
    </li>
  );
}
