import type { Alert } from "../../api/types.ts";
import { t } from "../../i18n.ts";
import { Glyph } from "../../ui/Glyph.tsx";
import { Say } from "../../ui/Say.tsx";
import { Section } from "../../ui/Section.tsx";
import { Severity } from "../../ui/Severity.tsx";
import { figure } from "../../ui/time.ts";
import { When } from "../../ui/Times.tsx";
import css from "./Alerts.module.css";
import { linksOf } from "./model.ts";

/** What the senders said, whole. */
export function Alerts({ alerts }: { alerts: readonly Alert[] }) {
  if (alerts.length === 0) {
    return (
      <Section id="alerts" title={t("ui.alerts.title")}>
        <p className="wb-dim">{t("ui.alerts.none")}</p>
      </Section>
    );
  }
  const open = alerts.filter((alert) => alert.state === "open").length;
  return (
    <Section id="alerts" title={t("ui.alerts.title")} small={t("ui.alerts.count", { open, count: alerts.length })}>
      <ul className={css.alerts}>
        {alerts.map((alert) => (
          <One key={alert.id} alert={alert} />
        ))}
      </ul>
    </Section>
  );
}

function One({ alert }: { alert: Alert }) {
  const isOpen = alert.state === "open";
  return (
    <li>
      <Glyph
        name={isOpen ? "signal" : "resolved"}
        label={isOpen ? t("ui.alerts.firing") : t("ui.alerts.over")}
        className={isOpen ? "wb-triggered" : "wb-resolved"}
      />
      <div className={css.text}>
        <b className={css.summary}>{alert.summary}</b>
        <p className={css.line}>
          <Severity severity={alert.severity} />
          <span>{alert.source}</span>
          <span>
            <Say k="ui.alerts.by" values={{ integration: alert.integration.name }} />
          </span>
          <span>
            <Say k="ui.alerts.since" values={{ at: <When at={alert.opened_at} seconds /> }} />
          </span>
          {alert.count > 1 && <span>{t("ui.alerts.signals", { count: alert.count, n: figure(alert.count) })}</span>}
        </p>
        {alert.notes.map((note) => (
          <p key={note} className={css.note}>
            {note}
          </p>
        ))}
        <Links alert={alert} />
        <Payload alert={alert} />
      </div>
    </li>
  );
}

function Links({ alert }: { alert: Alert }) {
  const links = linksOf([alert]);
  if (links.length === 0) {
    return null;
  }
  return (
    <p className={css.links}>
      {links.map((link) => (
        <a key={link.href} className="wb-link" href={link.href} target="_blank" rel="noreferrer">
          {link.text}
        </a>
      ))}
    </p>
  );
}

/** The value as the sender gave it; what is no text as JSON. */
function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value, null, 1);
}

function Payload({ alert }: { alert: Alert }) {
  const { details } = alert;
  const given: Record<string, unknown> =
    typeof details === "object" && details !== null && !Array.isArray(details)
      ? details
      : details == null
        ? {}
        : { [t("ui.alerts.details")]: details };
  const rows = [
    [t("ui.alerts.dedup_key"), alert.dedup_key],
    [t("ui.alerts.component"), alert.component],
    [t("ui.alerts.group"), alert.group],
    [t("ui.alerts.class"), alert.class],
    ...Object.entries(given),
  ].filter((row): row is [string, unknown] => row[1] != null);
  return (
    <details className={css.payload}>
      <summary>{t("ui.alerts.payload")}</summary>
      <dl>
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="wb-mono">{asText(value)}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
