/** What a step of a policy asks for, in words. */
import type { PolicyBody } from "../api/policies.ts";
import { t } from "../i18n.ts";
import { level } from "../ui/Severity.tsx";
import { hoursText } from "./hours/words.ts";

/** A step, as the API writes it. */
type Step = PolicyBody["steps"][number];

/** For which incidents and when a step is executed; none for most. */
export function onlyTexts({ only }: Pick<Step, "only">): string[] {
  const { urgency, severity_at_least: severity, within, outside } = only ?? {};
  return [
    urgency == null || urgency === "none" ? "" : t(`ui.policy.only_urgency.${urgency}`),
    severity == null ? "" : t(level(severity) === 1 ? "ui.policy.only_worst" : "ui.policy.only_severity", { n: level(severity) }),
    within == null ? "" : t("ui.policy.only_within", { hours: hoursText(within) }),
    outside == null ? "" : t("ui.policy.only_outside", { hours: hoursText(outside) }),
  ].filter((text) => text !== "");
}

/** All that is special about a step; none for most. */
export function stepTexts(step: Pick<Step, "only" | "needs_everyone" | "round_robin">): string[] {
  return [
    ...onlyTexts(step),
    ...(step.needs_everyone === true ? [t("ui.policy.everyone")] : []),
    ...(step.round_robin === true ? [t("ui.policy.one_in_turn")] : []),
  ];
}
