/** A graph on a canvas, kept right as data, theme, size and pointer change. */
import "uplot/dist/uPlot.min.css";

import uPlot from "uplot";

import type { MonitorGraph } from "../../api/types.ts";
import { t } from "../../i18n.ts";
import { short } from "../../ui/figures.ts";
import { clock } from "../../ui/time.ts";
import { onTheme, readInks } from "./inks.ts";
import { drawMarks, drawSpans, ROOM, type Scene } from "./marks.ts";
import { bridge, extent, isBeyond, levels, lonely, moments, nearest, timeOf } from "./model.ts";

const AXIS_LEFT = 44;
const AXIS_BOTTOM = 24;
/** The least distance of two words on an axis. */
const APART = { x: 58, y: 34 } as const;

/** Draws into an element until it is ended. */
export class Plot {
  readonly #host: HTMLElement;
  readonly #plot: uPlot;
  readonly #readout: HTMLElement;
  readonly #ended = new AbortController();
  #scene: Scene;
  #lonely: number[] = [];
  #levels: number[] = [];

  constructor(host: HTMLElement, graph: MonitorGraph, zone: string, readoutClass: string) {
    this.#host = host;
    this.#scene = { graph, zone, inks: readInks(host) };
    this.#measure();
    this.#plot = new uPlot(this.#options(), this.#data(), host);
    this.#readout = document.createElement("div");
    this.#readout.className = readoutClass;
    this.#readout.hidden = true;
    host.append(this.#readout);
    this.#follow();
  }

  /** Shows other values, or the same graph grown. */
  show(graph: MonitorGraph, zone: string): void {
    if (graph === this.#scene.graph && zone === this.#scene.zone) {
      return;
    }
    this.#scene = { ...this.#scene, graph, zone };
    this.#measure();
    this.#plot.setData(this.#data());
  }

  /** Leaves the element as it was. */
  end(): void {
    this.#ended.abort();
    this.#plot.destroy();
    this.#readout.remove();
  }

  /** Redraws for another theme, another size, a font that came late; reads out under a finger. */
  #follow(): void {
    const { signal } = this.#ended;
    const repaint = () => {
      this.#scene = { ...this.#scene, inks: readInks(this.#host) };
      this.#plot.redraw(false, true);
    };
    const ended = onTheme(repaint);
    const resized = new ResizeObserver(() => {
      const { clientWidth: width, clientHeight: height } = this.#host;
      if (width > 0 && (width !== this.#plot.width || height !== this.#plot.height)) {
        this.#measure();
        this.#plot.setSize({ width, height });
        // Another height may have other levels, and the scale holds to those it was given with the data.
        this.#plot.setData(this.#data());
      }
    });
    resized.observe(this.#host);
    void document.fonts.ready.then(() => {
      if (!signal.aborted) {
        this.#plot.redraw(false, true);
      }
    });
    const { over } = this.#plot;
    const touched = (event: PointerEvent) => {
      if (event.pointerType === "touch") {
        const { left, top } = over.getBoundingClientRect();
        this.#plot.setCursor({ left: event.clientX - left, top: event.clientY - top });
      }
    };
    over.addEventListener("pointerdown", touched, { signal });
    over.addEventListener("pointermove", touched, { signal });
    signal.addEventListener("abort", () => {
      ended();
      resized.disconnect();
    });
  }

  #data(): uPlot.AlignedData {
    const { graph } = this.#scene;
    const points = bridge(graph.values);
    this.#lonely = lonely(points);
    return [graph.values.map((_, index) => timeOf(graph, index) / 1_000), points];
  }

  #measure(): void {
    const [low, high] = extent(this.#scene.graph);
    const room = this.#host.clientHeight - ROOM.top - AXIS_BOTTOM;
    this.#levels = levels(low, high, Math.max(2, Math.floor(room / APART.y)));
  }

  /** When the graph begins and ends, in seconds; never a single moment. */
  #span(): [number, number] {
    const { graph } = this.#scene;
    const from = timeOf(graph, 0) / 1_000;
    return [from, Math.max(timeOf(graph, graph.values.length - 1) / 1_000, from + graph.step_s)];
  }

  #options(): uPlot.Options {
    return {
      width: this.#host.clientWidth,
      height: this.#host.clientHeight,
      padding: [ROOM.top, ROOM.right, 0, 0],
      legend: { show: false },
      cursor: {
        y: false,
        drag: { x: false, y: false, setScale: false },
        points: { size: 9, width: 2, stroke: () => this.#scene.inks.ground, fill: () => this.#scene.inks.strong },
        // The dot stands on a value, or nowhere.
        dataIdx: (_plot, _series, index) => nearest(this.#scene.graph.values, index)?.index ?? index,
      },
      scales: {
        x: { time: false, range: () => this.#span() },
        y: { range: () => [this.#levels[0] ?? 0, this.#levels.at(-1) ?? 1] },
      },
      axes: [this.#times(), this.#values()],
      series: [
        {},
        {
          width: 1.7,
          stroke: (plot) => this.#stroke(plot),
          points: { show: () => this.#lonely.length > 0, filter: () => this.#lonely, size: 4 },
        },
      ],
      hooks: {
        drawClear: [
          (plot) => {
            drawSpans(plot, this.#scene);
          },
        ],
        draw: [
          (plot) => {
            drawMarks(plot, this.#scene);
          },
        ],
        setCursor: [
          (plot) => {
            this.#read(plot);
          },
        ],
      },
    };
  }

  #axis(): uPlot.Axis {
    return {
      font: `12px ${this.#scene.inks.family}`,
      stroke: () => this.#scene.inks.text,
      ticks: { show: false },
    };
  }

  #times(): uPlot.Axis {
    return {
      ...this.#axis(),
      size: AXIS_BOTTOM,
      gap: 8,
      grid: { show: false },
      splits: (plot) => {
        const [from, to] = this.#span();
        const most = Math.max(1, Math.floor((plot.width - AXIS_LEFT - ROOM.right) / APART.x));
        return moments(from * 1_000, to * 1_000, this.#scene.zone, most).map((at) => at / 1_000);
      },
      values: (_plot, splits) => {
        const isFine = splits.some((at) => at % 60 !== 0);
        return splits.map((at) => clock(at * 1_000, this.#scene.zone, isFine));
      },
    };
  }

  #values(): uPlot.Axis {
    return {
      ...this.#axis(),
      size: AXIS_LEFT,
      gap: 8,
      grid: { stroke: () => this.#scene.inks.grid, width: 1 },
      splits: () => this.#levels,
      // Steps of 2 500 need more figures than a value does.
      values: (_plot, splits) => splits.map((level) => short(level, 4)),
    };
  }

  /** Red where it is beyond the limit, and only there. */
  #stroke(plot: uPlot): CanvasGradient | string {
    const { graph, inks } = this.#scene;
    const { top, height } = plot.bbox;
    const at = (plot.valToPos(graph.threshold, "y", true) - top) / height;
    if (!Number.isFinite(at) || height <= 0) {
      return inks.series;
    }
    const place = Math.min(1, Math.max(0, at));
    const [above, below] = graph.side === "above" ? [inks.firing, inks.series] : [inks.series, inks.firing];
    const gradient = plot.ctx.createLinearGradient(0, top, 0, top + height);
    gradient.addColorStop(0, above);
    gradient.addColorStop(place, above);
    gradient.addColorStop(place, below);
    gradient.addColorStop(1, below);
    return gradient;
  }

  /** Says value and time under the pointer. */
  #read({ cursor: { idx, left = -1 }, over }: uPlot): void {
    const { graph, inks, zone } = this.#scene;
    if (idx == null || left < 0) {
      this.#readout.hidden = true;
      return;
    }
    const known = nearest(graph.values, idx);
    const time = clock(timeOf(graph, known?.index ?? idx), zone, true);
    const value = document.createElement("b");
    value.textContent = known === undefined ? t("ui.graph.no_value") : short(known.value, 4);
    value.style.color = known !== undefined && isBeyond(graph.side, graph.threshold, known.value) ? inks.limit : "";
    this.#readout.replaceChildren(value, time);
    this.#readout.hidden = false;
    const middle = over.offsetLeft + left;
    const { offsetWidth: width } = this.#readout;
    const from = Math.max(0, Math.min(middle - width / 2, this.#host.clientWidth - width));
    this.#readout.style.transform = `translateX(${Math.round(from)}px)`;
  }
}
