import { Button, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useSearchParams } from "react-router";

import { servicesQuery, teamsQuery } from "../../api/directory.ts";
import { type MonitorSummary, monitorsQuery } from "../../api/monitors.ts";
import { words } from "../../api/problem.ts";
import { useMe } from "../../api/session.ts";
import { mayWrite } from "../../components/rights.ts";
import { useViewTitle } from "../../components/title.ts";
import { t } from "../../i18n.ts";
import { short } from "../../ui/figures.ts";
import { Empty, ErrorNote, Loading } from "../../ui/Notes.tsx";
import { paths } from "../../ui/paths.ts";
import { Age } from "../../ui/Times.tsx";
import { Word } from "./Look.tsx";
import { matching, sorted, stateOf } from "./model.ts";
import css from "./Monitors.module.css";
import { limitWords } from "./words.ts";

/** Which metrics are watched, and what is wrong with them? */
export default function Monitors() {
  useViewTitle(t("ui.views.monitors"));
  const { data, error, isPending, refetch } = useQuery(monitorsQuery);
  const { data: services } = useQuery(servicesQuery);
  const [query, setQuery] = useSearchParams();
  const typed = query.get("q") ?? "";
  const serviceName = (id: string) => services?.items.find((one) => one.id === id)?.name ?? "";
  const shown = matching(sorted(data?.items ?? []), typed, serviceName);
  return (
    <>
      <header className={css.head}>
        <div>
          <h1>{t("ui.views.monitors")}</h1>
          {data !== undefined && data.items.length > 0 && <p className="wb-dim">{inShort(data.items)}</p>}
        </div>
        <NewButton />
      </header>
      {isPending && <Loading rows={5} />}
      {data === undefined && error !== null && (
        <ErrorNote title={t("ui.monitors.failed")} detail={words(error).detail} again={() => void refetch()} />
      )}
      {data?.items.length === 0 && <Empty title={t("ui.monitors.none")} text={t("ui.monitors.none_text")} />}
      {data !== undefined && data.items.length > 0 && (
        <TextInput
          className={css.find ?? ""}
          label={t("ui.monitors.find")}
          // Not held to the address, which follows a moment behind.
          defaultValue={typed}
          autoComplete="off"
          onChange={(event) => {
            const text = event.currentTarget.value;
            setQuery(text === "" ? {} : { q: text }, { replace: true });
          }}
        />
      )}
      {data !== undefined && data.items.length > 0 && shown.length === 0 && (
        <Empty title={t("ui.monitors.no_match", { text: typed })} />
      )}
      <ul className={css.list}>
        {shown.map((one) => (
          <Row key={one.id} monitor={one} service={serviceName(one.service)} />
        ))}
      </ul>
    </>
  );
}

function inShort(items: readonly MonitorSummary[]): string {
  const count = (state: string) => items.filter((one) => one.state === state).length;
  const bad = (["firing", "silent", "failed"] as const)
    .filter((state) => count(state) > 0)
    .map((state) => t(`ui.monitors.count_${state}`, { count: count(state) }));
  return bad.length === 0 ? t("ui.monitors.all_well", { count: items.length }) : bad.join(", ");
}

function Row({ monitor, service }: { monitor: MonitorSummary; service: string }) {
  const state = stateOf(monitor.state);
  const first = monitor.first ?? undefined;
  return (
    <li className={state === "firing" ? `${css.row} ${css.hot}` : css.row}>
      <Word state={state} />
      <div className={css.what}>
        <Link to={paths.monitor(monitor.id)} className={css.name}>
          {monitor.name}
        </Link>
        <span className={css.small}>
          {service}
          {", "}
          {limitWords(monitor.side, monitor.threshold, monitor.for_s)}
        </span>
      </div>
      <span className={`wb-mono ${css.target}`}>{monitor.target}</span>
      <div className={css.now}>
        {first?.last_value != null && (
          <b className={state === "firing" ? "wb-triggered" : undefined}>{short(first.last_value)}</b>
        )}
        <span className={css.small}>
          {first?.since != null ? (
            <Age at={first.since} />
          ) : (
            monitor.series != null && t("ui.monitors.series", { count: monitor.series })
          )}
        </span>
      </div>
    </li>
  );
}

/** Leads to a new monitor; for those who may not make one it says so. */
function NewButton() {
  const me = useMe();
  const { data: teams } = useQuery(teamsQuery);
  if (teams === undefined) {
    return null;
  }
  if (teams.items.some((team) => mayWrite(me, team.id))) {
    return (
      <Button component={Link} to={paths.newMonitor()}>
        {t("ui.monitors.new")}
      </Button>
    );
  }
  return <span className="wb-faint">{t("ui.monitors.members_only")}</span>;
}
