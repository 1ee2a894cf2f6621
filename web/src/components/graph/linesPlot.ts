/** Several lines on a canvas, kept right as data, theme, size and pointer change. */
import "uplot/dist/uPlot.min.css";

import uPlot from "uplot";

import { t } from "../../i18n.ts";
import { exact, short } from "../../ui/figures.ts";
import { clock, dateIn, weekday } from "../../ui/time.ts";
import { type Inks, onTheme, readInks } from "./inks.ts";
import { aligned, type Chart, measured, NAMED, reach, spread } from "./lines.ts";
import { levels, moments, type Point } from "./model.ts";

const LEFT = 44;
const BOTTOM = 24;
const TOP = 14;
const APART = { x: 62, y: 34 } as const;
/** Room for the names at the lines' ends: wide where there is much, else only for values. */
const ENDS = { names: 170, values: 56, from: 640 } as const;
const LABEL = 15;
const DASHES: readonly (readonly number[])[] = [[], [], [6, 3], [2, 3]];

/** Draws into an element until it is ended. */
export class LinesPlot {
  readonly #host: HTMLElement;
  readonly #readout: HTMLElement;
  readonly #ended = new AbortController();
  #chart: Chart;
  #zone: string;
  #inks: Inks;
  #accent = "";
  #past = "";
  #values: Point[][] = [];
  #times: number[] = [];
  #levels: number[] = [];
  #plot: uPlot;

  constructor(host: HTMLElement, chart: Chart, zone: string, readoutClass: string) {
    this.#host = host;
    this.#chart = chart;
    this.#zone = zone;
    this.#inks = this.#read();
    this.#readout = document.createElement("div");
    this.#readout.className = readoutClass;
    this.#readout.hidden = true;
    this.#plot = this.#made();
    this.#follow();
  }

  /** Shows another chart. */
  show(chart: Chart, zone: string): void {
    if (chart === this.#chart && zone === this.#zone) {
      return;
    }
    const isSameShape =
      chart.lines.length === this.#chart.lines.length &&
      chart.lines.every((line, index) => line.isPast === this.#chart.lines[index]?.isPast);
    this.#chart = chart;
    this.#zone = zone;
    if (isSameShape) {
      this.#plot.setData(this.#data());
    } else {
      this.#plot.destroy();
      this.#plot = this.#made();
    }
  }

  /** The picture as it stands, on the ground of the page. */
  picture(): Promise<Blob | null> {
    const { canvas } = this.#plot.ctx;
    const copy = document.createElement("canvas");
    copy.width = canvas.width;
    copy.height = canvas.height;
    const pen = copy.getContext("2d");
    if (pen === null) {
      return Promise.resolve(null);
    }
    pen.fillStyle = this.#inks.ground;
    pen.fillRect(0, 0, copy.width, copy.height);
    pen.drawImage(canvas, 0, 0);
    return new Promise((resolve) => {
      copy.toBlob(resolve, "image/png");
    });
  }

  /** Leaves the element as it was. */
  end(): void {
    this.#ended.abort();
    this.#plot.destroy();
    this.#readout.remove();
  }

  #read(): Inks {
    const style = getComputedStyle(this.#host);
    this.#accent = style.getPropertyValue("--wb-accent").trim();
    this.#past = style.getPropertyValue("--wb-series-2").trim();
    return readInks(this.#host);
  }

  #made(): uPlot {
    const plot = new uPlot(this.#options(), this.#data(), this.#host);
    this.#host.append(this.#readout);
    return plot;
  }

  #follow(): void {
    const { signal } = this.#ended;
    const ended = onTheme(() => {
      this.#inks = this.#read();
      this.#plot.redraw(false, true);
    });
    const resized = new ResizeObserver(() => {
      const { clientWidth: width, clientHeight: height } = this.#host;
      if (width > 0 && (width !== this.#plot.width || height !== this.#plot.height)) {
        // The room at the lines' ends depends on the width.
        this.#plot.destroy();
        this.#plot = this.#made();
      }
    });
    resized.observe(this.#host);
    signal.addEventListener("abort", () => {
      ended();
      resized.disconnect();
    });
  }

  #data(): uPlot.AlignedData {
    const { times, values } = aligned(this.#chart.lines);
    this.#times = times;
    this.#values = values;
    const [low, high] = reach(this.#chart);
    const room = this.#host.clientHeight - TOP - BOTTOM;
    this.#levels = levels(low, high, Math.max(2, Math.floor(room / APART.y)));
    return times.length === 0 ? [[this.#chart.from / 1_000], ...values.map(() => [null])] : [times, ...values];
  }

  #isNamed(): boolean {
    return this.#host.clientWidth >= ENDS.from && this.#chart.lines.filter((line) => line.isPast !== true).length > 1;
  }

  #ink(index: number): string {
    const { lines } = this.#chart;
    if (lines[index]?.isPast === true || index >= NAMED) {
      return this.#past;
    }
    return index % 2 === 0 ? this.#inks.series : this.#accent;
  }

  #options(): uPlot.Options {
    const isAlone = this.#chart.lines.filter((line) => line.isPast !== true).length === 1;
    return {
      width: this.#host.clientWidth,
      height: this.#host.clientHeight,
      padding: [TOP, this.#isNamed() ? ENDS.names : ENDS.values, 0, 0],
      legend: { show: false },
      cursor: {
        y: false,
        drag: { x: false, y: false, setScale: false },
        points: { show: false },
        ...(this.#chart.together === undefined ? {} : { sync: { key: this.#chart.together, setSeries: false } }),
      },
      scales: {
        x: { time: false, range: () => [this.#chart.from / 1_000, this.#chart.to / 1_000] },
        y: { range: () => [this.#levels[0] ?? 0, this.#levels.at(-1) ?? 1] },
      },
      axes: [this.#timeAxis(), this.#valueAxis()],
      series: [
        {},
        ...this.#chart.lines.map((line, index): uPlot.Series => ({
          width: line.isPast === true || index >= NAMED ? 1 : 1.7,
          dash: line.isPast === true ? [3, 3] : [...(DASHES[index] ?? [])],
          stroke: (plot) => (isAlone && line.isPast !== true ? this.#crossing(plot, index) : this.#ink(index)),
          points: { show: false },
        })),
      ],
      hooks: {
        drawClear: [
          (plot) => {
            this.#drawMarked(plot);
          },
        ],
        draw: [
          (plot) => {
            this.#drawWords(plot);
          },
        ],
        setCursor: [
          (plot) => {
            this.#readOut(plot);
          },
        ],
      },
    };
  }

  #axis(): uPlot.Axis {
    return { font: `12px ${this.#inks.family}`, stroke: () => this.#inks.text, ticks: { show: false } };
  }

  #timeAxis(): uPlot.Axis {
    return {
      ...this.#axis(),
      size: BOTTOM,
      gap: 8,
      grid: { show: false },
      splits: (plot) => {
        const { from, to } = this.#chart;
        const most = Math.max(1, Math.floor(plot.bbox.width / uPlot.pxRatio / APART.x));
        const all = moments(from, to, this.#zone, most);
        const each = Math.ceil(all.length / most);
        return all.filter((_, index) => index % each === 0).map((at) => at / 1_000);
      },
      values: (_plot, splits) => splits.map((at) => this.#moment(at * 1_000)),
    };
  }

  /** A clock time; where a day begins, the day. */
  #moment(at: number): string {
    const text = clock(at, this.#zone);
    if (text !== "00:00") {
      return text;
    }
    const [, month = "", day = ""] = dateIn(at, this.#zone).split("-");
    return this.#chart.to - this.#chart.from > 8 * 86_400_000 ? `${day}.${month}.` : weekday(at, this.#zone);
  }

  #valueAxis(): uPlot.Axis {
    return {
      ...this.#axis(),
      size: LEFT,
      gap: 8,
      grid: { stroke: () => this.#inks.grid, width: 1 },
      splits: () => this.#levels,
      values: (_plot, splits) => splits.map((level) => short(level, 4)),
    };
  }

  /** Red where it is beyond the limit, and only there. */
  #crossing(plot: uPlot, index: number): CanvasGradient | string {
    const { limit } = this.#chart;
    const { top, height } = plot.bbox;
    const ink = this.#ink(index);
    const at = limit === undefined ? Number.NaN : (plot.valToPos(limit.threshold, "y", true) - top) / height;
    if (!Number.isFinite(at) || height <= 0) {
      return ink;
    }
    const place = Math.min(1, Math.max(0, at));
    const [above, below] = limit?.side === "above" ? [this.#inks.firing, ink] : [ink, this.#inks.firing];
    const gradient = plot.ctx.createLinearGradient(0, top, 0, top + height);
    for (const [stop, color] of [[0, above], [place, above], [place, below], [1, below]] as const) {
      gradient.addColorStop(stop, color);
    }
    return gradient;
  }

  #drawMarked(plot: uPlot): void {
    const { ctx, bbox } = plot;
    ctx.save();
    for (const { kind, from, to } of this.#chart.marked ?? []) {
      const x = (ms: number) =>
        Math.min(bbox.left + bbox.width, Math.max(bbox.left, plot.valToPos(ms / 1_000, "x", true)));
      ctx.globalAlpha = 0.16;
      ctx.fillStyle = kind === "silent" ? this.#inks.silence : this.#inks.firing;
      ctx.fillRect(x(from), bbox.top, Math.max(2 * uPlot.pxRatio, x(to) - x(from)), bbox.height);
    }
    ctx.restore();
  }

  #drawWords(plot: uPlot): void {
    const { ctx, bbox } = plot;
    const ratio = uPlot.pxRatio;
    ctx.save();
    ctx.scale(ratio, ratio);
    const [left, right] = [bbox.left / ratio, (bbox.left + bbox.width) / ratio];
    const [top, bottom] = [bbox.top / ratio, (bbox.top + bbox.height) / ratio];
    const { limit } = this.#chart;
    if (limit !== undefined) {
      const isAbove = limit.side === "above";
      const over = (one: number) => t(isAbove ? "ui.graph.over" : "ui.graph.under", { limit: exact(one) });
      const y = plot.valToPos(limit.threshold, "y", true) / ratio;
      this.#line(ctx, left, right, y, this.#inks.limit, []);
      this.#write(ctx, t("ui.graph.fires", { limit: over(limit.threshold) }), left + 4, y - 5, 700, this.#inks.limit);
      if (limit.recovery != null && limit.recovery !== limit.threshold) {
        const at = plot.valToPos(limit.recovery, "y", true) / ratio;
        const words = t(isAbove ? "ui.graph.recovers_under" : "ui.graph.recovers_over", { limit: exact(limit.recovery) });
        this.#line(ctx, left, right, at, this.#inks.recovery, [5, 4]);
        const room = Math.abs(at - y) > LABEL + 3 ? at - 5 : at + LABEL - 2;
        this.#write(ctx, words, left + 4, room, 600, this.#inks.recovery);
      }
    }
    this.#drawEnds(plot, right, top, bottom);
    ctx.restore();
  }

  /** The last value of each of the first lines, with its name where there is room. */
  #drawEnds(plot: uPlot, right: number, top: number, bottom: number): void {
    const { ctx } = plot;
    const isNamed = this.#isNamed();
    const ends = this.#chart.lines.flatMap((line, index) => {
      const value = this.#values[index]?.findLast((one) => typeof one === "number");
      return line.isPast === true || index >= NAMED || typeof value !== "number" ? [] : [{ line, index, value }];
    });
    const places = spread(
      ends.map(({ value }) => plot.valToPos(value, "y", true) / uPlot.pxRatio + 4),
      LABEL,
      top + 8,
      bottom + 4,
    );
    ends.forEach(({ line, index, value }, at) => {
      ctx.font = `650 12px ${this.#inks.family}`;
      const room = plot.width - right - 12;
      const whole = measured(value, this.#chart.unit);
      const figure = isNamed || ctx.measureText(whole).width <= room ? whole : short(value);
      const text = (name: string) => (isNamed ? `${figure}  ${name}` : figure);
      let { name } = line;
      // Names differ at their ends.
      while (name.length > 4 && ctx.measureText(text(name)).width > room) {
        name = `…${name.slice(2)}`;
      }
      this.#write(ctx, text(name), right + 8, places[at] ?? 0, 650, this.#ink(index));
    });
  }

  #line(ctx: CanvasRenderingContext2D, from: number, to: number, y: number, ink: string, dash: number[]): void {
    ctx.strokeStyle = ink;
    ctx.lineWidth = 1.2;
    ctx.setLineDash(dash);
    ctx.beginPath();
    ctx.moveTo(from, Math.round(y) + 0.5);
    ctx.lineTo(to, Math.round(y) + 0.5);
    ctx.stroke();
    ctx.setLineDash([]);
  }

  #write(ctx: CanvasRenderingContext2D, text: string, x: number, y: number, weight: number, ink: string): void {
    ctx.font = `${weight} 12px ${this.#inks.family}`;
    ctx.textAlign = "left";
    ctx.textBaseline = "alphabetic";
    ctx.lineJoin = "round";
    ctx.lineWidth = 4;
    ctx.strokeStyle = this.#inks.ground;
    ctx.strokeText(text, x, y);
    ctx.fillStyle = ink;
    ctx.fillText(text, x, y);
  }

  /** Says the time under the pointer and the values of the first lines there. */
  #readOut({ cursor: { idx, left = -1 }, over }: uPlot): void {
    const at = idx == null ? undefined : this.#times[idx];
    if (idx == null || at === undefined || left < 0) {
      this.#readout.hidden = true;
      return;
    }
    const time = document.createElement("span");
    const isLong = this.#chart.to - this.#chart.from > 86_400_000;
    time.textContent = `${isLong ? `${weekday(at * 1_000, this.#zone)} ` : ""}${clock(at * 1_000, this.#zone, !isLong)}`;
    const values = this.#chart.lines.flatMap((line, index) => {
      const value = this.#values[index]?.[idx];
      if (line.isPast === true || index >= NAMED || typeof value !== "number") {
        return [];
      }
      const mark = document.createElement("b");
      mark.textContent = measured(value, this.#chart.unit, 4);
      mark.style.color = this.#ink(index);
      return [mark];
    });
    this.#readout.replaceChildren(time, ...values);
    this.#readout.hidden = false;
    const { offsetWidth: width } = this.#readout;
    const from = Math.max(0, Math.min(over.offsetLeft + left - width / 2, this.#host.clientWidth - width));
    this.#readout.style.transform = `translateX(${Math.round(from)}px)`;
  }
}
