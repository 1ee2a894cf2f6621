import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useNavigate, useParams, useSearchParams } from "react-router";

import { servicesQuery } from "../../api/directory.ts";
import type { Read } from "../../api/edit.ts";
import { historyQuery, type MonitorDetail, monitorQuery, useDeleteMonitor } from "../../api/monitors.ts";
import { words } from "../../api/problem.ts";
import { useMe } from "../../api/session.ts";
import { ChangesLink } from "../../components/ChangesLink.tsx";
import { DeleteButton } from "../../components/DeleteButton.tsx";
import { lazily } from "../../components/lazily.tsx";
import { mayWrite } from "../../components/rights.ts";
import { useViewTitle } from "../../components/title.ts";
import { t } from "../../i18n.ts";
import { exact, short } from "../../ui/figures.ts";
import { ErrorNote, Loading, Note } from "../../ui/Notes.tsx";
import { paths } from "../../ui/paths.ts";
import { Readout, Readouts } from "../../ui/Readouts.tsx";
import { Say } from "../../ui/Say.tsx";
import { Severity } from "../../ui/Severity.tsx";
import { span } from "../../ui/time.ts";
import { Age, Clock, Running } from "../../ui/Times.tsx";
import { Groups } from "./Groups.tsx";
import { History } from "./History.tsx";
import { Plate } from "./Look.tsx";
import { stateOf } from "./model.ts";
import css from "./Monitor.module.css";
import { OtherLimits } from "./OtherLimits.tsx";
import { Past } from "./Past.tsx";
import { limitWords, recoveryWords } from "./words.ts";

const MonitorForm = lazily(() => import("./MonitorForm.tsx"));

/** One monitor: how it is, why, and how often it was like that. */
export default function Monitor() {
  const { id } = useParams();
  return id === undefined || id === "new" ? <New /> : <Present key={id} id={id} />;
}

function New() {
  useViewTitle(t("ui.monitor.new"), paths.monitors());
  const navigate = useNavigate();
  const [query] = useSearchParams();
  return (
    <>
      <Title text={t("ui.monitor.new")} />
      <MonitorForm
        isOpen
        target={query.get("target") ?? ""}
        service={query.get("service") ?? ""}
        onDone={(id) => void navigate(paths.monitor(id))}
        onCancel={() => void navigate(-1)}
      />
    </>
  );
}

function Title({ text }: { text: string }) {
  return (
    <>
      <Link className={css.back} to={paths.monitors()}>
        {t("ui.views.monitors")}
      </Link>
      <h1 className={css.title}>{text}</h1>
    </>
  );
}

function Present({ id }: { id: string }) {
  const { data, error, refetch } = useQuery(monitorQuery(id));
  useViewTitle(data?.value.name ?? t("ui.views.monitor"), paths.monitors());
  if (data === undefined) {
    return (
      <>
        <Title text={t("ui.views.monitor")} />
        {error === null ? (
          <Loading rows={5} />
        ) : (
          <ErrorNote title={t("ui.monitor.failed")} detail={words(error).detail} again={() => void refetch()} />
        )}
      </>
    );
  }
  return <Shown read={data} />;
}

function Shown({ read }: { read: Read<MonitorDetail> }) {
  const me = useMe();
  const monitor = read.value;
  const [query, setQuery] = useSearchParams();
  // What is edited is what was there when editing began: a hint must not change it under the hand.
  const [edited, setEdited] = useState<Read<MonitorDetail>>();
  const { data: history } = useQuery(historyQuery(monitor.id));
  const may = monitor.team != null && mayWrite(me, monitor.team);
  const leave = () => {
    setEdited(undefined);
    setQuery({}, { replace: true });
  };
  if (may && query.get("edit") === "1") {
    const from = edited ?? read;
    return (
      <>
        <Title text={from.value.name} />
        <MonitorForm isOpen from={from} target="" service="" onDone={leave} onCancel={leave} />
      </>
    );
  }
  const episodes = history?.items ?? [];
  return (
    <>
      <Header
        monitor={monitor}
        may={may}
        onEdit={() => {
          setEdited(read);
          setQuery({ edit: "1" }, { replace: true });
        }}
      />
      {monitor.notice != null && <Note>{monitor.notice}</Note>}
      <Now monitor={monitor} />
      <div className={css.columns}>
        <Past monitor={monitor} episodes={episodes} />
        <Groups monitor={monitor} />
      </div>
      <div className={css.columns}>
        <History episodes={history?.items} />
        <OtherLimits monitor={monitor} />
      </div>
    </>
  );
}

function Header({ monitor, may, onEdit }: { monitor: MonitorDetail; may: boolean; onEdit: () => void }) {
  const { data: services } = useQuery(servicesQuery);
  const service = services?.items.find((one) => one.id === monitor.service);
  return (
    <header className={css.header}>
      <div>
        <div className={css.line}>
          <Plate state={stateOf(monitor.state)} />
          <Link className={css.back} to={paths.monitors()}>
            {t("ui.views.monitors")}
          </Link>
          <span>{service?.name}</span>
          <Severity severity={monitor.severity} word />
        </div>
        <h1>{monitor.name}</h1>
        <p className={css.rule}>
          <Say
            k="ui.monitor.rule"
            values={{
              target: <span className="wb-mono">{monitor.target}</span>,
              limit: <b>{limitWords(monitor.side, monitor.threshold, monitor.for_s)}</b>,
              recovery: recoveryWords(monitor),
            }}
          />{" "}
          {t(`ui.monitor.silence_says_${monitor.on_silence}`, { time: span(monitor.silent_after_s * 1_000) })}
        </p>
        {monitor.description !== "" && <p className="wb-dim">{monitor.description}</p>}
        {monitor.runbook_url != null && (
          <a className="wb-link" href={monitor.runbook_url} rel="noreferrer">
            {t("ui.monitor.how_to_mend")}
          </a>
        )}{" "}
        <ChangesLink id={monitor.id} />
      </div>
      <div className={css.acts}>
        {may ? (
          <>
            <Button onClick={onEdit}>{t("ui.monitor.edit")}</Button>
            <Remove monitor={monitor} />
          </>
        ) : (
          <span className="wb-faint">{t("ui.monitor.may_not")}</span>
        )}
      </div>
    </header>
  );
}

/** The value now, since when, and when it was last looked at. */
function Now({ monitor }: { monitor: MonitorDetail }) {
  const state = stateOf(monitor.state);
  const first = monitor.groups[0];
  return (
    <Readouts>
      <Readout
        label={t("ui.monitor.now")}
        small={t("ui.monitor.limit", { limit: exact(monitor.threshold) })}
        wrong={state === "firing"}
      >
        {first?.last_value == null ? t("ui.graph.no_value") : short(first.last_value)}
      </Readout>
      {first?.since != null && (
        <Readout
          label={t(state === "silent" ? "ui.monitor.silent_for" : "ui.monitor.firing_for")}
          small={
            <>
              {t("ui.monitor.since")} <Clock at={first.since} />
            </>
          }
        >
          <Running at={first.since} />
        </Readout>
      )}
      <Readout
        label={t("ui.monitor.checked")}
        small={t("ui.monitor.every_so", { time: span(monitor.every_s * 1_000) })}
      >
        {monitor.evaluated_at == null ? t("ui.monitor.not_yet") : <Age at={monitor.evaluated_at} />}
      </Readout>
      <Readout label={t("ui.monitor.series")} only="wide">
        {monitor.groups.length}
      </Readout>
    </Readouts>
  );
}

function Remove({ monitor }: { monitor: MonitorDetail }) {
  const remove = useDeleteMonitor();
  return (
    <DeleteButton
      one={monitor}
      remove={remove}
      done={t("ui.monitor.deleted", { name: monitor.name })}
      to={paths.monitors()}
    >
      {t("ui.monitor.delete_text")}
    </DeleteButton>
  );
}
