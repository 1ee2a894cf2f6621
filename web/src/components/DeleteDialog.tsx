import { Button, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";

import type { Leaving } from "../api/affected.ts";
import { words } from "../api/problem.ts";
import { t } from "../i18n.ts";
import { ErrorNote } from "../ui/Notes.tsx";
import { Affected } from "./affected/Affected.tsx";
import { useAffected } from "./affected/useAffected.ts";
import dialogs from "./dialogs.module.css";
import { Modal } from "./Modal.ts";

interface DeleteDialogProps {
  isOpen: boolean;
  /** What is deleted, by name: it has to be typed. */
  name: string;
  /** What will happen, in words. */
  children: ReactNode;
  /** What goes, where others are affected: they are named before anything else is asked for. */
  leaving?: Leaving | undefined;
  isPending: boolean;
  /** Why the last try failed. */
  error?: unknown;
  onClose: () => void;
  onDelete: () => void;
}

/** Asks for the name before something is deleted for good, and says what will happen. */
export default function DeleteDialog({ isOpen, onClose, name, leaving, children, ...rest }: DeleteDialogProps) {
  const asks = { name, onClose, ...rest };
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={t("ui.delete.title", { name })}
      closeButtonProps={{ "aria-label": t("ui.close") }}
    >
      <div className={dialogs.form}>
        <div className="wb-dim">{children}</div>
        {leaving === undefined ? <Form {...asks} /> : <FormOf leaving={leaving} {...asks} />}
      </div>
    </Modal>
  );
}

type FormProps = Omit<DeleteDialogProps, "isOpen" | "leaving" | "children">;

/** Says who is affected, and asks once that is known and nothing stands in the way. */
function FormOf({ leaving, ...asks }: FormProps & { leaving: Leaving }) {
  const { affected, may } = useAffected(leaving);
  return (
    <>
      <Affected affected={affected} onLeave={asks.onClose} />
      {may && <Form {...asks} />}
    </>
  );
}

function Form({ name, isPending, error, onClose, onDelete }: FormProps) {
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
