import { Button } from "@mantine/core";

import type { Incident } from "../../api/types.ts";
import dialogs from "../../components/dialogs.module.css";
import { Modal } from "../../components/Modal.ts";
import { t } from "../../i18n.ts";
import css from "./Bulk.module.css";

interface ResolveManyDialogProps {
  isOpen: boolean;
  incidents: readonly Incident[];
  isPending: boolean;
  onClose: () => void;
  onResolve: () => void;
}

/** Names what will be resolved, and says what still fires; the safe answer comes first. */
export default function ResolveManyDialog({ isOpen, incidents, isPending, onClose, onResolve }: ResolveManyDialogProps) {
  const count = incidents.length;
  const firing = incidents.reduce((sum, one) => sum + one.open_alert_count, 0);
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={t("ui.bulk.resolve_title", { count })}
      closeButtonProps={{ "aria-label": t("ui.close") }}
    >
      <p className="wb-dim">
        {firing > 0 ? t("ui.bulk.resolve_firing", { count: firing }) : t("ui.bulk.resolve_calm")}
      </p>
      <ul className={css.list} tabIndex={0} aria-label={t("ui.bulk.label")}>
        {incidents.map((one) => (
          <li key={one.id}>
            <span className="wb-faint">{t("ui.incident.number", one)}</span>
            <span>{one.title}</span>
          </li>
        ))}
      </ul>
      <div className={dialogs.acts}>
        <Button variant="subtle" data-autofocus onClick={onClose}>
          {t("ui.bulk.keep")}
        </Button>
        <Button loading={isPending} onClick={onResolve}>
          {t("ui.bulk.resolve_do", { count })}
        </Button>
      </div>
    </Modal>
  );
}
