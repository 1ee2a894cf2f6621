import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { type Dashboard, dashboardsQuery } from "../../api/dashboards.ts";
import { teamsQuery } from "../../api/directory.ts";
import { words } from "../../api/problem.ts";
import { useMe } from "../../api/session.ts";
import { mayWrite } from "../../components/rights.ts";
import { useViewTitle } from "../../components/title.ts";
import { t } from "../../i18n.ts";
import { Empty, ErrorNote, Loading } from "../../ui/Notes.tsx";
import { paths } from "../../ui/paths.ts";
import css from "./Dashboards.module.css";

/** Every grid of charts one may see. */
export default function Dashboards() {
  useViewTitle(t("ui.views.dashboards"));
  const me = useMe();
  const { data, error, isPending, refetch } = useQuery(dashboardsQuery);
  const { data: teams } = useQuery(teamsQuery);
  const mayAdd = teams?.items.some((team) => mayWrite(me, team.id));
  return (
    <>
      <header className={css.head}>
        <div>
          <h1>{t("ui.views.dashboards")}</h1>
          <p className="wb-dim">{t("ui.dashboards.intro")}</p>
        </div>
        {mayAdd === true && (
          <Button component={Link} to={paths.newDashboard()}>
            {t("ui.dashboards.new")}
          </Button>
        )}
        {mayAdd === false && <span className="wb-faint">{t("ui.dashboards.members_only")}</span>}
      </header>
      {isPending && <Loading rows={4} />}
      {data === undefined && error !== null && (
        <ErrorNote title={t("ui.dashboards.failed")} detail={words(error).detail} again={() => void refetch()} />
      )}
      {data?.items.length === 0 && <Empty title={t("ui.dashboards.none")} text={t("ui.dashboards.none_text")} />}
      <ul className={css.list}>
        {data?.items.map((one) => (
          <Row key={one.id} dashboard={one} team={teams?.items.find((team) => team.id === one.team)?.name ?? ""} />
        ))}
      </ul>
    </>
  );
}

function Row({ dashboard, team }: { dashboard: Dashboard; team: string }) {
  const charts = dashboard.charts ?? [];
  return (
    <li className={css.row}>
      <div>
        <Link className={css.name} to={paths.dashboard(dashboard.id)}>
          {dashboard.name}
        </Link>
        <p className={css.small}>
          {team} · {t("ui.dashboards.charts", { count: charts.length })}
        </p>
      </div>
      <p className={css.small}>{dashboard.description}</p>
      <p className={css.small}>{charts.map((chart) => chart.title).join(", ")}</p>
    </li>
  );
}
