import { Button, TextInput } from "@mantine/core";
import { useState } from "react";

import { type Role, useCreateTeam, useCreateUser } from "../../api/people.ts";
import { ApiError, words } from "../../api/problem.ts";
import dialogs from "../../components/dialogs.module.css";
import { Modal } from "../../components/Modal.ts";
import { t } from "../../i18n.ts";
import { ErrorNote } from "../../ui/Notes.tsx";
import css from "./People.module.css";
import { RoleSelect } from "./RoleSelect.tsx";

interface NewDialogProps {
  isOpen: boolean;
  what: "user" | "team";
  onClose: () => void;
  onMade: (made: { id: string; name: string }) => void;
}

/** An account or a team more. */
export default function NewDialog({ isOpen, what, onClose, onMade }: NewDialogProps) {
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={t(`ui.people.new_${what}`)}
      closeButtonProps={{ "aria-label": t("ui.close") }}
    >
      {what === "user" ? <UserForm onClose={onClose} onMade={onMade} /> : <TeamForm onClose={onClose} onMade={onMade} />}
    </Modal>
  );
}

type FormProps = Pick<NewDialogProps, "onClose" | "onMade">;

function UserForm({ onClose, onMade }: FormProps) {
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
      <Foot error={create.error} isPending={create.isPending} onClose={onClose} />
    </form>
  );
}

function TeamForm({ onClose, onMade }: FormProps) {
  const create = useCreateTeam();
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  return (
    <form
      className={dialogs.form}
      onSubmit={(event) => {
        event.preventDefault();
        create.mutate({ name: name.trim(), description: description.trim() }, { onSuccess: onMade });
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
        label={t("ui.people.description")}
        value={description}
        onChange={(event) => {
          setDescription(event.currentTarget.value);
        }}
      />
      <Foot error={create.error} isPending={create.isPending} onClose={onClose} />
    </form>
  );
}

function Foot({ error, isPending, onClose }: { error: Error | null; isPending: boolean; onClose: () => void }) {
  const fields = error instanceof ApiError ? Object.values(error.fields).join(" ") : "";
  return (
    <>
      {error !== null && <ErrorNote title={words(error).title} detail={fields === "" ? words(error).detail : fields} />}
      <div className={dialogs.acts}>
        <Button variant="subtle" onClick={onClose}>
          {t("ui.cancel")}
        </Button>
        <Button type="submit" variant="filled" loading={isPending}>
          {t("ui.people.create")}
        </Button>
      </div>
    </>
  );
}
