import { TextInput } from "@mantine/core";
import { useState } from "react";

import type { Read } from "../../api/edit.ts";
import { readTeam, type Team, useCreateTeam, writeTeam } from "../../api/people.ts";
import { ApiError } from "../../api/problem.ts";
import { Conflict } from "../../components/Conflict.tsx";
import dialogs from "../../components/dialogs.module.css";
import { FormFooter } from "../../components/FormFooter.tsx";
import { useFormSaving } from "../../components/formSaving.ts";
import { Modal } from "../../components/Modal.ts";
import { t } from "../../i18n.ts";

interface TeamDialogProps {
  isOpen: boolean;
  /** What is edited; a new one when undefined. */
  from: Read<Team> | undefined;
  onClose: () => void;
}

/** What a team is called and what it looks after. */
export default function TeamDialog({ isOpen, from, onClose }: TeamDialogProps) {
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={from === undefined ? t("ui.people.new_team") : t("ui.people.edit_team", { name: from.value.name })}
      closeButtonProps={{ "aria-label": t("ui.close") }}
    >
      <Form from={from} onClose={onClose} />
    </Modal>
  );
}

function Form({ from, onClose }: Omit<TeamDialogProps, "isOpen">) {
  const [name, setName] = useState(from?.value.name ?? "");
  const [description, setDescription] = useState(from?.value.description ?? "");
  const save = useFormSaving({
    from,
    read: readTeam,
    write: writeTeam,
    create: useCreateTeam(),
    said: (called) => t("ui.people.team_saved", { name: called }),
    onPresent: (present) => {
      setName(present.name);
      setDescription(present.description ?? "");
    },
    onDone: onClose,
  });
  const fields = save.error instanceof ApiError ? save.error.fields : {};
  const isBlank = name.trim() === "";
  const { clash } = save;
  const differing = clash === undefined ? [] : (["name", "description"] as const).filter((one) => clash.mine[one] !== clash.theirs.value[one]);
  return (
    <form
      className={dialogs.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (!isBlank) {
          save.run({ name: name.trim(), description: description.trim() });
        }
      }}
    >
      {clash !== undefined && (
        <Conflict
          name={clash.theirs.value.name}
          differences={differing.map((one) => ({
            label: t(`ui.people.${one}`),
            mine: clash.mine[one],
            theirs: clash.theirs.value[one],
          }))}
          isPending={save.isPending}
          onMine={save.keepMine}
          onTheirs={save.takeTheirs}
        />
      )}
      <TextInput
        label={t("ui.people.name")}
        value={name}
        error={fields.name}
        autoComplete="off"
        data-autofocus
        onChange={(event) => {
          setName(event.currentTarget.value);
        }}
      />
      <TextInput
        label={t("ui.people.description")}
        value={description}
        error={fields.description}
        onChange={(event) => {
          setDescription(event.currentTarget.value);
        }}
      />
      <FormFooter
        save={t(from === undefined ? "ui.people.create" : "ui.people.save")}
        isPending={save.isPending}
        onCancel={onClose}
        why={isBlank ? t("ui.people.name_first") : undefined}
        error={Object.keys(fields).length === 0 ? save.error : undefined}
      />
    </form>
  );
}
