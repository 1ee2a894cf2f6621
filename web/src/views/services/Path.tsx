import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { Link } from "react-router";

import { words } from "../../api/problem.ts";
import { type ServicePath, servicePathQuery } from "../../api/services.ts";
import { t } from "../../i18n.ts";
import { short } from "../../ui/figures.ts";
import { ErrorNote, Loading } from "../../ui/Notes.tsx";
import { span } from "../../ui/time.ts";
import { BAND, eventCount, flow, outcomes, posts, resolvedCount } from "./model.ts";
import css from "./Path.module.css";

/** The spans one can look at, in hours. */
const SPANS = [24, 168] as const;

/** The path of a service: one band that narrows from events to pages, and what fell away at each post. */
export function Path({ service, hours }: { service: string; hours: number }) {
  const { data, error, isPending, refetch } = useQuery(servicePathQuery(service, hours));
  // What is known of the other span stays while this one is asked for.
  const [known, setKnown] = useState(data);
  if (data !== undefined && data !== known) {
    setKnown(data);
  }
  const path = data ?? known;
  return (
    <section className={css.section} aria-labelledby="path">
      <div className={css.top}>
        <h2 id="path">{t("ui.service.path")}</h2>
        <div className={css.spans} role="group" aria-label={t("ui.service.span")}>
          {SPANS.map((one) => (
            <Link
              key={one}
              to={one === 24 ? "?" : `?hours=${one}`}
              replace
              preventScrollReset
              aria-current={one === hours ? "true" : undefined}
            >
              {t(`ui.service.span_${one}`)}
            </Link>
          ))}
        </div>
      </div>
      {path !== undefined && <Band path={path} />}
      {path !== undefined && <Counts path={path} />}
      {path === undefined && isPending && <Loading rows={3} />}
      {path === undefined && error !== null && (
        <ErrorNote title={t("ui.service.path_failed")} detail={words(error).detail} again={() => void refetch()} />
      )}
    </section>
  );
}

/** The band. */
function Band({ path }: { path: ServicePath }) {
  const all = posts(path);
  const isLoud = path.incidents.triggered > 0 || path.incidents.acknowledged === 0;
  const label = t("ui.service.band", {
    events: eventCount(path),
    alerts: path.alerts.count,
    incidents: path.incidents.count,
    pages: path.pages.count,
    open: path.incidents.triggered + path.incidents.acknowledged,
  });
  return (
    <svg
      className={css.band}
      viewBox={`0 0 ${BAND.width} ${BAND.height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      {all.map((post, index) => {
        const next = all[index + 1];
        const to = next?.x ?? BAND.width;
        const end = next ?? post;
        return (
          <g key={post.x}>
            <path className={css.flow} d={flow(post.x, to, post.height, end.height)} />
            {post.open > 0 && (
              <path className={isLoud ? css.loud : css.taken} d={flow(post.x, to, post.open, end.open)} />
            )}
          </g>
        );
      })}
      {all.map(({ x, height }) => (
        <rect
          key={x}
          className={css.post}
          x={x}
          y={(BAND.height - height) / 2 - 3}
          width={BAND.post}
          height={height + 6}
          rx="1"
        />
      ))}
    </svg>
  );
}

/** The numbers under the posts; in each list they add up to the number above it. */
function Counts({ path }: { path: ServicePath }) {
  const { alerts, incidents, pages } = path;
  const over = resolvedCount(path);
  const fromAlerts = Math.min(alerts.incidents, alerts.count);
  return (
    <ol className={css.posts}>
      <Post n={eventCount(path)} name={t("ui.service.events", { count: eventCount(path) })}>
        {outcomes(path).map(({ outcome, count }) => (
          <Part key={outcome} n={count} goesOn={outcome === "opened"}>
            {t(`ui.service.outcome.${outcome}`)}
          </Part>
        ))}
      </Post>
      <Post n={alerts.count} name={t("ui.service.alerts", { count: alerts.count })}>
        <Part n={alerts.count - fromAlerts}>{t("ui.service.joined")}</Part>
        <Part n={fromAlerts} goesOn>
          {t("ui.service.opened_incident")}
        </Part>
        <Part n={alerts.open}>{t("ui.service.fire_now")}</Part>
      </Post>
      <Post n={incidents.count} name={t("ui.service.incidents", { count: incidents.count })}>
        <Part n={incidents.triggered} tone="wb-triggered wb-strong">
          {t("ui.service.nobody_has")}
        </Part>
        <Part n={incidents.acknowledged} tone="wb-acknowledged">
          {t("ui.service.someone_has")}
        </Part>
        <Part n={over}>
          {incidents.median_s == null
            ? t("ui.service.resolved")
            : t("ui.service.resolved_median", { took: span(incidents.median_s * 1_000) })}
        </Part>
      </Post>
      <Post n={pages.count} name={`${t("ui.service.pages", { count: pages.count })} ${t("ui.service.to_people", { count: pages.people })}`}>
        <Part n={pages.done}>{t("ui.service.sent")}</Part>
        <Part n={pages.cancelled}>{t("ui.service.stopped")}</Part>
        <Part n={pages.messages - pages.done - pages.cancelled}>{t("ui.service.to_come")}</Part>
      </Post>
    </ol>
  );
}

function Post({ n, name, children }: { n: number; name: string; children: ReactNode }) {
  return (
    <li>
      <div className={css.number}>
        <b>{short(n)}</b>
        <span>{name}</span>
      </div>
      <ul>{children}</ul>
    </li>
  );
}

interface PartProps {
  n: number;
  /** What goes on to the next post. */
  goesOn?: boolean;
  tone?: string;
  children: ReactNode;
}

function Part({ n, goesOn = false, tone, children }: PartProps) {
  return n === 0 ? null : (
    <li className={tone}>
      <b>{short(n)}</b>
      <span className={goesOn ? "wb-strong" : undefined}>{children}</span>
    </li>
  );
}
