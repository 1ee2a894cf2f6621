import { t } from "../i18n.ts";
import { useTroubleCount } from "./troubles.ts";
import css from "./TroubleSign.module.css";

/** A small mark beside the way to the system view, when something is wrong with Watchbell itself. */
export function TroubleSign() {
  const count = useTroubleCount();
  return count === 0 ? null : (
    <span className={css.sign}>
      !<span className="wb-sr">{t("ui.system.trouble_sign")}</span>
    </span>
  );
}
