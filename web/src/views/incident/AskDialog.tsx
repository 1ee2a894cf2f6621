import "@mantine/core/styles/Popover.layer.css";
import "@mantine/core/styles/Combobox.layer.css";
import "@mantine/core/styles/Pill.layer.css";
import "@mantine/core/styles/PillsInput.layer.css";

import { MultiSelect, Textarea } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";

import { teamsQuery } from "../../api/directory.ts";
import { helpQuery, useAskForHelp } from "../../api/incidents.ts";
import { policiesQuery, schedulesQuery, usersQuery } from "../../api/oncall.ts";
import { words } from "../../api/problem.ts";
import { useMe } from "../../api/session.ts";
import type { Asked, HelpTarget, IncidentDetail } from "../../api/types.ts";
import dialogs from "../../components/dialogs.module.css";
import { FormFooter } from "../../components/FormFooter.tsx";
import { useHeld } from "../../components/held.ts";
import { Modal } from "../../components/Modal.ts";
import { t } from "../../i18n.ts";
import { nameOf } from "../../ui/Owner.tsx";
import { toast } from "../../ui/toasts.ts";
import css from "./Responders.module.css";

interface AskDialogProps {
  incident: IncidentDetail;
  isOpen: boolean;
  onClose: () => void;
}

/** Asks others to help: people, teams, whoever is on call. */
export default function AskDialog({ incident, isOpen, onClose }: AskDialogProps) {
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={t("ui.help.title", { number: incident.number })}
      closeButtonProps={{ "aria-label": t("ui.close") }}
    >
      <Form incident={incident} onClose={onClose} />
    </Modal>
  );
}

const KINDS = ["user", "schedule", "team", "policy"] as const;

function targetOf(key: string): HelpTarget {
  const [kind, id = ""] = key.split(":");
  return { type: KINDS.find((one) => one === kind) ?? "user", id };
}

function Form({ incident, onClose }: Omit<AskDialogProps, "isOpen">) {
  const [chosen, setChosen] = useState<string[]>([]);
  const [message, setMessage] = useState("");
  const groups = useGroups();
  const held = useHeld();
  const ask = useAskForHelp(incident.id);
  const targets = chosen.map(targetOf);
  const preview = useQuery(helpQuery(incident.id, targets));
  const why = chosen.length === 0 ? t("ui.help.choose_first") : undefined;
  return (
    <form
      className={dialogs.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (why !== undefined) {
          return;
        }
        ask.mutate({ targets, message }, {
          onSuccess: ({ asked }) => {
            onClose();
            const names = asked.map((one) => nameOf(one.user)).join(", ");
            const key = asked.length === 0 ? "ui.help.nobody_new" : held === undefined ? "ui.help.done" : "ui.help.done_held";
            toast({ about: incident.id, glyph: "page", tone: "dim", text: t(key, { names }) });
          },
        });
      }}
    >
      <p className="wb-dim">{t("ui.help.text")}</p>
      <MultiSelect
        label={t("ui.help.who")}
        placeholder={chosen.length === 0 ? t("ui.help.choose") : ""}
        data={groups}
        value={chosen}
        onChange={setChosen}
        searchable
        openOnFocus={false}
        classNames={{ inputField: css.typed ?? "" }}
        nothingFoundMessage={t("ui.help.none_found")}
        comboboxProps={{ transitionProps: { duration: 0 } }}
        data-autofocus
      />
      <Textarea
        label={t("ui.help.message")}
        description={t("ui.help.message_text")}
        value={message}
        maxLength={1000}
        autosize
        minRows={2}
        maxRows={6}
        onChange={(event) => {
          setMessage(event.currentTarget.value);
        }}
      />
      <Told asked={preview.data} error={chosen.length === 0 ? null : preview.error} isNone={chosen.length === 0} />
      <FormFooter save={t("ui.help.do")} isPending={ask.isPending} onCancel={onClose} why={why} error={ask.error} />
    </form>
  );
}

/** Who would be told right now, and who cannot be. */
function Told({ asked, error, isNone }: { asked: Asked | undefined; error: Error | null; isNone: boolean }) {
  const id = useId();
  const told = (asked?.asked ?? []).filter((one) => one.not_told == null);
  const untold = (asked?.asked ?? []).filter((one) => one.not_told != null);
  return (
    <div className={css.preview} aria-live="polite" id={id}>
      {error !== null && <p className="wb-triggered">{words(error).title}</p>}
      {!isNone && error === null && told.length > 0 && (
        <p>{t("ui.help.told_now", { names: told.map((one) => nameOf(one.user)).join(", ") })}</p>
      )}
      {!isNone && error === null && asked?.asked.length === 0 && <p>{t("ui.help.nobody_new")}</p>}
      {!isNone &&
        error === null &&
        untold.map((one) => (
          <p key={one.user.id} className="wb-triggered">
            {one.not_told}
          </p>
        ))}
    </div>
  );
}

function useGroups() {
  const me = useMe().user.id;
  const { data: users } = useQuery(usersQuery);
  const { data: schedules } = useQuery(schedulesQuery);
  const { data: teams } = useQuery(teamsQuery);
  const { data: policies } = useQuery(policiesQuery);
  const item = (kind: HelpTarget["type"], id: string, label: string | null | undefined) => ({
    value: `${kind}:${id}`,
    label: label ?? "",
  });
  const people = (users?.items ?? []).filter((one) => one.active && one.id !== me);
  const groups = [
    { group: t("ui.policy.groups.people"), items: people.map((one) => item("user", one.id, one.name)) },
    {
      group: t("ui.policy.groups.schedules"),
      items: (schedules?.items ?? []).map((one) => item("schedule", one.id, t("ui.help.on_call", { name: one.name }))),
    },
    {
      group: t("ui.policy.groups.teams"),
      items: (teams?.items ?? []).map((one) => item("team", one.id, t("ui.policy.whole_team", { name: one.name }))),
    },
    {
      group: t("ui.reassign.policies"),
      items: (policies?.items ?? []).map((one) => item("policy", one.id, t("ui.help.first_step", { name: one.name }))),
    },
  ];
  return groups.filter((one) => one.items.length > 0);
}
