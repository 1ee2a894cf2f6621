/** The line of a sparkline. Pure. */

/** How large it is, and how far from its edge it keeps, so that the last dot is whole. */
export const SPARK = { width: 96, height: 24, margin: 3 } as const;

/** Where things stand in it. */
export interface SparkShape {
  /** The line as an SVG path: one piece between gaps. */
  path: string;
  threshold: number;
  last: { x: number; y: number; value: number };
}

/** Places values and limit; undefined where there is no value. */
export function sparkShape(values: readonly (number | null)[], threshold: number): SparkShape | undefined {
  const { width, height, margin } = SPARK;
  const known = values.filter((value) => value !== null);
  const low = Math.min(...known, threshold);
  const high = Math.max(...known, threshold);
  const step = (width - 2 * margin) / Math.max(1, values.length - 1);
  const round = (at: number) => Math.round(at * 10) / 10;
  const y = (value: number) => round(height - margin - ((value - low) / (high - low || 1)) * (height - 2 * margin));
  let path = "";
  let last: SparkShape["last"] | undefined;
  values.forEach((value, index) => {
    if (value === null) {
      return;
    }
    const isFirst = index === 0 || values[index - 1] === null;
    last = { x: round(margin + index * step), y: y(value), value };
    path += `${isFirst ? "M" : "L"}${last.x} ${last.y}`;
  });
  return last === undefined ? undefined : { path, threshold: y(threshold), last };
}
