import { useState } from "react";

import type { PausedShift } from "../../api/pause.ts";
import type { Ref } from "../../api/types.ts";
import { t } from "../../i18n.ts";
import { nameOf } from "../../ui/Owner.tsx";
import { Modal } from "../Modal.ts";
import { PauseForm } from "./PauseForm.tsx";
import { ShiftsInPause } from "./ShiftsInPause.tsx";

interface PauseDialogProps {
  isOpen: boolean;
  user: Ref;
  onClose: () => void;
}

/** Pauses somebody else; stays while there are shifts that somebody else should have. */
export default function PauseDialog({ isOpen, user, onClose }: PauseDialogProps) {
  const [shifts, setShifts] = useState<readonly PausedShift[]>();
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={t("ui.pause.title_of", { name: nameOf(user) })}
      closeButtonProps={{ "aria-label": t("ui.close") }}
    >
      {shifts === undefined ? (
        <PauseForm
          user={user.id}
          text={t("ui.pause.text_of", { name: nameOf(user) })}
          onCancel={onClose}
          onDone={(found) => {
            setShifts(found);
            if (found.length === 0) {
              onClose();
            }
          }}
        />
      ) : (
        <div role="status">
          <ShiftsInPause shifts={shifts} />
        </div>
      )}
    </Modal>
  );
}
