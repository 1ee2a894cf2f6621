import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearchParams } from "react-router";

import { servicesQuery, teamsQuery } from "../../api/directory.ts";
import { openIncidents } from "../../api/incidents.ts";
import { policiesQuery } from "../../api/oncall.ts";
import { words } from "../../api/problem.ts";
import type { Service } from "../../api/services.ts";
import { useMe } from "../../api/session.ts";
import { mayWrite } from "../../components/rights.ts";
import { useViewTitle } from "../../components/title.ts";
import { t } from "../../i18n.ts";
import { useCommands } from "../../ui/commands.ts";
import { Empty, ErrorNote, Loading } from "../../ui/Notes.tsx";
import { paths } from "../../ui/paths.ts";
import { Severity } from "../../ui/Severity.tsx";
import { StateGlyph } from "../../ui/State.tsx";
import { NewButton } from "./NewButton.tsx";
import { type Row, rows } from "./model.ts";
import css from "./Services.module.css";

/** What do we look after, and where is something wrong? */
export default function Services() {
  useViewTitle(t("ui.views.services"));
  const { data, error, isPending, refetch } = useQuery(servicesQuery);
  // Rows that get their incidents or names later would move those below.
  const others = [useQuery(openIncidents), useQuery(teamsQuery), useQuery(policiesQuery)];
  const isWaiting = isPending || others.some((other) => other.isPending);
  return (
    <>
      <header className={css.head}>
        <h1>{t("ui.views.services")}</h1>
        <NewButton />
      </header>
      {isWaiting && <Loading rows={5} />}
      {data === undefined && error !== null && (
        <ErrorNote title={t("ui.services.failed")} detail={words(error).detail} again={() => void refetch()} />
      )}
      {data?.items.length === 0 && <Empty title={t("ui.services.none")} text={t("ui.services.none_text")} />}
      {data !== undefined && !isWaiting && data.items.length > 0 && <List services={data.items} />}
    </>
  );
}

function List({ services }: { services: readonly Service[] }) {
  const [query, setQuery] = useSearchParams();
  const me = useMe();
  const navigate = useNavigate();
  const { data: open } = useQuery(openIncidents);
  const { data: teams } = useQuery(teamsQuery);
  const { data: policies } = useQuery(policiesQuery);
  const filter = { team: query.get("team") ?? "", q: query.get("q") ?? "" };
  const shown = rows(services, open?.items ?? [], filter);
  const owners = (teams?.items ?? []).filter((team) => services.some((one) => one.team === team.id));
  const change = (name: "team" | "q", value: string) => {
    const next = new URLSearchParams(query);
    if (value === "") {
      next.delete(name);
    } else {
      next.set(name, value);
    }
    setQuery(next, { replace: true });
  };
  useCommands("view", [
    {
      keys: "f",
      text: t("ui.services.filter"),
      run: () => {
        document.getElementById("filter")?.focus();
      },
    },
    {
      keys: "n",
      text: t("ui.services.new"),
      find: { text: t("ui.services.new"), glyph: "services" },
      isOff: !owners.some((team) => mayWrite(me, team.id)),
      run: () => void navigate(paths.newService()),
    },
  ]);
  return (
    <>
      <div className={css.filters} role="group" aria-label={t("ui.filters.label")}>
        <input
          id="filter"
          type="search"
          aria-label={t("ui.services.words")}
          placeholder={t("ui.services.words")}
          value={filter.q}
          onChange={(event) => {
            change("q", event.currentTarget.value);
          }}
        />
        <select
          aria-label={t("ui.services.team")}
          value={filter.team}
          onChange={(event) => {
            change("team", event.currentTarget.value);
          }}
        >
          <option value="">{t("ui.services.any_team")}</option>
          {owners.map((team) => (
            <option key={team.id} value={team.id}>
              {team.name}
            </option>
          ))}
        </select>
      </div>
      {shown.length === 0 && <Empty title={t("ui.services.no_match")} text={t("ui.services.no_match_text")} />}
      <div className={css.heads} aria-hidden="true">
        <span>{t("ui.views.service")}</span>
        <span>{t("ui.services.head_open")}</span>
        <span>{t("ui.services.head_team")}</span>
        <span>{t("ui.services.head_policy")}</span>
      </div>
      <ul className={css.list}>
        {shown.map((row) => (
          <Line
            key={row.service.id}
            row={row}
            team={teams?.items.find((one) => one.id === row.service.team)?.name}
            policy={policies?.items.find((one) => one.id === row.service.policy)?.name}
          />
        ))}
      </ul>
    </>
  );
}

interface LineProps {
  row: Row;
  team: string | undefined;
  policy: string | undefined;
}

/** One service: what is wrong there, who owns it, whom it pages. */
function Line({ row: { service, open, state }, team, policy }: LineProps) {
  const first = open[0];
  return (
    <li className={`${css.row} ${state === "triggered" ? css.triggered : ""}`}>
      {first === undefined ? <span className={css.quiet} /> : <StateGlyph state={state} />}
      <div className={css.text}>
        <Link className={css.name} to={paths.service(service.id)}>
          {service.name}
        </Link>
        <span className={css.line}>{service.description}</span>
      </div>
      <div className={css.open}>
        {first === undefined ? (
          <span className="wb-faint">{t("ui.services.quiet")}</span>
        ) : (
          <>
            <Severity severity={first.severity} />
            <Link to={paths.incident(first.id)} className={css.incident}>
              {open.length === 1 ? first.title : t("ui.services.open", { count: open.length })}
            </Link>
          </>
        )}
      </div>
      <span className={css.team}>
        <span className="wb-sr">{t("ui.services.head_team")}</span> {team}
      </span>
      <span className={css.policy}>
        <span className="wb-sr">{t("ui.services.head_policy")}</span>{" "}
        {service.policy == null ? (
          <span className="wb-acknowledged">{t("ui.services.no_policy")}</span>
        ) : (
          (policy ?? "")
        )}
      </span>
    </li>
  );
}
