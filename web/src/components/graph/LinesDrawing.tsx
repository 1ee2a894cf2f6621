import { useEffect, useRef } from "react";

import { useZone } from "../../ui/zone.ts";
import css from "./Graph.module.css";
import type { Chart } from "./lines.ts";
import { LinesPlot } from "./linesPlot.ts";

/** Gives the picture of a chart; none when it is gone. */
export type Camera = () => Promise<Blob | null>;

/** The drawing of several lines; loaded apart, since it brings its own tool. */
export default function LinesDrawing({ chart, onCamera }: { chart: Chart; onCamera?: (camera: Camera) => void }) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<LinesPlot>(undefined);
  const zone = useZone();
  useEffect(() => {
    if (plot.current === undefined && host.current !== null) {
      plot.current = new LinesPlot(host.current, chart, zone, css.readout ?? "");
    }
    plot.current?.show(chart, zone);
  }, [chart, zone]);
  useEffect(() => {
    onCamera?.(() => plot.current?.picture() ?? Promise.resolve(null));
  }, [onCamera]);
  useEffect(
    () => () => {
      plot.current?.end();
      plot.current = undefined;
    },
    [],
  );
  return <div ref={host} className={css.canvas} />;
}
