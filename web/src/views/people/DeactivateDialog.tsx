import { Button } from "@mantine/core";

import type { User } from "../../api/types.ts";
import { Affected } from "../../components/affected/Affected.tsx";
import { useAffected } from "../../components/affected/useAffected.ts";
import dialogs from "../../components/dialogs.module.css";
import { Modal } from "../../components/Modal.ts";
import { t } from "../../i18n.ts";

interface DeactivateDialogProps {
  isOpen: boolean;
  user: User;
  onClose: () => void;
  onDeactivate: () => void;
}

/** Keeps somebody out, once it is said who is affected. */
export default function DeactivateDialog({ isOpen, user, onClose, onDeactivate }: DeactivateDialogProps) {
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={t("ui.people.deactivate_title", { name: user.name })}
      closeButtonProps={{ "aria-label": t("ui.close") }}
    >
      <Asked user={user} onClose={onClose} onDeactivate={onDeactivate} />
    </Modal>
  );
}

function Asked({ user, onClose, onDeactivate }: Omit<DeactivateDialogProps, "isOpen">) {
  const { affected, may } = useAffected({ kind: "user", id: user.id, isInactive: true });
  return (
    <div className={dialogs.form}>
      <p className="wb-dim">{t("ui.people.deactivate_text")}</p>
      <Affected affected={affected} onLeave={onClose} />
      <div className={dialogs.acts}>
        <Button variant="subtle" onClick={onClose}>
          {t("ui.cancel")}
        </Button>
        {may && (
          <Button
            data-danger
            onClick={() => {
              onDeactivate();
              onClose();
            }}
          >
            {t("ui.people.deactivate")}
          </Button>
        )}
      </div>
    </div>
  );
}
