import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";

import { incidentQuery, useReassign } from "../../api/incidents.ts";
import { useMe } from "../../api/session.ts";
import type { IncidentDetail } from "../../api/types.ts";
import { useAct } from "../../components/act.ts";
import { lazily } from "../../components/lazily.tsx";
import { useResolve } from "../../components/resolve.tsx";
import { mayWrite } from "../../components/rights.ts";
import { useViewTitle } from "../../components/title.ts";
import { t } from "../../i18n.ts";
import { useCommands } from "../../ui/commands.ts";
import { Loading } from "../../ui/Notes.tsx";
import { paths } from "../../ui/paths.ts";
import { Actions } from "./Actions.tsx";
import { Alerts } from "./Alerts.tsx";
import { Facts } from "./Facts.tsx";
import { Graphs } from "./Graphs.tsx";
import { Header } from "./Header.tsx";
import css from "./Incident.module.css";
import { NoteBox } from "./NoteBox.tsx";
import { Record } from "./Record.tsx";
import { Responders, Wanted } from "./Responders.tsx";
import { Snoozed } from "./Snoozed.tsx";
import { Summary } from "./Summary.tsx";
import { Unread } from "./Unread.tsx";
import { WhoWasTold } from "./WhoWasTold.tsx";

const ReassignDialog = lazily(() => import("../../components/ReassignDialog.tsx"));
const MergeDialog = lazily(() => import("./MergeDialog.tsx"));
const SnoozeDialog = lazily(() => import("./SnoozeDialog.tsx"));
const EscalateDialog = lazily(() => import("./EscalateDialog.tsx"));
const AskDialog = lazily(() => import("./AskDialog.tsx"));

/** One incident: what is wrong, who has it, what do I do next. */
export default function Incident() {
  const { id = "" } = useParams();
  const { data, error, refetch } = useQuery(incidentQuery(id));
  useViewTitle(
    data === undefined ? t("ui.views.incident") : t("ui.incident.number", { number: data.number }),
    paths.incidents(),
  );
  if (data !== undefined) {
    return <Known incident={data} />;
  }
  if (error !== null) {
    return <Unread id={id} error={error} again={() => void refetch()} />;
  }
  return <Loading rows={6} />;
}

function Known({ incident }: { incident: IncidentDetail }) {
  const act = useAct();
  const resolve = useResolve();
  const navigate = useNavigate();
  const [dialog, setDialog] = useState<"reassign" | "merge" | "snooze" | "escalate" | "help">();
  const reassigning = useReassign(incident.id);
  const reassign = () => {
    setDialog("reassign");
  };
  const merge = () => {
    setDialog("merge");
  };
  const snooze = () => {
    setDialog("snooze");
  };
  const escalate = () => {
    setDialog("escalate");
  };
  const help = () => {
    setDialog("help");
  };
  const close = () => {
    setDialog(undefined);
  };
  const mayAct = mayWrite(useMe(), incident.team.id);
  const isOpen = mayAct && incident.state !== "resolved";
  const { number } = incident;
  useCommands("view", [
    {
      keys: "a",
      text: t("ui.keys.acknowledge"),
      isOff: !mayAct || incident.state !== "triggered",
      run: () => {
        act.acknowledge(incident);
      },
    },
    {
      keys: "r",
      text: t("ui.keys.resolve"),
      isOff: !isOpen,
      run: () => {
        resolve.ask(incident);
      },
    },
    {
      text: t("ui.act.reopen"),
      find: { text: t("ui.find.reopen", { number }), glyph: "triggered" },
      isOff: !mayAct || incident.state !== "resolved" || incident.merged_into != null,
      run: () => {
        act.reopen(incident);
      },
    },
    {
      keys: "e",
      text: t("ui.keys.reassign"),
      find: { text: t("ui.find.reassign", { number }), glyph: "page" },
      isOff: !isOpen,
      run: reassign,
    },
    {
      text: t("ui.act.merge"),
      find: { text: t("ui.find.merge", { number }), glyph: "hook" },
      isOff: !isOpen,
      run: merge,
    },
    {
      keys: "z",
      text: t("ui.act.snooze"),
      find: { text: t("ui.find.snooze", { number }), glyph: "wait" },
      isOff: !isOpen,
      run: snooze,
    },
    {
      text: t("ui.act.escalate"),
      find: { text: t("ui.find.escalate", { number }), glyph: "step" },
      isOff: !isOpen || incident.policy == null,
      run: escalate,
    },
    {
      keys: "h",
      text: t("ui.act.help"),
      find: { text: t("ui.find.help", { number }), glyph: "people" },
      isOff: !isOpen,
      run: help,
    },
    {
      keys: "n",
      text: t("ui.keys.note"),
      find: { text: t("ui.find.note", { number }), glyph: "said" },
      isOff: !mayAct,
      run: () => {
        document.getElementById("note")?.focus();
      },
    },
    { keys: "Escape", text: t("ui.keys.back"), run: () => void navigate(paths.incidents()) },
  ]);
  const actions = mayAct ? (
    <Actions
      incident={incident}
      onResolve={resolve.ask}
      onReassign={reassign}
      onMerge={merge}
      onSnooze={snooze}
      onEscalate={escalate}
      onHelp={help}
    />
  ) : (
    <p className={css.observer}>{t("ui.incident.observer", { team: incident.team.name ?? "" })}</p>
  );
  return (
    <>
      <Header incident={incident}>{actions}</Header>
      <Wanted incident={incident} />
      <Snoozed incident={incident} mayAct={mayAct} />
      <Summary incident={incident} />
      <div className={css.columns}>
        <div className={css.main}>
          <Graphs incident={incident} />
          <Responders incident={incident} />
          <WhoWasTold incident={incident} />
          <Alerts alerts={incident.alerts} />
        </div>
        <section className={css.record} aria-labelledby="record">
          <Record incident={incident} />
          {mayAct && <NoteBox key={incident.id} id={incident.id} />}
        </section>
        <Facts incident={incident} />
      </div>
      <div className={css.bar}>{actions}</div>
      {resolve.dialog}
      <ReassignDialog
        isOpen={dialog === "reassign"}
        title={t("ui.reassign.title", { number })}
        isPending={reassigning.isPending}
        onClose={close}
        onGive={(to, then) => {
          reassigning.mutate(to, { onSuccess: then });
        }}
      />
      <MergeDialog incident={incident} isOpen={dialog === "merge"} onClose={close} />
      <SnoozeDialog incident={incident} isOpen={dialog === "snooze"} onClose={close} />
      <EscalateDialog incident={incident} isOpen={dialog === "escalate"} onClose={close} />
      <AskDialog incident={incident} isOpen={dialog === "help"} onClose={close} />
    </>
  );
}
