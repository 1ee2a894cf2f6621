import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { renderQuery } from "../../api/metrics.ts";
import { type Preview, previewQuery } from "../../api/monitors.ts";
import { ApiError, words } from "../../api/problem.ts";
import { Lines } from "../../components/graph/Lines.tsx";
import { t } from "../../i18n.ts";
import { ErrorNote, Note } from "../../ui/Notes.tsx";
import { Readout, Readouts } from "../../ui/Readouts.tsx";
import { Section } from "../../ui/Section.tsx";
import { useSettled } from "../../ui/settled.ts";
import { span } from "../../ui/time.ts";
import { When } from "../../ui/Times.tsx";
import { chartOf, type Draft, linesOf, previewOf } from "./model.ts";
import css from "./MonitorForm.module.css";

const WEEK_S = 604_800;
const SHOWN = 6;

/** How often the draft would have fired in the last day and the last week. */
export function Trial({ draft }: { draft: Draft }) {
  const settled = useSettled(draft);
  const body = useMemo(() => previewOf(settled), [settled]);
  const { data, error, isFetching } = useQuery({ ...previewQuery(body), placeholderData: keepPreviousData });
  const isKnown = body !== undefined && data !== undefined && error === null;
  return (
    <div className={css.trial}>
      <Section id="trial" title={t("ui.monitor.trial")} small={isFetching ? t("ui.monitor.judging") : undefined}>
        {body === undefined && <p className="wb-dim">{t("ui.monitor.trial_waits")}</p>}
        {body !== undefined && error !== null && <ErrorNote title={t("ui.monitor.trial_failed")} detail={reason(error)} />}
        {isKnown && <Outcome preview={data} />}
        {body !== undefined && error === null && <Chart draft={settled} preview={isKnown ? data : undefined} />}
        {isKnown && <Times preview={data} />}
      </Section>
    </div>
  );
}

function reason(error: unknown): string {
  const fields = error instanceof ApiError ? Object.values(error.fields) : [];
  return fields.length > 0 ? fields.join(" ") : words(error).detail;
}

function Outcome({ preview }: { preview: Preview }) {
  return (
    <>
      <Readouts>
        <Readout label={t("ui.monitor.last_day")} wrong={preview.count_day > 0}>
          {t("ui.monitor.times_count", { count: preview.count_day })}
        </Readout>
        <Readout label={t("ui.monitor.last_week")} wrong={preview.count > 0}>
          {t("ui.monitor.times_count", { count: preview.count })}
        </Readout>
        <Readout label={t("ui.monitor.series")} only="wide">{preview.series.length}</Readout>
      </Readouts>
      <p className={css.how} role="status">
        {t("ui.monitor.trial_says", { count: preview.count, every: span(preview.every_s * 1_000) })}
      </p>
      {preview.series.length === 0 && <Note>{t("ui.lines.no_series")}</Note>}
      {preview.left_out > 0 && <Note>{t("ui.monitor.left_out", { count: preview.left_out })}</Note>}
    </>
  );
}

function Chart({ draft, preview }: { draft: Draft; preview: Preview | undefined }) {
  const body = previewOf(draft);
  const { data } = useQuery(renderQuery({ targets: [draft.target], spanS: WEEK_S, most: 400 }));
  const chart = useMemo(
    () =>
      data === undefined || body === undefined
        ? undefined
        : chartOf(
            { side: body.side ?? "above", threshold: body.threshold, recovery: body.recovery ?? null },
            linesOf(data.series, "timeShift("),
            data.until,
            WEEK_S,
            preview?.series.flatMap((one) => one.episodes) ?? [],
          ),
    [data, body, preview],
  );
  if (chart === undefined || chart.lines.length === 0) {
    return null;
  }
  return <Lines chart={chart} label={t("ui.monitor.trial_label", { count: preview?.count ?? 0 })} />;
}

function Times({ preview }: { preview: Preview }) {
  const all = preview.series
    .flatMap((series) => series.episodes.map((episode) => ({ ...episode, series: series.series })))
    .sort((a, b) => b.at.localeCompare(a.at));
  if (all.length === 0) {
    return null;
  }
  return (
    <ul className={css.times}>
      {all.slice(0, SHOWN).map((one) => (
        <li key={`${one.series} ${one.at}`}>
          <When at={one.at} />
          <span className="wb-mono">{one.series}</span>
          <span className="wb-dim">
            {one.until == null
              ? t("ui.monitor.still")
              : span(Date.parse(one.until) - Date.parse(one.at))}
          </span>
        </li>
      ))}
    </ul>
  );
}
