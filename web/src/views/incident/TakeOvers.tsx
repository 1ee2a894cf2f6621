import { useQuery } from "@tanstack/react-query";

import { policyQuery } from "../../api/incidents.ts";
import { onCallQuery, schedulesQuery } from "../../api/oncall.ts";
import { useMe } from "../../api/session.ts";
import type { IncidentDetail } from "../../api/types.ts";
import { useWatches } from "../../components/onCall.ts";
import { mayWrite } from "../../components/rights.ts";
import { untilOf } from "../../components/shifts.ts";
import { TakeOver } from "../../components/takeOver/TakeOver.tsx";
import { t } from "../../i18n.ts";
import { useNow } from "../../ui/now.ts";
import css from "./Facts.module.css";

/** The schedules its next step pages, to be taken over: that counts when the step comes. */
export function TakeOvers({ incident }: { incident: IncidentDetail }) {
  const { policy, next, state } = incident;
  const isAhead = state === "triggered" && policy != null && next != null;
  const { data } = useQuery({ ...policyQuery(policy?.id ?? ""), enabled: isAhead });
  const { data: schedules } = useQuery({ ...schedulesQuery, enabled: isAhead });
  const { data: onCall } = useQuery({ ...onCallQuery, enabled: isAhead });
  const user = useMe();
  const now = useNow();
  const targets = data?.version === policy?.version ? (data?.steps[(next?.step ?? 0) - 1]?.targets ?? []) : [];
  const meant = (onCall?.items ?? []).filter(({ schedule, people }) => {
    const team = schedules?.items.find((one) => one.id === schedule.id)?.team;
    const isTarget = targets.some((target) => target.type === "schedule" && target.id === schedule.id);
    const isMine = people.length === 1 && people[0]?.user.id === user.user.id;
    return isTarget && team !== undefined && mayWrite(user, team) && !isMine;
  });
  const watches = useWatches(meant);
  if (!isAhead || watches.length === 0) {
    return null;
  }
  return (
    <div>
      <dt>{t("ui.take_over.step")}</dt>
      <dd className={css.several}>
        {watches.map((watch) => (
          <TakeOver
            key={watch.now.schedule.id}
            schedule={watch.now.schedule}
            until={untilOf(watch.ahead, now)}
            isNamed
          />
        ))}
      </dd>
    </div>
  );
}
