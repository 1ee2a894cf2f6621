import { SPARK, sparkShape } from "./sparkline.ts";
import css from "./Spark.module.css";

interface SparkProps {
  values: readonly (number | null)[];
  threshold: number;
  side: string;
  /** How the incident is; said by the last dot as long as it is beyond the limit. */
  tone: "triggered" | "acknowledged";
  className: string;
}

/** The last values against their limit, for a row: decoration, the row says the same in words. */
export function Spark({ values, threshold, side, tone, className }: SparkProps) {
  const shape = sparkShape(values, threshold);
  if (shape === undefined) {
    return null;
  }
  const { path, last } = shape;
  const isBeyond = side === "above" ? last.value > threshold : last.value < threshold;
  const { width, height } = SPARK;
  return (
    <svg
      className={`${css.spark} ${className}`}
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      aria-hidden="true"
    >
      <line className={css.limit} x1="0" x2={width} y1={shape.threshold} y2={shape.threshold} />
      <path className={css.line} d={path} />
      <circle className={css[isBeyond ? tone : "well"]} cx={last.x} cy={last.y} r="2.5" />
    </svg>
  );
}
