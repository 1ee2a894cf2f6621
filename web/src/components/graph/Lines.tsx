import { type ComponentType, lazy, memo, Suspense } from "react";

import { t } from "../../i18n.ts";
import { Note } from "../../ui/Notes.tsx";
import css from "./Graph.module.css";
import { type Chart, figures, type Line, NAMED, said } from "./lines.ts";
import own from "./Lines.module.css";
import type { Camera } from "./LinesDrawing.tsx";

interface DrawingProps {
  chart: Chart;
  onCamera?: (camera: Camera) => void;
}

function NotDrawn() {
  return <Note>{t("ui.graph.not_drawn")}</Note>;
}

const load = (): Promise<{ default: ComponentType<DrawingProps> }> =>
  import("./LinesDrawing.tsx").catch(() => ({ default: NotDrawn }));
const Drawing = memo(lazy(load));

interface LinesProps extends DrawingProps {
  /** The chart in one sentence. */
  label: string;
  /** As much room as there is for it. */
  size?: "tall" | "low";
}

/** Several series over the same time. */
export function Lines({ chart, label, size, onCamera }: LinesProps) {
  return (
    <div className={`${css.box} ${size === undefined ? "" : own[size]}`} role="img" aria-label={label}>
      <Suspense fallback={<div aria-busy="true" />}>
        <Drawing chart={chart} {...(onCamera === undefined ? {} : { onCamera })} />
      </Suspense>
    </div>
  );
}

function Mark({ index }: { index: number }) {
  return <i className={own.mark} data-ink={index < NAMED ? index : "rest"} aria-hidden="true" />;
}

/** What the first lines are called, where there is no room at their ends. */
export function Legend({ lines }: { lines: readonly Line[] }) {
  return (
    <ul className={own.legend}>
      {lines.slice(0, NAMED).map((line, index) => (
        <li key={`${index} ${line.name}`}>
          <Mark index={index} />
          <span title={line.name}>{line.name}</span>
        </li>
      ))}
      {lines.length > NAMED && <li>{t("ui.lines.more", { count: lines.length - NAMED })}</li>}
    </ul>
  );
}

/** The series in figures; the first ones with the ink of their line. */
export function LineTable({ lines, unit }: { lines: readonly Line[]; unit?: string | undefined }) {
  const shown = lines.filter((line) => line.isPast !== true);
  return (
    <div className={own.scroll} role="group" aria-label={t("ui.lines.table")} tabIndex={0}>
      <table className={own.table}>
        <thead>
          <tr>
            <th scope="col">{t("ui.lines.series")}</th>
            {(["last", "low", "mean", "high"] as const).map((one) => (
              <th scope="col" key={one}>
                {t(`ui.lines.${one}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((line, index) => {
            const { last, low, mean, high } = figures(line);
            return (
              <tr key={`${index} ${line.name}`}>
                <th scope="row">
                  <Mark index={index} />
                  <span className="wb-mono">{line.name}</span>
                </th>
                <td>{said(last, unit)}</td>
                <td>{said(low, unit)}</td>
                <td>{said(mean, unit)}</td>
                <td>{said(high, unit)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
