import css from "./Entrance.module.css";

/** A calm night with one peak over the limit: what this program watches for. */
const LINE =
  "M0 214C60 204 96 206 140 203S220 196 262 202 330 214 372 216 430 222 470 212 540 208 590 214 640 210 690 226 790 236 830 246 880 232 920 228 985 224 1000 226C1030 190 1040 100 1060 100S1098 196 1128 218 1190 212 1240 206 1330 212 1372 207 1420 210 1440 204";

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
