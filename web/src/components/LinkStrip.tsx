import { t } from "../i18n.ts";
import { Glyph } from "../ui/Glyph.tsx";
import { Say } from "../ui/Say.tsx";
import { clock } from "../ui/time.ts";
import { Age, When } from "../ui/Times.tsx";
import { useZone } from "../ui/zone.ts";
import css from "./LinkStrip.module.css";
import { useLink } from "./live.ts";

/** Says that what is shown may be old, and since when. */
export function LinkStrip() {
  const { state, asOf, isKept } = useLink();
  const zone = useZone();
  if (isKept) {
    return (
      <div className={`${css.strip} ${css.off}`} role="alert">
        <Glyph name="failed" />
        <p>
          <b>
            <Say k="ui.link.kept" values={{ when: <When at={asOf} />, ago: <Age at={asOf} /> }} />
          </b>{" "}
          {t("ui.link.kept_text")}
        </p>
      </div>
    );
  }
  if (state === "reconnecting") {
    return (
      <p className={css.strip} role="status">
        <Glyph name="wait" />
        {t("ui.link.as_of", { clock: clock(asOf, zone, true) })}
      </p>
    );
  }
  if (state === "offline") {
    return (
      <p className={`${css.strip} ${css.off}`} role="alert">
        <Glyph name="failed" />
        {navigator.onLine
          ? t("ui.link.since", { clock: clock(asOf, zone) })
          : t("ui.link.device_since", { clock: clock(asOf, zone) })}
      </p>
    );
  }
  return null;
}
