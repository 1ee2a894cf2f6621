import { useQueryClient } from "@tanstack/react-query";
import { Link } from "react-router";

import { knownRow } from "../../api/rows.ts";
import { words } from "../../api/problem.ts";
import type { Incident } from "../../api/types.ts";
import { t } from "../../i18n.ts";
import { ErrorNote } from "../../ui/Notes.tsx";
import { nameOf } from "../../ui/Owner.tsx";
import { paths } from "../../ui/paths.ts";
import { Readout, Readouts } from "../../ui/Readouts.tsx";
import { Say } from "../../ui/Say.tsx";
import { Severity } from "../../ui/Severity.tsx";
import { Plate } from "../../ui/State.tsx";
import { Running, When } from "../../ui/Times.tsx";
import css from "./Header.module.css";

interface UnreadProps {
  id: string;
  error: unknown;
  again: () => void;
}

/** An incident that cannot be asked for: what the lists say of it, and that this is all. */
export function Unread({ id, error, again }: UnreadProps) {
  const row = knownRow(useQueryClient(), id);
  const { title, detail } = words(error);
  return (
    <>
      {row === undefined ? <h1 className="wb-sr">{t("ui.views.incident")}</h1> : <Known row={row} />}
      <ErrorNote title={title} detail={row === undefined ? detail : t("ui.incident.unread")} again={again} />
      <p>
        <Link className="wb-link" to={paths.incidents()}>
          {t("ui.nowhere.home")}
        </Link>
      </p>
    </>
  );
}

function Known({ row }: { row: Incident }) {
  return (
    <>
      <header className={css.header}>
        <div>
          <div className={css.line}>
            <Plate state={row.state} />
            <Severity severity={row.severity} word />
            <span>{t("ui.incident.number", { number: row.number })}</span>
            <span>{row.service.name}</span>
          </div>
          <h1>{row.title}</h1>
        </div>
      </header>
      <Readouts>
        <Readout
          label={t("ui.incident.open_for")}
          small={<Say k="ui.incident.since" values={{ when: <When at={row.opened_at} seconds /> }} />}
        >
          <Running at={row.opened_at} />
        </Readout>
        <Readout label={t("ui.incident.owner")}>
          {row.owner == null ? t("ui.owner.nobody") : nameOf(row.owner)}
        </Readout>
      </Readouts>
    </>
  );
}
