import { Button, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";

import { words } from "../api/problem.ts";
import { t } from "../i18n.ts";
import { ErrorNote } from "../ui/Notes.tsx";
import dialogs from "./dialogs.module.css";
import { Modal } from "./Modal.ts";

interface DeleteDialogProps {
  isOpen: boolean;
  /** What is deleted, by name: it has to be typed. */
  name: string;
  /** What will happen, in words. */
  children: ReactNode;
  isPending: boolean;
  /** Why the last try failed. */
  error?: unknown;
  onClose: () => void;
  onDelete: () => void;
}

/** Asks for the name before something is deleted for good, and says what will happen. */
export default function DeleteDialog({ isOpen, onClose, name, ...rest }: DeleteDialogProps) {
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={t("ui.delete.title", { name })}
      closeButtonProps={{ "aria-label": t("ui.close") }}
    >
      <Form name={name} onClose={onClose} {...rest} />
    </Modal>
  );
}

function Form({ name, children, isPending, error, onClose, onDelete }: Omit<DeleteDialogProps, "isOpen">) {
  const [typed, setTyped] = useState("");
  const isSame = typed.trim() === name;
  return (
    <form
      className={dialogs.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (isSame) {
          onDelete();
        }
      }}
    >
      <div className="wb-dim">{children}</div>
      <TextInput
        label={t("ui.delete.type", { name })}
        value={typed}
        autoComplete="off"
        data-autofocus
        onChange={(event) => {
          setTyped(event.currentTarget.value);
        }}
      />
      {error !== null && error !== undefined && <ErrorNote title={words(error).title} detail={words(error).detail} />}
      <div className={dialogs.acts}>
        <Button variant="subtle" onClick={onClose}>
          {t("ui.cancel")}
        </Button>
        <Button
          type="submit"
          data-danger={isSame || undefined}
          aria-disabled={!isSame}
          aria-describedby="delete-why"
          loading={isPending}
        >
          {t("ui.delete.do")}
        </Button>
      </div>
      <p id="delete-why" className="wb-sr">
        {isSame ? "" : t("ui.delete.type_first")}
      </p>
    </form>
  );
}
