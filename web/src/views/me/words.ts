/** What the view says of rules and methods. */
import { t } from "../../i18n.ts";
import { span } from "../../ui/time.ts";
import type { Rung } from "./model.ts";

/** When a rung is reached: `At once`, `After 5 min`. */
export function rungAt(afterS: number): string {
  return afterS === 0 ? t("ui.me.at_once") : t("ui.me.after", { span: span(afterS * 1_000) });
}

/** A rung in a line. */
export function rungText({ afterS, methods }: Rung): string {
  return t("ui.me.rung", { at: rungAt(afterS), names: methods.map((one) => one.name).join(", ") });
}
