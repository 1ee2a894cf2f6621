import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "react-router";

import { onCallQuery, schedulesQuery, usersQuery } from "../../api/oncall.ts";
import { words } from "../../api/problem.ts";
import { useMe } from "../../api/session.ts";
import { Calendar } from "../../components/calendar/Calendar.tsx";
import { useWatches } from "../../components/onCall.ts";
import { PausedStrip } from "../../components/pause/PausedStrip.tsx";
import { useViewTitle } from "../../components/title.ts";
import { t } from "../../i18n.ts";
import { Empty, ErrorNote, Loading } from "../../ui/Notes.tsx";
import { Mine } from "./Mine.tsx";
import { Now } from "./Now.tsx";
import { NextShifts } from "./NextShifts.tsx";
import css from "./OnCall.module.css";
import { Requests } from "./Requests.tsx";

/** Who is on call, why, and until when? */
export default function OnCall() {
  useViewTitle(t("ui.views.on_call"));
  const me = useMe().user;
  const { data, error, isPending, refetch } = useQuery(onCallQuery);
  const { data: schedules } = useQuery(schedulesQuery);
  const { data: users } = useQuery(usersQuery);
  const watches = useWatches(data?.items ?? []);
  const [query, setQuery] = useSearchParams();
  const chosen =
    schedules?.items.find((one) => one.id === query.get("schedule")) ??
    schedules?.items.find((one) =>
      watches.some(({ now }) => now.schedule.id === one.id && now.people.some((p) => p.user.id === me.id)),
    ) ??
    schedules?.items[0];
  return (
    <>
      <h1 className={css.title}>{t("ui.views.on_call")}</h1>
      <PausedStrip user={users?.items.find((one) => one.id === me.id)} />
      {isPending && <Loading rows={4} />}
      {data === undefined && error !== null && (
        <ErrorNote title={t("ui.on_call.failed")} detail={words(error).detail} again={() => void refetch()} />
      )}
      {data?.items.length === 0 && (
        <Empty title={t("ui.on_call.no_schedules")} text={t("ui.on_call.no_schedules_text")} />
      )}
      <Requests />
      {watches.length > 0 && (
        <div className={css.top}>
          <Mine me={me.id} watches={watches} />
          <Now me={me.id} watches={watches} schedules={schedules?.items ?? []} users={users?.items ?? []} />
        </div>
      )}
      <NextShifts me={me.id} watches={watches} schedules={schedules?.items ?? []} users={users?.items ?? []} />
      {chosen !== undefined && schedules !== undefined && schedules.items.length > 1 && (
        <div className={css.pick} role="group" aria-label={t("ui.on_call.schedule")}>
          {schedules.items.map((schedule) => (
            <button
              key={schedule.id}
              type="button"
              aria-pressed={schedule.id === chosen.id}
              onClick={() => {
                const next = new URLSearchParams(query);
                next.set("schedule", schedule.id);
                setQuery(next, { replace: true });
              }}
            >
              {schedule.name}
            </button>
          ))}
        </div>
      )}
      {chosen !== undefined && <Calendar key={chosen.id} schedule={chosen} usual="week" />}
    </>
  );
}
