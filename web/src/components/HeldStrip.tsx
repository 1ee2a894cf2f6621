import { t } from "../i18n.ts";
import { Glyph } from "../ui/Glyph.tsx";
import { Say } from "../ui/Say.tsx";
import { When } from "../ui/Times.tsx";
import { useHeld } from "./held.ts";
import css from "./HeldStrip.module.css";

/** What lists what is due and lets go; it is typed, so it is the same in every language. */
const COMMAND = "watchbell resume";

/** Says on every view that nobody is paged, why, and how to mend it. Who may not know sees nothing. */
export function HeldStrip() {
  const held = useHeld();
  if (held === undefined) {
    return null;
  }
  const { since, why } = held;
  return (
    <div className={css.strip} role="alert">
      <Glyph name="stopped" className={css.glyph} />
      <p>
        <b>
          {since === null ? (
            t("ui.held.title")
          ) : (
            <Say k="ui.held.title_since" values={{ since: <When at={since} /> }} />
          )}
        </b>{" "}
        {why} {t("ui.held.holds")}{" "}
        <Say k="ui.held.mend" values={{ command: <code className={css.command}>{COMMAND}</code> }} />
      </p>
    </div>
  );
}
