import { Link } from "react-router";

import type { PausedShift } from "../../api/pause.ts";
import { t } from "../../i18n.ts";
import { Note } from "../../ui/Notes.tsx";
import { paths } from "../../ui/paths.ts";
import { Say } from "../../ui/Say.tsx";
import { dateIn } from "../../ui/time.ts";
import { When } from "../../ui/Times.tsx";
import { useZone } from "../../ui/zone.ts";

/** The shifts in which escalation passes somebody over: somebody else should have them. */
export function ShiftsInPause({ shifts }: { shifts: readonly PausedShift[] }) {
  const zone = useZone();
  return (
    shifts.length > 0 && (
      <Note>
        <b>{t("ui.pause.shifts", { count: shifts.length })}</b>
        <ul>
          {shifts.map(({ schedule, shift }) => (
            <li key={`${schedule.id} ${shift.from}`}>
              <Say
                k="ui.pause.shift"
                values={{ schedule: <b>{schedule.name}</b>, from: <When at={shift.from} />, to: <When at={shift.to} /> }}
              />{" "}
              <Link className="wb-link" to={`${paths.schedule(schedule.id)}?week=${dateIn(shift.from, zone)}`}>
                {t("ui.pause.override")}
              </Link>
            </li>
          ))}
        </ul>
      </Note>
    )
  );
}
