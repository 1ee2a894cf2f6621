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
  isTall?: boolean;
}

/** Several series over the same time. */
export function Lines({ chart, label, isTall = false, onCamera }: LinesProps) {
  return (
    <div className={`${css.box} ${isTall ? own.tall : ""}`} role="img" aria-label={label}>
      <Suspense fallback={<div aria-busy="true" />}>
        <Drawing chart={chart} {...(onCamera === undefined ? {} : { onCamera })} />
      </Suspense>
    </div>
  );
}

/** The series in figures; the first ones with the ink of their line. */
export function LineTable({ lines }: { lines: readonly Line[] }) {
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
                  <i data-ink={index < NAMED ? index : "rest"} aria-hidden="true" />
                  <span className="wb-mono">{line.name}</span>
                </th>
                <td>{said(last)}</td>
                <td>{said(low)}</td>
                <td>{said(mean)}</td>
                <td>{said(high)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
