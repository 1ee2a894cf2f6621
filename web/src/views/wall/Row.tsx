import { Link } from "react-router";

import type { Incident } from "../../api/types.ts";
import { useHeld } from "../../components/held.ts";
import { t } from "../../i18n.ts";
import { nameOf } from "../../ui/Owner.tsx";
import { paths } from "../../ui/paths.ts";
import { Say } from "../../ui/Say.tsx";
import { Severity } from "../../ui/Severity.tsx";
import { StateGlyph } from "../../ui/State.tsx";
import { Age, In } from "../../ui/Times.tsx";
import css from "./Wall.module.css";

/** One incident, large. */
export function Row({ incident }: { incident: Incident }) {
  const { id, state, severity, title, service, owner, opened_at: openedAt } = incident;
  return (
    <li className={`${css.row} ${css[state]}`}>
      <StateGlyph state={state} />
      <Severity severity={severity} />
      <div className={css.text}>
        <Link className={`${css.title} wb-cut`} to={paths.incident(id)} title={title}>
          {title}
        </Link>
        <span className={`${css.line} wb-cut`}>
          <b>{service.name}</b>
          {state === "triggered" && (
            <>
              {" · "}
              <Next incident={incident} />
            </>
          )}
        </span>
      </div>
      <span className={state === "triggered" ? "wb-triggered" : undefined}>
        {owner == null ? t("ui.owner.nobody") : nameOf(owner)}
      </span>
      <Age at={openedAt} className={css.age} />
    </li>
  );
}

/** Who is woken next, and when. */
function Next({ incident: { next, urgency } }: { incident: Incident }) {
  const held = useHeld();
  if (next == null) {
    return urgency === "none" ? t("ui.row.pages_nobody") : t("ui.row.nobody_next");
  }
  const who = next.targets.join(", ");
  if (held !== undefined) {
    return t("ui.row.held");
  }
  const comes = <In at={next.at} />;
  return who === "" ? (
    <Say k="ui.row.policy_ends" values={{ comes }} />
  ) : (
    <Say k="ui.row.next" values={{ who, comes }} />
  );
}
