import type { UseQueryResult } from "@tanstack/react-query";
import { Link } from "react-router";

import type { Consequence } from "../../api/affected.ts";
import { words } from "../../api/problem.ts";
import type { components } from "../../api/schema.d.ts";
import { t } from "../../i18n.ts";
import { ErrorNote, Loading, Note } from "../../ui/Notes.tsx";
import { paths } from "../../ui/paths.ts";
import css from "./Affected.module.css";
import { pick } from "./model.ts";

interface AffectedProps {
  affected: UseQueryResult<components["schemas"]["AffectedView"]>;
  /** Where a link leads out of the dialog. */
  onLeave: () => void;
}

/** Who is affected when something goes and what happens instead: the worst first, and not too much. */
export function Affected({ affected, onLeave }: AffectedProps) {
  const { data, error } = affected;
  if (data === undefined) {
    return error === null ? (
      <Loading rows={2} />
    ) : (
      <ErrorNote
        title={words(error).title}
        detail={words(error).detail}
        again={() => {
          void affected.refetch();
        }}
      />
    );
  }
  const { shown, more } = pick(data.items);
  const rest = [
    more > 0 && t("ui.affected.more", { count: more }),
    data.hidden > 0 && t("ui.affected.hidden", { count: data.hidden }),
    data.more_incidents && t("ui.affected.more_incidents"),
  ].filter((text) => text !== false);
  const isNothing = shown.length === 0 && rest.length === 0;
  return (
    <>
      {isNothing ? (
        <p className="wb-dim">{t("ui.affected.nothing")}</p>
      ) : (
        <Note>
          <b>{t("ui.affected.title")}</b>
          <ul className={css.list}>
            {shown.map((one) => (
              <li key={one.text}>
                {one.text} <Where about={one.about} onLeave={onLeave} />
              </li>
            ))}
            {rest.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </Note>
      )}
      {data.refusal != null && <ErrorNote title={t("ui.affected.refused")} detail={data.refusal} />}
    </>
  );
}

/** Where one looks at it, or changes it first. */
function Where({ about, onLeave }: { about: Consequence["about"]; onLeave: () => void }) {
  const to = {
    policy: paths.policy,
    service: paths.service,
    schedule: paths.schedule,
    incident: paths.incident,
    team: paths.people,
  }[about.kind];
  return (
    to !== undefined && (
      <Link className="wb-link" to={to(about.id)} onClick={onLeave}>
        {t("ui.affected.open", { name: about.name ?? about.id })}
      </Link>
    )
  );
}
