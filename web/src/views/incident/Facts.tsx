import type { IncidentDetail } from "../../api/types.ts";
import { useHeld } from "../../components/held.ts";
import { t } from "../../i18n.ts";
import { When } from "../../ui/Times.tsx";
import css from "./Facts.module.css";

/** What else is known about it, small. */
export function Facts({ incident }: { incident: IncidentDetail }) {
  const { policy, summary } = incident;
  const held = useHeld();
  return (
    <aside className={css.side} aria-label={t("ui.facts.label")}>
      <dl className={css.facts}>
        <div>
          <dt>{t("ui.facts.service")}</dt>
          <dd>
            {incident.service.name}
            <small>{incident.team.name}</small>
          </dd>
        </div>
        <div>
          <dt>{t("ui.facts.urgency")}</dt>
          <dd>
            {t(`ui.urgency.${incident.urgency}`)}
            <small>{t(`ui.urgency.${incident.urgency}_means`)}</small>
          </dd>
        </div>
        <div>
          <dt>{t("ui.facts.policy")}</dt>
          <dd>
            {policy == null ? t("ui.facts.no_policy") : policy.name}
            {policy != null && (
              <small>
                {t("ui.facts.version", { version: policy.version })}, {escalation(incident, held !== undefined)}
              </small>
            )}
          </dd>
        </div>
        {summary !== "" && summary !== incident.title && (
          <div>
            <dt>{t("ui.facts.summary")}</dt>
            <dd className={css.summary}>{summary}</dd>
          </div>
        )}
        <div>
          <dt>{t("ui.facts.opened")}</dt>
          <dd>
            <When at={incident.opened_at} seconds />
          </dd>
        </div>
      </dl>
    </aside>
  );
}

const STATES = ["off", "due", "held", "exhausted"] as const;

function escalation(incident: IncidentDetail, isHeld: boolean): string {
  // How far it had come when it was over tells nothing about now.
  if (incident.state === "resolved") {
    return t("ui.facts.escalation.off");
  }
  const state = STATES.find((one) => one === incident.escalation) ?? "off";
  if (state === "due" && isHeld) {
    return t("ui.facts.escalation.waits");
  }
  return t(`ui.facts.escalation.${state}`);
}
