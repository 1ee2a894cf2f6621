import { t } from "../../i18n.ts";
import { Glyph } from "../../ui/Glyph.tsx";
import css from "./Look.module.css";
import type { MonitorState } from "./model.ts";
import { LOOKS } from "./words.ts";

/** How a monitor is, for a list: a glyph and the word. */
export function Word({ state }: { state: MonitorState }) {
  const { glyph, tone } = LOOKS[state];
  return (
    <span className={`${css.word} ${css[tone]}`}>
      <Glyph name={glyph} />
      {t(`ui.monitor.state.${state}`)}
    </span>
  );
}

/** How a monitor is, for its header. */
export function Plate({ state }: { state: MonitorState }) {
  const { glyph, tone } = LOOKS[state];
  return (
    <span className={`${css.plate} ${css[tone]}`}>
      <Glyph name={glyph} />
      {t(`ui.monitor.state.${state}`)}
    </span>
  );
}
