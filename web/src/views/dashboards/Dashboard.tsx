import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useNavigate, useParams, useSearchParams } from "react-router";

import { type Dashboard as DashboardView, dashboardQuery, useDeleteDashboard } from "../../api/dashboards.ts";
import { teamsQuery } from "../../api/directory.ts";
import type { Read } from "../../api/edit.ts";
import { words } from "../../api/problem.ts";
import { useMe } from "../../api/session.ts";
import { ChangesLink } from "../../components/ChangesLink.tsx";
import { DeleteButton } from "../../components/DeleteButton.tsx";
import { SpanChoice } from "../../components/graph/SpanChoice.tsx";
import { SPANS, spanOf } from "../../components/graph/spans.ts";
import { lazily } from "../../components/lazily.tsx";
import { mayWrite } from "../../components/rights.ts";
import { useViewTitle } from "../../components/title.ts";
import { t } from "../../i18n.ts";
import { Empty, ErrorNote, Loading } from "../../ui/Notes.tsx";
import { paths } from "../../ui/paths.ts";
import { span } from "../../ui/time.ts";
import board from "./Board.module.css";
import css from "./Dashboard.module.css";
import { choose, chosen, filled, inTargets, inTitles } from "./model.ts";
import { Panel } from "./Panel.tsx";
import { VariableBar } from "./VariableBar.tsx";

const Editor = lazily(() => import("./Editor.tsx"));

/** One grid of charts: look at it, edit it, make a new one. */
export default function Dashboard() {
  const { id } = useParams();
  return id === undefined || id === "new" ? <New /> : <Present key={id} id={id} />;
}

function New() {
  useViewTitle(t("ui.dashboards.new"), paths.dashboards());
  const navigate = useNavigate();
  const [query] = useSearchParams();
  return (
    <>
      <Title text={t("ui.dashboards.new")} />
      <Editor
        isOpen
        targets={query.getAll("t")}
        onDone={(id) => void navigate(paths.dashboard(id), { replace: true })}
        onCancel={() => void navigate(-1)}
      />
    </>
  );
}

function Title({ text }: { text: string }) {
  return (
    <div>
      <Link className={css.back} to={paths.dashboards()}>
        {t("ui.views.dashboards")}
      </Link>
      <h1 className={css.title}>{text}</h1>
    </div>
  );
}

function Present({ id }: { id: string }) {
  const { data, error, refetch } = useQuery(dashboardQuery(id));
  useViewTitle(data?.value.name ?? t("ui.views.dashboard"), paths.dashboards());
  if (data !== undefined) {
    return <Shown read={data} />;
  }
  return (
    <>
      <Title text={t("ui.views.dashboard")} />
      {error === null ? (
        <Loading rows={5} />
      ) : (
        <ErrorNote title={t("ui.dashboard.failed")} detail={words(error).detail} again={() => void refetch()} />
      )}
    </>
  );
}

function Shown({ read }: { read: Read<DashboardView> }) {
  const me = useMe();
  const [query, setQuery] = useSearchParams();
  // What is edited is what was there when editing began: a hint must not change it under the hand.
  const [edited, setEdited] = useState<Read<DashboardView>>();
  const may = mayWrite(me, read.value.team);
  const edit = (isOn: boolean) => {
    setEdited(isOn ? read : undefined);
    const next = new URLSearchParams(query);
    if (isOn) {
      next.set("edit", "1");
    } else {
      next.delete("edit");
    }
    setQuery(next, { replace: true });
  };
  const leave = () => {
    edit(false);
  };
  if (may && query.get("edit") === "1") {
    const from = edited ?? read;
    return (
      <>
        <Title text={from.value.name} />
        <Editor isOpen from={from} targets={[]} onDone={leave} onCancel={leave} />
      </>
    );
  }
  return (
    <>
      <Head
        dashboard={read.value}
        may={may}
        onEdit={() => {
          edit(true);
        }}
      />
      <Board dashboard={read.value} />
    </>
  );
}

function Head({ dashboard, may, onEdit }: { dashboard: DashboardView; may: boolean; onEdit: () => void }) {
  const { data: teams } = useQuery(teamsQuery);
  const remove = useDeleteDashboard();
  const team = teams?.items.find((one) => one.id === dashboard.team)?.name;
  return (
    <header className={css.header}>
      <div>
        <Title text={dashboard.name} />
        {dashboard.description !== "" && <p className={css.description}>{dashboard.description}</p>}
        <p className={css.facts}>
          <span>{team}</span> <ChangesLink id={dashboard.id} />
        </p>
      </div>
      <div className={css.acts}>
        {may ? (
          <>
            <Button onClick={onEdit}>{t("ui.dashboard.edit")}</Button>
            <DeleteButton
              one={dashboard}
              remove={remove}
              done={t("ui.dashboard.deleted", { name: dashboard.name })}
              to={paths.dashboards()}
            >
              {t("ui.dashboard.delete_text")}
            </DeleteButton>
          </>
        ) : (
          <span className="wb-faint">{t("ui.dashboard.may_not")}</span>
        )}
      </div>
    </header>
  );
}

/** The charts, and what may be chosen of them; all of it stands in the address. */
function Board({ dashboard }: { dashboard: DashboardView }) {
  const [query, setQuery] = useSearchParams();
  const variables = dashboard.variables ?? [];
  const charts = dashboard.charts ?? [];
  const ownS = dashboard.span_s ?? 3_600;
  const word = query.get("span") ?? SPANS.find(({ seconds }) => seconds === ownS)?.word ?? "own";
  const frame = {
    spanS: spanOf(word, ownS),
    everyMs: dashboard.refresh_s == null ? (false as const) : dashboard.refresh_s * 1_000,
  };
  const values = chosen(variables, query);
  const there = inTargets(variables, values);
  const titles = inTitles(values, t("ui.dashboard.all_word"));
  if (charts.length === 0) {
    return <Empty title={t("ui.dashboard.empty")} text={t("ui.dashboard.empty_text")} />;
  }
  return (
    <>
      <div className={board.bar}>
        <VariableBar
          variables={variables}
          values={values}
          onChoose={(variable, value) => {
            setQuery(choose(query, variable, value), { replace: true });
          }}
        />
        <SpanChoice
          value={word}
          own={ownS}
          onChange={(next) => {
            const changed = new URLSearchParams(query);
            changed.set("span", next);
            setQuery(changed, { replace: true });
          }}
        />
        <span className={board.every}>
          {frame.everyMs === false
            ? t("ui.dashboard.never_anew")
            : t("ui.dashboard.every", { time: span(frame.everyMs) })}
        </span>
      </div>
      <div className={board.board}>
        {charts.map((chart, index) => (
          <Panel
            key={index}
            chart={{
              ...chart,
              title: filled(chart.title, titles),
              targets: chart.targets.map((target) => filled(target, there)),
            }}
            {...frame}
          />
        ))}
      </div>
    </>
  );
}
