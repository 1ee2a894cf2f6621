import type { ReactNode } from "react";

import type { IncidentDetail } from "../../api/types.ts";
import { t } from "../../i18n.ts";
import { Severity } from "../../ui/Severity.tsx";
import { Plate } from "../../ui/State.tsx";
import css from "./Header.module.css";

/** State, severity, what is wrong, and the one next action. */
export function Header({ incident, children }: { incident: IncidentDetail; children: ReactNode }) {
  return (
    <header className={css.header}>
      <div>
        <div className={css.line}>
          <Plate state={incident.state} />
          <Severity severity={incident.severity} word />
          <span className="wb-wide">{t("ui.incident.number", { number: incident.number })}</span>
          <span>{incident.service.name}</span>
          <span className="wb-wide">{incident.team.name}</span>
        </div>
        <h1>{incident.title}</h1>
      </div>
      <div className={css.acts}>{children}</div>
    </header>
  );
}
