import "@mantine/core/styles/Popover.layer.css";
import "@mantine/core/styles/Combobox.layer.css";

import { Button, Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { useReassign } from "../../api/incidents.ts";
import { policiesQuery, usersQuery } from "../../api/oncall.ts";
import { useMe } from "../../api/session.ts";
import type { IncidentDetail } from "../../api/types.ts";
import { useHeld } from "../../components/held.ts";
import dialogs from "../../components/dialogs.module.css";
import { Modal } from "../../components/Modal.ts";
import { t } from "../../i18n.ts";
import { toast } from "../../ui/toasts.ts";

interface ReassignDialogProps {
  incident: IncidentDetail;
  isOpen: boolean;
  onClose: () => void;
}

/** Gives the incident to a person, or to a policy from its first step. */
export default function ReassignDialog({ incident, isOpen, onClose }: ReassignDialogProps) {
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={t("ui.reassign.title", { number: incident.number })}
      closeButtonProps={{ "aria-label": t("ui.close") }}
    >
      <Form incident={incident} onClose={onClose} />
    </Modal>
  );
}

function Form({ incident, onClose }: Omit<ReassignDialogProps, "isOpen">) {
  const me = useMe().user.id;
  const { data: users } = useQuery(usersQuery);
  const { data: policies } = useQuery(policiesQuery);
  const [to, setTo] = useState<string | null>(null);
  const reassign = useReassign(incident.id);
  const held = useHeld();
  const people = (users?.items ?? []).filter((user) => user.active);
  const groups = [
    {
      group: t("ui.reassign.people"),
      items: people.map((user) => ({
        value: user.id,
        label: user.id === me ? t("ui.reassign.me", { name: user.name }) : user.name,
      })),
    },
    {
      group: t("ui.reassign.policies"),
      items: (policies?.items ?? []).map((policy) => ({ value: policy.id, label: policy.name })),
    },
  ];
  const send = () => {
    if (to === null) {
      return;
    }
    const person = people.find((user) => user.id === to);
    reassign.mutate(person === undefined ? { policy: to } : { user: to }, {
      onSuccess: () => {
        onClose();
        const name = groups.flatMap((one) => one.items).find((one) => one.value === to)?.label ?? "";
        toast({ glyph: "page", tone: "dim", text: held === undefined ? t("ui.reassign.done", { name }) : t("ui.reassign.done_held", { name }) });
      },
    });
  };
  return (
    <div className={dialogs.form}>
      <p className="wb-dim">{t("ui.reassign.text")}</p>
      <Select
        label={t("ui.reassign.to")}
        placeholder={t("ui.reassign.choose")}
        data={groups}
        value={to}
        onChange={setTo}
        searchable
        nothingFoundMessage={t("ui.reassign.nobody")}
        comboboxProps={{ transitionProps: { duration: 0 } }}
        data-autofocus
      />
      <div className={dialogs.acts}>
        <Button variant="subtle" onClick={onClose}>
          {t("ui.cancel")}
        </Button>
        <Button
          variant="filled"
          aria-disabled={to === null}
          aria-describedby="reassign-why"
          loading={reassign.isPending}
          onClick={send}
        >
          {t("ui.reassign.do")}
        </Button>
      </div>
      <p id="reassign-why" className="wb-sr">
        {to === null ? t("ui.reassign.choose_first") : ""}
      </p>
    </div>
  );
}
