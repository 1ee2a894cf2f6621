import css from "./Entrance.module.css";

const WIDTH = 1440;
const POINTS = 240;

/** A calm night with one peak over the limit: what this program watches for. */
function heightAt(x: number): number {
  const calm = 14 * Math.sin(7 * x + 0.6) + 6 * Math.sin(19 * x);
  const noise = 2.2 * Math.sin(71 * x) + 1.8 * Math.sin(127 * x + 1) + 1.2 * Math.sin(223 * x + 2);
  const peak = 104 * Math.exp(-(((x - 0.735) / 0.026) ** 2));
  return 210 - calm - noise - peak;
}

const LINE = Array.from({ length: POINTS }, (_, index) => {
  const x = index / (POINTS - 1);
  return `${index === 0 ? "M" : "L"}${(x * WIDTH).toFixed(1)} ${heightAt(x).toFixed(1)}`;
}).join("");

/** The line at the foot of the entrance. */
export function Horizon() {
  return (
    <svg className={css.horizon} viewBox="0 0 1440 400" preserveAspectRatio="none" aria-hidden="true">
      <path className={css.ground} d={`${LINE}V400H0z`} />
      <path className={css.limit} d="M0 138H1440" />
      <path className={css.line} d={LINE} />
    </svg>
  );
}
