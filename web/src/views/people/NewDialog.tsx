import { TextInput } from "@mantine/core";
import { useState } from "react";

import { type Role, useCreateUser } from "../../api/people.ts";
import { ApiError } from "../../api/problem.ts";
import dialogs from "../../components/dialogs.module.css";
import { FormFooter } from "../../components/FormFooter.tsx";
import { Modal } from "../../components/Modal.ts";
import { t } from "../../i18n.ts";
import css from "./People.module.css";
import { RoleSelect } from "./RoleSelect.tsx";

interface NewDialogProps {
  isOpen: boolean;
  onClose: () => void;
  onMade: (made: { id: string; name: string }) => void;
}

/** An account more. */
export default function NewDialog({ isOpen, onClose, onMade }: NewDialogProps) {
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={t("ui.people.new_user")}
      closeButtonProps={{ "aria-label": t("ui.close") }}
    >
      <Form onClose={onClose} onMade={onMade} />
    </Modal>
  );
}

function Form({ onClose, onMade }: Omit<NewDialogProps, "isOpen">) {
  const create = useCreateUser();
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role | null>(null);
  return (
    <form
      className={dialogs.form}
      onSubmit={(event) => {
        event.preventDefault();
        create.mutate({ name: name.trim(), email: email.trim(), role }, { onSuccess: onMade });
      }}
    >
      <TextInput
        label={t("ui.people.name")}
        value={name}
        required
        withAsterisk={false}
        data-autofocus
        onChange={(event) => {
          setName(event.currentTarget.value);
        }}
      />
      <TextInput
        label={t("ui.people.email")}
        type="email"
        value={email}
        required
        withAsterisk={false}
        autoComplete="off"
        onChange={(event) => {
          setEmail(event.currentTarget.value);
        }}
      />
      <label className={css.field}>
        {t("ui.people.everywhere")}
        <RoleSelect label={t("ui.people.everywhere")} role={role} none={t("ui.people.roles.none")} onChange={setRole} />
      </label>
      <p className="wb-dim">{t("ui.people.new_user_text")}</p>
      <FormFooter
        save={t("ui.people.create")}
        isPending={create.isPending}
        onCancel={onClose}
        error={create.error}
        detail={create.error instanceof ApiError ? Object.values(create.error.fields).join(" ") || undefined : undefined}
      />
    </form>
  );
}
