/** What the view says of rules and methods. */
import type { User } from "../../api/types.ts";
import { hoursText } from "../../components/hours/words.ts";
import { t } from "../../i18n.ts";
import { span } from "../../ui/time.ts";
import { repeatOf, type Rung, rungsOf, type Urgency } from "./model.ts";

/** When a rung is reached: `At once`, `After 5 min`. */
export function rungAt(afterS: number): string {
  return afterS === 0 ? t("ui.me.at_once") : t("ui.me.after", { span: span(afterS * 1_000) });
}

/** All that rings for an urgency, in a line. */
export function rulesText(user: User, urgency: Urgency): string {
  const repeat = repeatOf(user, urgency);
  const quiet = urgency === "low" ? user.rules?.quiet_hours : undefined;
  return [
    ...rungsOf(user, urgency).map(rungText),
    ...(repeat === undefined ? [] : [t("ui.me.then_every", { span: span(repeat * 1_000) })]),
    ...(quiet == null ? [] : [t("ui.me.quiet_line", { hours: hoursText(quiet) })]),
  ].join("; ");
}

/** A rung in a line. */
function rungText({ afterS, methods }: Rung): string {
  return t("ui.me.rung", { at: rungAt(afterS), names: methods.map((one) => one.name).join(", ") });
}
