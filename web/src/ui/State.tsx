import { t } from "../i18n.ts";
import { Glyph } from "./Glyph.tsx";
import css from "./State.module.css";

/** Where an incident stands. */
export type State = "triggered" | "acknowledged" | "resolved";

/** The state as a plate, for headers: never two in one row. */
export function Plate({ state }: { state: State }) {
  return (
    <span className={`${css.plate} ${css[state]}`}>
      <Glyph name={state} />
      {t(`state.${state}`)}
    </span>
  );
}

/** The state as a glyph with its name, for lists. */
export function StateGlyph({ state }: { state: State }) {
  return <Glyph name={state} label={t(`state.${state}`)} className={`wb-${state}`} />;
}
