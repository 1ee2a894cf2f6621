import { Link } from "react-router";

import type { MonitorEpisode } from "../../api/monitors.ts";
import { t } from "../../i18n.ts";
import { short } from "../../ui/figures.ts";
import { Loading } from "../../ui/Notes.tsx";
import { useNow } from "../../ui/now.ts";
import { paths } from "../../ui/paths.ts";
import { Section } from "../../ui/Section.tsx";
import { millis, span } from "../../ui/time.ts";
import { Age, When } from "../../ui/Times.tsx";
import { useZone } from "../../ui/zone.ts";
import { days, firedMs } from "./model.ts";
import css from "./History.module.css";

const MINUTE = 60_000;
const SHOWN = 20;

/** When it was not well: a month of days, and each time by itself. */
export function History({ episodes }: { episodes: readonly MonitorEpisode[] | undefined }) {
  const now = useNow();
  const zone = useZone();
  const minute = now - (now % MINUTE);
  const all = episodes ?? [];
  const fired = all.filter((one) => one.state === "firing").length;
  return (
    <Section
      id="history"
      title={t("ui.monitor.fired")}
      small={
        fired === 0 ? t("ui.monitor.never") : t("ui.monitor.fired_times", { count: fired, time: span(firedMs(all, minute)) })
      }
    >
      {episodes === undefined ? <Loading rows={3} /> : <Month episodes={all} now={minute} zone={zone} />}
      {all.length > 0 && <Times episodes={all.slice(0, SHOWN)} />}
    </Section>
  );
}

function Month({ episodes, now, zone }: { episodes: readonly MonitorEpisode[]; now: number; zone: string }) {
  const all = days(episodes, now, zone);
  const most = Math.max(MINUTE, ...all.map((day) => day.firingMs));
  const bad = all.filter((day) => day.firingMs > 0).length;
  return (
    <div role="img" aria-label={t("ui.monitor.month", { count: bad, silent: all.filter((day) => day.isSilent).length })}>
      <div className={css.month}>
        {all.map((day) => (
          <i
            key={day.date}
            title={t("ui.monitor.day", { date: day.date, time: span(day.firingMs) })}
            data-silent={day.isSilent || undefined}
          >
            {day.firingMs > 0 && <b style={{ height: `${Math.max(12, (100 * day.firingMs) / most)}%` }} />}
          </i>
        ))}
      </div>
      <div className={css.axis}>
        <span>{t("ui.monitor.month_begins")}</span>
        <span>{t("ui.monitor.month_height")}</span>
        <span>{t("ui.monitor.today")}</span>
      </div>
    </div>
  );
}

function Times({ episodes }: { episodes: readonly MonitorEpisode[] }) {
  return (
    <div className={css.scroll} role="group" aria-label={t("ui.monitor.times")} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("ui.monitor.when")}</th>
            <th scope="col">{t("ui.monitor.lasted")}</th>
            <th scope="col">{t("ui.monitor.value")}</th>
            <th scope="col">{t("ui.monitor.series_one")}</th>
            <th scope="col">{t("ui.monitor.incident")}</th>
            <th scope="col">{t("ui.monitor.ended")}</th>
          </tr>
        </thead>
        <tbody>
          {episodes.map((one) => (
            <tr key={`${one.series} ${one.at}`}>
              <td className="wb-nw">
                <When at={one.at} />
              </td>
              <td className="wb-nw">
                {one.until == null ? (
                  <>
                    <Age at={one.at} /> {t("ui.monitor.still")}
                  </>
                ) : (
                  span(millis(one.until) - millis(one.at))
                )}
              </td>
              <td className="wb-nw">
                {one.worst == null
                  ? t("ui.monitor.state.silent")
                  : t("ui.monitor.worst", { value: short(one.worst), limit: short(one.threshold ?? 0) })}
              </td>
              <td className="wb-mono">{one.series}</td>
              <td>
                {one.incident != null && (
                  <Link className="wb-link" to={paths.incident(one.incident)}>
                    {t("ui.monitor.open_incident")}
                  </Link>
                )}
              </td>
              <td className="wb-dim">{one.why == null ? t("ui.monitor.open") : ended(one.why)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function ended(why: string): string {
  const known = (["values", "points", "silence", "gone"] as const).find((one) => one === why);
  return known === undefined ? why : t(`ui.monitor.why_${known}`);
}
