import { type ComponentType, lazy, memo, Suspense, useMemo, useState } from "react";

import type { MonitorGraph } from "../../api/types.ts";
import { t } from "../../i18n.ts";
import { short } from "../../ui/figures.ts";
import { Note } from "../../ui/Notes.tsx";
import { useNow } from "../../ui/now.ts";
import { when } from "../../ui/time.ts";
import { useZone } from "../../ui/zone.ts";
import css from "./Graph.module.css";
import { framed, inWords, isBeyond, limit, timeOf } from "./model.ts";

const MINUTE = 60_000;

/** What stands there when the drawing did not come: a part, so never the end of the view. */
function NotDrawn() {
  return <Note>{t("ui.graph.not_drawn")}</Note>;
}

const load = (): Promise<{ default: ComponentType<{ graph: MonitorGraph }> }> =>
  import("./Drawing.tsx").catch(() => ({ default: NotDrawn }));
// The view knows the time each second; the drawing need not.
const Drawing = memo(lazy(load));

/** Fetches what draws, while the graph itself is still on its way. */
export function preload(): void {
  void load();
}

/** A graph with its limit, or the same as a table. */
export function Graph({ graph }: { graph: MonitorGraph }) {
  const now = useNow();
  const zone = useZone();
  const [isTable, setIsTable] = useState(false);
  const frame = useMemo(() => framed(graph), [graph]);
  const words = inWords(graph, now, zone);
  return (
    <div>
      <div className={css.head}>
        <h2>{graph.monitor.name}</h2>
        <span className={`wb-mono ${css.series}`}>{graph.series}</span>
        <button
          type="button"
          className={`wb-link ${css.switch}`}
          onClick={() => {
            setIsTable(!isTable);
          }}
        >
          {t(isTable ? "ui.graph.as_graph" : "ui.graph.as_table")}
          <span className="wb-sr">{graph.series}</span>
        </button>
      </div>
      {isTable ? (
        <div className={`${css.box} ${css.scroll}`} role="group" aria-label={words} tabIndex={0}>
          <Table graph={graph} now={now - (now % MINUTE)} zone={zone} />
        </div>
      ) : (
        <div className={css.box} role="img" aria-label={words}>
          <Suspense fallback={<div aria-busy="true" />}>
            <Drawing graph={frame} />
          </Suspense>
        </div>
      )}
    </div>
  );
}

/** As much room as a graph takes that is still on its way. */
export function Coming() {
  return (
    <div aria-busy="true">
      <div className={css.head} />
      <div className={css.box} />
    </div>
  );
}

/** Every value there is, newest first; hundreds of rows, which need not be made anew each second. */
const Table = memo(function Table({ graph, now, zone }: { graph: MonitorGraph; now: number; zone: string }) {
  const rows = graph.values.flatMap((value, index) => (value === null ? [] : [{ value, at: timeOf(graph, index) }])).reverse();
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{t("ui.graph.time")}</th>
          <th scope="col" className={css.figure}>
            {t("ui.graph.value")}
          </th>
          <th scope="col">{t("ui.graph.crossed")}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ value, at }) => (
          <tr key={at}>
            <td>{when(at, now, zone, true)}</td>
            <td className={css.figure}>{short(value, 6)}</td>
            <td className="wb-triggered">{isBeyond(graph.side, graph.threshold, value) && limit(graph)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
});
