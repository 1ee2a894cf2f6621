import { useEffect, useRef } from "react";

import type { MonitorGraph } from "../../api/types.ts";
import { useZone } from "../../ui/zone.ts";
import css from "./Graph.module.css";
import { Plot } from "./plot.ts";

/** The drawing of a graph; loaded apart, since it brings its own tool. */
export default function Drawing({ graph }: { graph: MonitorGraph }) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot>(undefined);
  const zone = useZone();
  // First of all: the one who draws is made for the graph there is, and only told of the ones that follow.
  useEffect(() => {
    if (plot.current === undefined && host.current !== null) {
      plot.current = new Plot(host.current, graph, zone, css.readout ?? "");
    }
    plot.current?.show(graph, zone);
  }, [graph, zone]);
  useEffect(
    () => () => {
      plot.current?.end();
      plot.current = undefined;
    },
    [],
  );
  return <div ref={host} className={css.canvas} />;
}
