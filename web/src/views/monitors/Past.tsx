import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { Link, useSearchParams } from "react-router";

import { renderQuery } from "../../api/metrics.ts";
import type { MonitorDetail, MonitorEpisode } from "../../api/monitors.ts";
import { words } from "../../api/problem.ts";
import { Lines } from "../../components/graph/Lines.tsx";
import { SPANS, spanOf } from "../../components/graph/spans.ts";
import { t } from "../../i18n.ts";
import { ErrorNote, Loading, Note } from "../../ui/Notes.tsx";
import { Section } from "../../ui/Section.tsx";
import { paths } from "../../ui/paths.ts";
import { chartOf, linesOf } from "./model.ts";
import css from "./Monitor.module.css";

interface PastProps {
  monitor: MonitorDetail;
  episodes: readonly MonitorEpisode[];
}

/** The series against the limit, with when it fired and the same hours a week ago. */
export function Past({ monitor, episodes }: PastProps) {
  const [query] = useSearchParams();
  const spanS = spanOf(query.get("span"), 21_600);
  const targets = [monitor.target, `timeShift(${monitor.target},"7d")`];
  const { data, error, isPending, refetch } = useQuery(renderQuery({ targets, spanS }));
  const chart = useMemo(
    () =>
      data === undefined
        ? undefined
        : chartOf(monitor, linesOf(data.series, "timeShift("), data.until, spanS, episodes),
    [data, monitor, spanS, episodes],
  );
  return (
    <Section
      id="past"
      title={t("ui.monitor.past")}
      small={t("ui.monitor.dashed_week")}
      right={
        <span className={css.spans} role="group" aria-label={t("ui.lines.span")}>
          {SPANS.map(({ word, seconds }) => (
            <Link
              key={word}
              to={`?span=${word}`}
              replace
              preventScrollReset
              aria-current={seconds === spanS ? "true" : undefined}
            >
              {t(`ui.lines.span_${word}`)}
            </Link>
          ))}
        </span>
      }
    >
      {chart === undefined && isPending && <Loading rows={5} />}
      {error !== null && chart === undefined && (
        <ErrorNote title={t("ui.lines.failed")} detail={words(error).detail} again={() => void refetch()} />
      )}
      {chart?.lines.length === 0 && <Note>{t("ui.lines.no_series")}</Note>}
      {chart !== undefined && chart.lines.length > 0 && (
        <Lines
          chart={chart}
          label={t("ui.monitor.chart_label", {
            name: monitor.name,
            count: episodes.length,
            state: t(`ui.monitor.state.${monitor.state === "firing" ? "firing" : "well"}`),
          })}
        />
      )}
      <Link className={`wb-link ${css.explore}`} to={paths.metrics(monitor.target)}>
        {t("ui.monitor.explore")}
      </Link>
    </Section>
  );
}
