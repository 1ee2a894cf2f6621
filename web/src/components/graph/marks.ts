/** What is drawn around the line: the limit, when it fired and recovered, and the last value. */
import uPlot from "uplot";

import type { MonitorGraph } from "../../api/types.ts";
import { t } from "../../i18n.ts";
import { exact, short } from "../../ui/figures.ts";
import { clock, millis } from "../../ui/time.ts";
import type { Inks } from "./inks.ts";
import { isBeyond, isSilence, lastKnown, limit, present, timeOf } from "./model.ts";

/** What the marks are about, and with what they are drawn. */
export interface Scene {
  graph: MonitorGraph;
  inks: Inks;
  zone: string;
}

/** The room above the plot, for the moments, and beside it, for the last value. */
export const ROOM = { top: 22, right: 64 } as const;

/** The plot in CSS pixels, whatever the density of the screen. */
class Pen {
  readonly ctx: CanvasRenderingContext2D;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  /** Where the canvas ends. */
  readonly edge: number;
  readonly #plot: uPlot;

  constructor(plot: uPlot) {
    const { left, top, width, height } = plot.bbox;
    const ratio = uPlot.pxRatio;
    this.#plot = plot;
    this.ctx = plot.ctx;
    this.left = left / ratio;
    this.right = (left + width) / ratio;
    this.top = top / ratio;
    this.bottom = (top + height) / ratio;
    this.edge = plot.width;
  }

  /** Where a moment stands, within the plot. */
  x(ms: number): number {
    const at = this.#plot.valToPos(ms / 1_000, "x", true) / uPlot.pxRatio;
    return Math.min(this.right, Math.max(this.left, at));
  }

  y(value: number): number {
    return this.#plot.valToPos(value, "y", true) / uPlot.pxRatio;
  }

  line(x1: number, y1: number, x2: number, y2: number, ink: string, width = 1, dash: number[] = []): void {
    const { ctx } = this;
    // Between two pixels a hairline would be two pixels wide and grey.
    const crisp = (at: number) => Math.round(at) + 0.5;
    ctx.strokeStyle = ink;
    ctx.lineWidth = width;
    ctx.setLineDash(dash);
    ctx.beginPath();
    ctx.moveTo(crisp(x1), crisp(y1));
    ctx.lineTo(crisp(x2), crisp(y2));
    ctx.stroke();
  }

  /** Text that stays readable where the line runs behind it. */
  text(text: string, x: number, y: number, font: string, ink: string, halo: string): void {
    const { ctx } = this;
    ctx.font = font;
    ctx.textAlign = "left";
    ctx.textBaseline = "alphabetic";
    ctx.lineJoin = "round";
    ctx.lineWidth = 4;
    ctx.setLineDash([]);
    ctx.strokeStyle = halo;
    ctx.strokeText(text, x, y);
    ctx.fillStyle = ink;
    ctx.fillText(text, x, y);
  }

  width(text: string, font: string): number {
    this.ctx.font = font;
    return this.ctx.measureText(text).width;
  }
}

/** Draws with a pen in CSS pixels and leaves the canvas as it was. */
function drawn(plot: uPlot, draw: (pen: Pen) => void): void {
  const { ctx } = plot;
  ctx.save();
  ctx.scale(uPlot.pxRatio, uPlot.pxRatio);
  draw(new Pen(plot));
  ctx.restore();
}

/** Under the line: the time it was beyond the limit and did not fire yet, and the time it fired. */
export function drawSpans(plot: uPlot, { graph, inks }: Scene): void {
  drawn(plot, (pen) => {
    const { ctx, top, bottom } = pen;
    const fired = pen.x(millis(graph.fired_at));
    const end = graph.recovered_at == null ? pen.right : pen.x(millis(graph.recovered_at));
    ctx.globalAlpha = 0.11;
    ctx.fillStyle = isSilence(graph) ? inks.silence : inks.firing;
    ctx.fillRect(fired, top, end - fired, bottom - top);
    if (graph.since != null) {
      const since = pen.x(millis(graph.since));
      ctx.globalAlpha = 0.4;
      hatch(pen, since, fired, inks.waiting);
    }
  });
}

const HATCH = 6;

function hatch({ ctx, top, bottom }: Pen, from: number, to: number, ink: string): void {
  const height = bottom - top;
  ctx.beginPath();
  ctx.rect(from, top, to - from, height);
  ctx.clip();
  ctx.strokeStyle = ink;
  ctx.lineWidth = 1.6;
  ctx.beginPath();
  for (let x = from - height; x < to; x += HATCH) {
    ctx.moveTo(x, bottom);
    ctx.lineTo(x + height, top);
  }
  ctx.stroke();
}

/** Over the line: everything that has words. */
export function drawMarks(plot: uPlot, scene: Scene): void {
  drawn(plot, (pen) => {
    drawLimits(pen, scene);
    drawMoments(pen, scene);
    drawLast(pen, scene);
  });
}

/** The least distance of two lines that both have their words above them. */
const LABEL = 17;

function drawLimits(pen: Pen, { graph, inks }: Scene): void {
  const { threshold, recovery, side } = graph;
  const font = (weight: number) => `${weight} 12px ${inks.family}`;
  const at = pen.y(threshold);
  const recoveryAt = recovery == null || recovery === threshold ? undefined : pen.y(recovery);
  /** Above its line, unless there is no room. */
  const base = (line: number, other: number | undefined) => {
    const isCrowded = line - LABEL < pen.top || (other !== undefined && other < line && line - other < LABEL);
    return isCrowded && line + LABEL < pen.bottom ? line + 14 : line - 5;
  };
  if (recovery != null && recoveryAt !== undefined) {
    const words = t(side === "above" ? "ui.graph.recovers_under" : "ui.graph.recovers_over", { limit: exact(recovery) });
    pen.line(pen.left, recoveryAt, pen.right, recoveryAt, inks.recovery, 1, [5, 4]);
    pen.text(words, pen.left + 4, base(recoveryAt, at), font(600), inks.recovery, inks.ground);
  }
  pen.line(pen.left, at, pen.right, at, inks.limit, 1.2);
  pen.text(t("ui.graph.fires", { limit: limit(graph) }), pen.left + 4, base(at, recoveryAt), font(700), inks.limit, inks.ground);
}

function drawMoments(pen: Pen, { graph, inks, zone }: Scene): void {
  const { fired_at, recovered_at } = graph;
  const font = `600 12px ${inks.family}`;
  const words = (key: "ui.graph.fired" | "ui.graph.recovered", moment: string) => {
    const text = t(key, { at: clock(moment, zone, true) });
    return { text, width: pen.width(text, font), x: pen.x(millis(moment)) };
  };
  const write = ({ text, x }: { text: string; x: number }, from: number, ink: string) => {
    pen.line(x, pen.top - 4, x, pen.bottom, ink, 1, [2, 3]);
    pen.text(text, Math.max(0, from), pen.top - 8, font, inks.strong, inks.ground);
  };
  const fired = words("ui.graph.fired", fired_at);
  let end = pen.edge;
  if (recovered_at != null) {
    const recovered = words("ui.graph.recovered", recovered_at);
    const from = Math.min(recovered.x - 4, pen.edge - recovered.width);
    // The first gives way to the left where both have no room behind one another.
    end = Math.max(fired.width, from - 12);
    write(recovered, Math.max(from, end + 12), inks.recovery);
  }
  write(fired, Math.min(fired.x - 4, end - fired.width), isSilence(graph) ? inks.silence : inks.limit);
}

function drawLast(pen: Pen, { graph, inks }: Scene): void {
  const { ctx } = pen;
  if (graph.is_live) {
    pen.line(pen.right - 1, pen.top, pen.right - 1, pen.bottom, inks.faint);
  }
  const last = lastKnown(graph.values);
  if (last === undefined) {
    return;
  }
  const isHot = isBeyond(graph.side, graph.threshold, last.value);
  const y = pen.y(last.value);
  ctx.setLineDash([]);
  ctx.beginPath();
  ctx.arc(pen.x(timeOf(graph, last.index)), y, 5, 0, 2 * Math.PI);
  ctx.fillStyle = isHot ? inks.firing : inks.series;
  ctx.strokeStyle = inks.ground;
  ctx.lineWidth = 2;
  ctx.fill();
  ctx.stroke();
  // An old value does not stand where the present one is looked for.
  if (present(graph) !== undefined) {
    const font = `700 15px ${inks.family}`;
    pen.text(short(last.value), pen.right + 9, y + 5, font, isHot ? inks.limit : inks.strong, inks.ground);
  }
}
