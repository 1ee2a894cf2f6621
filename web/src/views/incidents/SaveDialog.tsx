import "@mantine/core/styles/Popover.layer.css";
import "@mantine/core/styles/Combobox.layer.css";

import { Button, Select, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { teamsQuery } from "../../api/directory.ts";
import { useSaveFilter } from "../../api/filters.ts";
import { words } from "../../api/problem.ts";
import { useMe } from "../../api/session.ts";
import dialogs from "../../components/dialogs.module.css";
import { Modal } from "../../components/Modal.ts";
import { mayWrite } from "../../components/rights.ts";
import { t } from "../../i18n.ts";
import { ErrorNote } from "../../ui/Notes.tsx";
import { toast } from "../../ui/toasts.ts";
import { type Filter, savedOf } from "./model.ts";

interface SaveDialogProps {
  isOpen: boolean;
  filter: Filter;
  onClose: () => void;
}

/** Saves what is chosen now under a name. */
export default function SaveDialog({ isOpen, filter, onClose }: SaveDialogProps) {
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={t("ui.saved.save_title")}
      closeButtonProps={{ "aria-label": t("ui.close") }}
    >
      <Form filter={filter} onClose={onClose} />
    </Modal>
  );
}

function Form({ filter, onClose }: Omit<SaveDialogProps, "isOpen">) {
  const me = useMe();
  const { data: teams } = useQuery(teamsQuery);
  const [name, setName] = useState("");
  const [team, setTeam] = useState("");
  const save = useSaveFilter();
  const mine = (teams?.items ?? []).filter(({ id }) => mayWrite(me, id));
  const isNamed = name.trim() !== "";
  const send = () => {
    if (!isNamed) {
      return;
    }
    save.mutate(
      { name: name.trim(), query: savedOf(filter), ...(team === "" ? {} : { team }) },
      {
        onSuccess: () => {
          onClose();
          toast({ glyph: "resolved", tone: "dim", text: t("ui.saved.done", { name: name.trim() }) });
        },
      },
    );
  };
  return (
    <form
      className={dialogs.form}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <TextInput
        label={t("ui.saved.name")}
        value={name}
        maxLength={100}
        data-autofocus
        onChange={(event) => {
          setName(event.currentTarget.value);
        }}
      />
      <Select
        label={t("ui.saved.for")}
        data={[
          { value: "", label: t("ui.saved.for_me") },
          ...mine.map((one) => ({ value: one.id, label: t("ui.saved.for_team", { name: one.name }) })),
        ]}
        value={team}
        allowDeselect={false}
        comboboxProps={{ transitionProps: { duration: 0 } }}
        onChange={(value) => {
          setTeam(value ?? "");
        }}
      />
      {filter.within !== "" && <p className="wb-dim">{t("ui.saved.without_within")}</p>}
      {save.isError && <ErrorNote title={words(save.error).title} detail={words(save.error).detail} />}
      <div className={dialogs.acts}>
        <Button variant="subtle" onClick={onClose}>
          {t("ui.cancel")}
        </Button>
        <Button type="submit" variant="filled" aria-disabled={!isNamed} aria-describedby="save-why" loading={save.isPending}>
          {t("ui.saved.do")}
        </Button>
      </div>
      <p id="save-why" className="wb-sr">
        {isNamed ? "" : t("ui.saved.name_first")}
      </p>
    </form>
  );
}
