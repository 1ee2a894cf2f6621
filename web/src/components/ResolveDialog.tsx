import { Button } from "@mantine/core";

import { t } from "../i18n.ts";
import css from "./dialogs.module.css";
import { Modal } from "./Modal.ts";

interface ResolveDialogProps {
  isOpen: boolean;
  /** How many alerts still fire. */
  count: number;
  number: number;
  onClose: () => void;
  onResolve: () => void;
}

/** Asks whether it is over although alerts still fire; the safe answer comes first. */
export default function ResolveDialog({ isOpen, count, number, onClose, onResolve }: ResolveDialogProps) {
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={t("ui.resolve.title", { count })}
      closeButtonProps={{ "aria-label": t("ui.close") }}
    >
      <p className="wb-dim">{t("ui.resolve.text", { count })}</p>
      <div className={css.acts}>
        <Button variant="subtle" data-autofocus onClick={onClose}>
          {t("ui.resolve.keep")}
        </Button>
        <Button onClick={onResolve}>{t("ui.resolve.do", { number })}</Button>
      </div>
    </Modal>
  );
}
