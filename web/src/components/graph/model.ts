/** What a graph shows, apart from how it is drawn. Pure. */
import type { MonitorGraph } from "../../api/types.ts";
import { t } from "../../i18n.ts";
import { exact, short } from "../../ui/figures.ts";
import { addDays, dateIn, millis, startOfDay, when } from "../../ui/time.ts";

/** Senders are late now and then: as many missing values in a row are no gap. */
export const BRIDGED_STEPS = 3;

/** A value to draw; `null` breaks the line, `undefined` is passed over by it. */
export type Point = number | null | undefined;

/** The values with short gaps bridged and long ones left as they are. */
export function bridge(values: readonly (number | null)[], most = BRIDGED_STEPS): Point[] {
  const points: Point[] = [...values];
  let before = -1;
  values.forEach((value, index) => {
    if (value === null) {
      return;
    }
    const missing = index - before - 1;
    if (before >= 0 && missing <= most) {
      points.fill(undefined, before + 1, index);
    }
    before = index;
  });
  return points;
}

/** Values with a gap on both sides: no line shows them. */
export function lonely(points: readonly Point[]): number[] {
  const isGap = (index: number) => points[index] === null || index < 0 || index >= points.length;
  return points.flatMap((point, index) => (typeof point === "number" && isGap(index - 1) && isGap(index + 1) ? [index] : []));
}

/** A value and where it stands. */
export interface Known {
  index: number;
  value: number;
}

/** The last value there is. */
export function lastKnown(values: readonly (number | null)[]): Known | undefined {
  const index = values.findLastIndex((value) => value !== null);
  const value = values[index];
  return value == null ? undefined : { index, value };
}

/** The value nearest to an index, the earlier of two; nothing where the line is broken. */
export function nearest(values: readonly (number | null)[], index: number, most = BRIDGED_STEPS): Known | undefined {
  for (let away = 0; away <= most; away += 1) {
    for (const at of [index - away, index + away]) {
      const value = values[at];
      if (value != null) {
        return { index: at, value };
      }
    }
  }
  return undefined;
}

/** When a value was, in milliseconds. */
export function timeOf({ start_s, step_s }: MonitorGraph, index: number): number {
  return (start_s + index * step_s) * 1_000;
}

/** Whether it is about a series that fell silent: there is no first value beyond the limit then. */
export function isSilence({ since }: MonitorGraph): boolean {
  return since == null;
}

/** Whether a value is where the monitor fires. */
export function isBeyond(side: string, threshold: number, value: number): boolean {
  return side === "above" ? value > threshold : value < threshold;
}

/** Whether the last value is as new as the graph. */
function isFresh(graph: MonitorGraph, last: Known): boolean {
  return graph.values.length - 1 - last.index <= BRIDGED_STEPS;
}

/** The last value if it is as new as the graph: what stands at the end of the line. */
export function present(graph: MonitorGraph): Known | undefined {
  const last = lastKnown(graph.values);
  return last !== undefined && isFresh(graph, last) ? last : undefined;
}

/** As much of the calm before is always shown, and so many times the length of the trouble. */
const LEAD_S = 15 * 60;
const LEAD_TIMES = 4;

/** The part worth drawing: an hour of calm would make the first minutes of trouble a line of two pixels. */
export function framed(graph: MonitorGraph): MonitorGraph {
  const { start_s, step_s, values, since, fired_at, recovered_at } = graph;
  const begun_s = millis(since ?? fired_at) / 1_000;
  const last_s = start_s + (values.length - 1) * step_s;
  const ended_s = recovered_at == null ? last_s : millis(recovered_at) / 1_000;
  const lead_s = Math.max(LEAD_S, LEAD_TIMES * (ended_s - begun_s));
  const skipped = Math.floor((begun_s - lead_s - start_s) / step_s);
  return skipped <= 0 || skipped >= values.length
    ? graph
    : { ...graph, start_s: start_s + skipped * step_s, values: values.slice(skipped) };
}

/** Round figures, evenly spaced, from at or below the lowest to at or above the highest value. */
export function levels(low: number, high: number, most: number): number[] {
  const rough = (high - low) / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(rough));
  for (const nice of [1, 2, 2.5, 5, 10, 20]) {
    const step = nice * power;
    const from = Math.floor(low / step + 1e-9);
    const to = Math.ceil(high / step - 1e-9);
    if (to - from <= most) {
      return Array.from({ length: to - from + 1 }, (_, index) => Number(((from + index) * step).toPrecision(12)));
    }
  }
  return [low, high];
}

/** From this share of the highest value on, a line drawn from 0 would be flat. */
const FLAT_FROM = 0.8;

/** What the y axis spans: from 0, unless nobody could tell values and limit apart then. */
export function extent({ values, threshold, recovery }: MonitorGraph): [number, number] {
  const known = values.filter((value) => value !== null);
  const all = [...known, threshold, recovery ?? threshold];
  const low = Math.min(...all);
  const high = Math.max(...all);
  if (known.length === 0) {
    return [Math.min(0, low), Math.max(0, high) || 1];
  }
  if (low > 0 && high > low && low >= FLAT_FROM * high) {
    return [low - (high - low) / 4, high];
  }
  if (high < 0 && high > low && high <= FLAT_FROM * low) {
    return [low, high + (high - low) / 4];
  }
  const from = Math.min(0, low);
  const to = Math.max(0, high);
  return from === to ? [0, 1] : [from, to];
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const STEPS = [
  ...[5, 10, 15, 30].map((seconds) => seconds * SECOND),
  ...[1, 2, 5, 10, 15, 20, 30, 60, 120, 180, 360, 720, 1_440].map((minutes) => minutes * MINUTE),
];

/** Round clock times of a zone within a span, so many at most. */
export function moments(from: number, to: number, zone: string, most: number): number[] {
  const step = STEPS.find((one) => (to - from) / one <= most) ?? 1_440 * MINUTE;
  const found: number[] = [];
  // From midnight of each day on: a day need not have 24 hours.
  for (let date = dateIn(from, zone); startOfDay(date, zone) <= to; date = addDays(date, 1)) {
    const end = Math.min(startOfDay(addDays(date, 1), zone) - 1, to);
    for (let at = startOfDay(date, zone); at <= end; at += step) {
      if (at >= from) {
        found.push(at);
      }
    }
  }
  return found;
}

/** The limit in words: `over 500`. */
export function limit({ side, threshold }: MonitorGraph): string {
  return t(side === "above" ? "ui.graph.over" : "ui.graph.under", { limit: exact(threshold) });
}

/** The graph in one sentence: how it is called, since when it is beyond its limit, and its value now. */
export function inWords(graph: MonitorGraph, now: number, zone: string): string {
  const { series, since, fired_at, recovered_at } = graph;
  const at = (moment: string | number) => when(moment, now, zone);
  const value = lastInWords(graph, at);
  if (since == null) {
    return recovered_at == null
      ? t("ui.graph.is_silent", { series, at: at(fired_at), value })
      : t("ui.graph.was_silent", { series, until: at(recovered_at), value });
  }
  const words = { series, limit: limit(graph), since: at(since), value };
  return recovered_at == null ? t("ui.graph.is", words) : t("ui.graph.was", { ...words, until: at(recovered_at) });
}

function lastInWords(graph: MonitorGraph, at: (moment: number) => string): string {
  const last = lastKnown(graph.values);
  if (last === undefined) {
    return t("ui.graph.no_value");
  }
  return graph.is_live && isFresh(graph, last)
    ? t("ui.graph.value_now", { value: short(last.value) })
    : t("ui.graph.value_last", { value: short(last.value), at: at(timeOf(graph, last.index)) });
}
