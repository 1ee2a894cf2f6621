/** Policies in words. */
import type { PolicyBody } from "../../api/policies.ts";
import type { Difference } from "../../components/Conflict.tsx";
import { stepTexts } from "../../components/conditions.ts";
import { hoursText } from "../../components/hours/words.ts";
import { type Target, times, told, type World } from "../../components/reached.ts";
import { t } from "../../i18n.ts";
import { span } from "../../ui/time.ts";
import { targetOf } from "./model.ts";

const SECOND = 1_000;

/** When a step is executed: `At once`, `After 10 min`. */
export function atText(seconds: number): string {
  return seconds === 0 ? t("ui.policy.at_once") : t("ui.policy.after", { span: span(seconds * SECOND) });
}

/** What a target is called. */
export function nameOfTarget(target: Target, world: World): string {
  const { kind, name } = told(target, world);
  return kind === "admins" ? t("ui.policy.admins") : (name ?? t(`ui.policy.gone.${kind}`));
}

/** What several targets are called. */
function namesOf(targets: readonly Target[], world: World): string {
  return targets.map((target) => nameOfTarget(target, world)).join(", ");
}

/** The ladder in a few lines. */
export function ladderText(steps: PolicyBody["steps"], world: World): string {
  const at = times(steps);
  return steps
    .map((step, index) => {
      const special = stepTexts(step);
      const line = t("ui.policy.step_line", { at: atText(at[index] ?? 0), names: namesOf(step.targets, world) });
      return special.length === 0 ? line : t("ui.policy.step_special", { line, special: special.join(", ") });
    })
    .join("; ");
}

/** Where two versions of a policy differ, in words. */
export function differences(mine: PolicyBody, theirs: PolicyBody, world: World): Difference[] {
  const lines = (body: PolicyBody): [string, string][] => [
    [t("ui.policy.name"), body.name],
    [t("ui.policy.team"), world.teams.find((team) => team.id === body.team)?.name ?? ""],
    [t("ui.policy.ladder"), `${ladderText(body.steps, world)}; ${endText(body)}`],
    [t("ui.policy.repeat"), String(body.repeat ?? 0)],
    [t("ui.policy.at_end"), namesOf(body.fallback ?? [], world)],
    [t("ui.policy.low_waits_for"), body.low_urgency_hours == null ? t("ui.policy.times.always") : hoursText(body.low_urgency_hours)],
  ];
  const other = lines(theirs);
  return lines(mine)
    .map(([label, own], index) => ({ label, mine: own, theirs: other[index]?.[1] ?? "" }))
    .filter((one) => one.mine !== one.theirs);
}

/** When the ladder ends. */
export function endText(body: PolicyBody): string {
  return atText((times(body.steps).at(-1) ?? 0) * ((body.repeat ?? 0) + 1));
}

/** Who is told when the ladder ends. */
export function endSentence(body: PolicyBody, world: World): string {
  const names = namesOf(body.fallback ?? [], world);
  return t(names === "" ? "ui.policy.ends" : "ui.policy.ends_fallback", { at: endText(body), names });
}

/** What a text key of a target is called. */
export function nameOfKey(key: string, world: World): string {
  return nameOfTarget(targetOf(key), world);
}
