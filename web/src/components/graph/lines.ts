/** Several series in one chart, apart from how they are drawn. Pure. */
import { short } from "../../ui/figures.ts";
import { bridge, type Point } from "./model.ts";

/** One series. */
export interface Line {
  name: string;
  /** Times in seconds since 1970, and values; `null` where nothing was measured. */
  points: readonly (readonly [value: number | null, at_s: number])[];
  /** The same at another time, beside it: drawn thin and dashed. */
  isPast?: boolean;
}

/** Some time that is marked behind the lines. */
export interface Marked {
  kind: "firing" | "silent";
  /** In milliseconds. */
  from: number;
  to: number;
}

/** What a chart shows. */
export interface Chart {
  lines: readonly Line[];
  /** Its span, in milliseconds. */
  from: number;
  to: number;
  /** The limit of a monitor. */
  limit?: { side: string; threshold: number; recovery?: number | null } | undefined;
  marked?: readonly Marked[] | undefined;
  /** What stands behind its values. */
  unit?: string | undefined;
  /** Where its value axis begins; at zero, or below it where values are, when left out. */
  least?: number | undefined;
  /** Charts with the same word show the same moment under the pointer. */
  together?: string | undefined;
}

/** As many lines are told apart by their ink and named at their end. */
export const NAMED = 4;

/** The lines with the times they have in common; where a line has no point it is passed over. */
export function aligned(lines: readonly Line[]): { times: number[]; values: Point[][] } {
  const times = [...new Set(lines.flatMap((line) => line.points.map(([, at]) => at)))].sort((a, b) => a - b);
  const place = new Map(times.map((at, index) => [at, index]));
  const values = lines.map((line) => {
    const row = new Array<Point>(times.length).fill(undefined);
    const bridged = bridge(line.points.map(([value]) => value));
    line.points.forEach(([, at], index) => {
      row[place.get(at) ?? 0] = bridged[index];
    });
    return row;
  });
  return { times, values };
}

/** What the y axis spans: from 0 on, or from where it is to begin, with the limit. */
export function reach({ lines, limit, least }: Chart): [number, number] {
  const begin = least ?? 0;
  let low = Math.min(begin, limit?.threshold ?? begin, limit?.recovery ?? begin);
  let high = Math.max(begin, limit?.threshold ?? begin, limit?.recovery ?? begin);
  for (const [value] of lines.flatMap((line) => line.points)) {
    if (value !== null) {
      low = least === undefined ? Math.min(low, value) : low;
      high = Math.max(high, value);
    }
  }
  return low === high ? [begin, begin + 1] : [low, high];
}

/** What is told of a series in figures. */
export interface Figures {
  last: number | undefined;
  low: number | undefined;
  mean: number | undefined;
  high: number | undefined;
}

/** The figures of a series; without any value there are none. */
export function figures({ points }: Line): Figures {
  const known = points.flatMap(([value]) => (value === null ? [] : [value]));
  if (known.length === 0) {
    return { last: undefined, low: undefined, mean: undefined, high: undefined };
  }
  const sum = known.reduce((a, b) => a + b, 0);
  return {
    last: known.at(-1),
    low: known.reduce((a, b) => Math.min(a, b)),
    mean: sum / known.length,
    high: known.reduce((a, b) => Math.max(a, b)),
  };
}

/** A figure with its unit, or a dash. */
export function said(value: number | undefined, unit?: string): string {
  return value === undefined ? "–" : measured(value, unit);
}

/** A figure with its unit. */
export function measured(value: number, unit?: string, digits?: number): string {
  const figure = short(value, digits);
  return unit === undefined || unit === "" ? figure : `${figure}\u00A0${unit}`;
}

/** Words at the ends of lines that do not stand on each other; `least` apart, within `[top, bottom]`. */
export function spread(places: readonly number[], least: number, top: number, bottom: number): number[] {
  const order = places.map((_, index) => index).sort((a, b) => (places[a] ?? 0) - (places[b] ?? 0));
  const found = [...places];
  let before = top - least;
  for (const index of order) {
    before = Math.max(found[index] ?? 0, before + least);
    found[index] = before;
  }
  let after = bottom + least;
  for (const index of order.reverse()) {
    after = Math.min(found[index] ?? 0, after - least);
    found[index] = after;
  }
  return found;
}

/** A cell as CSV has it. A name that a spreadsheet would take for a formula gets a quote before it. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/u.test(text) ? `'${text}` : text;
  return /[",\n\r]/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** The values as CSV: a row for each time, a column for each series. */
export function csv(lines: readonly Line[], timeHead: string): string {
  const rows = new Map<number, (number | null)[]>();
  lines.forEach((line, column) => {
    for (const [value, at] of line.points) {
      const row = rows.get(at) ?? new Array<number | null>(lines.length).fill(null);
      row[column] = value;
      rows.set(at, row);
    }
  });
  const head = [timeHead, ...lines.map((line) => line.name)].map(cell).join(",");
  const body = [...rows.entries()]
    .sort(([a], [b]) => a - b)
    .map(([at, row]) => [new Date(at * 1_000).toISOString(), ...row.map((value) => (value === null ? "" : String(value)))].join(","));
  return `${[head, ...body].join("\r\n")}\r\n`;
}
