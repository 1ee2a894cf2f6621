import { useIntersection } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useId, useMemo, useState } from "react";
import { Link } from "react-router";

import type { ChartBody } from "../../api/dashboards.ts";
import { renderQuery } from "../../api/metrics.ts";
import { words } from "../../api/problem.ts";
import { type Chart, figures, said } from "../../components/graph/lines.ts";
import { Legend, Lines, LineTable } from "../../components/graph/Lines.tsx";
import { t } from "../../i18n.ts";
import { ErrorNote, Note } from "../../ui/Notes.tsx";
import { paths } from "../../ui/paths.ts";
import { span } from "../../ui/time.ts";
import css from "./Board.module.css";

/** What all charts of a board have in common. */
export interface Frame {
  /** How far back they look. */
  spanS: number;
  /** How often they are asked for anew. */
  everyMs: number | false;
}

interface PanelProps extends Frame {
  /** With the values of variables in place. */
  chart: ChartBody;
  /** What can be done with it while the board is edited. */
  tools?: ReactNode;
}

/** One chart: its targets are asked for at once, as long as it is in sight. */
export function Panel({ chart, spanS, everyMs, tools }: PanelProps) {
  const id = useId();
  const [isTable, setIsTable] = useState(false);
  const { ref, entry } = useIntersection({ rootMargin: "400px" });
  return (
    <section ref={ref} className={css.panel} data-width={chart.width ?? 1} aria-labelledby={id}>
      <div className={css.title}>
        <h2 id={id}>{chart.title === "" ? t("ui.dashboard.untitled") : chart.title}</h2>
        {chart.unit != null && <span className={css.unit}>{chart.unit}</span>}
        {tools ?? (
          <span className={css.links}>
            <button
              type="button"
              className="wb-link"
              onClick={() => {
                setIsTable(!isTable);
              }}
            >
              {t(isTable ? "ui.graph.as_graph" : "ui.graph.as_table")}
              <span className="wb-sr">{chart.title}</span>
            </button>
            <Link className="wb-link" to={paths.explore(chart.targets)}>
              {t("ui.dashboard.explore")}
              <span className="wb-sr">{chart.title}</span>
            </Link>
          </span>
        )}
      </div>
      <Drawn chart={chart} spanS={spanS} everyMs={everyMs} isSeen={entry?.isIntersecting} isTable={isTable} />
    </section>
  );
}

interface DrawnProps extends PanelProps {
  /** Not known at first. */
  isSeen: boolean | undefined;
  isTable: boolean;
}

function Drawn({ chart, spanS, everyMs, isSeen, isTable }: DrawnProps) {
  const targets = chart.targets.filter((one) => one !== "");
  const query = renderQuery({ targets, spanS, most: 400, everyMs });
  const { data, error, refetch } = useQuery({ ...query, enabled: isSeen === true && targets.length > 0 });
  const { unit, y_min: least } = chart;
  const drawn = useMemo(
    (): Chart | undefined =>
      data === undefined
        ? undefined
        : {
            lines: data.series.map(({ target, points }) => ({ name: target, points })),
            from: (data.until - spanS) * 1_000,
            to: data.until * 1_000,
            unit: unit ?? undefined,
            least: least ?? undefined,
            together: "dashboard",
          },
    [data, spanS, unit, least],
  );
  if (targets.length === 0) {
    return <p className={`${css.blank} wb-dim`}>{t("ui.dashboard.no_targets")}</p>;
  }
  if (drawn === undefined) {
    return error === null ? (
      <div className={css.blank} aria-busy={isSeen !== false} />
    ) : (
      <ErrorNote title={t("ui.lines.failed")} detail={words(error).detail} again={() => void refetch()} />
    );
  }
  return (
    <>
      {error !== null && <Note>{t("ui.dashboard.stale", { why: words(error).detail })}</Note>}
      {drawn.lines.length === 0 && <p className={`${css.blank} wb-dim`}>{t("ui.dashboard.no_series")}</p>}
      {drawn.lines.length > 0 &&
        (isTable ? (
          <LineTable lines={drawn.lines} unit={drawn.unit} />
        ) : (
          <>
            <Lines chart={drawn} size="low" label={labelOf(chart.title, drawn, spanS)} />
            {drawn.lines.length > 1 && <Legend lines={drawn.lines} />}
          </>
        ))}
    </>
  );
}

/** The chart in one sentence: what it is, how far back, and where the first line stands now. */
function labelOf(title: string, { lines, unit }: Chart, spanS: number): string {
  const first = lines[0];
  return t("ui.dashboard.chart_label", {
    title,
    count: lines.length,
    span: span(spanS * 1_000),
    name: first?.name ?? "",
    last: said(first === undefined ? undefined : figures(first).last, unit),
  });
}
