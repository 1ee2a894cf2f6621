import { Button } from "@mantine/core";

import dialogs from "../../components/dialogs.module.css";
import { Modal } from "../../components/Modal.ts";
import { t } from "../../i18n.ts";

interface DeleteNoteDialogProps {
  isOpen: boolean;
  isPending: boolean;
  onClose: () => void;
  onDelete: () => void;
}

/** Says what stays of a note that is deleted; the safe answer comes first. */
export default function DeleteNoteDialog({ isOpen, isPending, onClose, onDelete }: DeleteNoteDialogProps) {
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={t("ui.note.delete_title")}
      closeButtonProps={{ "aria-label": t("ui.close") }}
    >
      <p className="wb-dim">{t("ui.note.delete_text")}</p>
      <div className={dialogs.acts}>
        <Button variant="subtle" data-autofocus onClick={onClose}>
          {t("ui.note.keep")}
        </Button>
        <Button data-danger loading={isPending} onClick={onDelete}>
          {t("ui.note.delete_do")}
        </Button>
      </div>
    </Modal>
  );
}
