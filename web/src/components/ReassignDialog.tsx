import "@mantine/core/styles/Popover.layer.css";
import "@mantine/core/styles/Combobox.layer.css";

import { Button, Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import type { Assignee } from "../api/incidents.ts";
import { policiesQuery, usersQuery } from "../api/oncall.ts";
import { useMe } from "../api/session.ts";
import { t } from "../i18n.ts";
import { toast } from "../ui/toasts.ts";
import { useHeld } from "./held.ts";
import dialogs from "./dialogs.module.css";
import { Modal } from "./Modal.ts";

interface ReassignDialogProps {
  isOpen: boolean;
  /** Who takes what? */
  title: string;
  isPending: boolean;
  onClose: () => void;
  /** Gives it to them, and calls back when that was done. */
  onGive: (to: Assignee, then: () => void) => void;
}

/** Gives incidents to a person, or to a policy from its first step. */
export default function ReassignDialog({ isOpen, title, ...rest }: ReassignDialogProps) {
  return (
    <Modal
      opened={isOpen}
      onClose={rest.onClose}
      title={title}
      closeButtonProps={{ "aria-label": t("ui.close") }}
    >
      <Form {...rest} />
    </Modal>
  );
}

function Form({ isPending, onClose, onGive }: Omit<ReassignDialogProps, "isOpen" | "title">) {
  const me = useMe().user.id;
  const { data: users } = useQuery(usersQuery);
  const { data: policies } = useQuery(policiesQuery);
  const [to, setTo] = useState<string | null>(null);
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
    onGive(person === undefined ? { policy: to } : { user: to }, () => {
      onClose();
      const name = groups.flatMap((one) => one.items).find((one) => one.value === to)?.label ?? "";
      const text = held === undefined ? t("ui.reassign.done", { name }) : t("ui.reassign.done_held", { name });
      toast({ glyph: "page", tone: "dim", text });
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
          loading={isPending}
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
