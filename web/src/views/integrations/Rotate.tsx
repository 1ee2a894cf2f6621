import { Button } from "@mantine/core";

import { type Integration, useRotateKey } from "../../api/integrations.ts";
import { words } from "../../api/problem.ts";
import dialogs from "../../components/dialogs.module.css";
import { Modal } from "../../components/Modal.ts";
import { t } from "../../i18n.ts";
import { ErrorNote } from "../../ui/Notes.tsx";
import { toast } from "../../ui/toasts.ts";

interface RotateDialogProps {
  integration: Integration;
  isOpen: boolean;
  onClose: () => void;
}

/** A new key ends the old one at once: whoever sends with it is refused until it has the new one. */
export default function RotateDialog({ integration, isOpen, onClose }: RotateDialogProps) {
  const rotate = useRotateKey(integration.id);
  const close = () => {
    rotate.reset();
    onClose();
  };
  return (
    <Modal
      opened={isOpen}
      onClose={close}
      title={t("ui.integration.rotate_title", { name: integration.name })}
      closeButtonProps={{ "aria-label": t("ui.close") }}
    >
      <div className={dialogs.form}>
        <p className="wb-dim">{t("ui.integration.rotate_text")}</p>
        {rotate.isError && <ErrorNote title={words(rotate.error).title} detail={words(rotate.error).detail} />}
        <div className={dialogs.acts}>
          <Button variant="subtle" data-autofocus onClick={close}>
            {t("ui.integration.rotate_keep")}
          </Button>
          <Button
            data-danger
            loading={rotate.isPending}
            onClick={() => {
              rotate.mutate(integration.version, {
                onSuccess: () => {
                  close();
                  toast({
                    glyph: "resolved",
                    tone: "dim",
                    text: t("ui.integration.rotated"),
                    more: t("ui.integration.rotated_text"),
                  });
                },
              });
            }}
          >
            {t("ui.integration.rotate_do")}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
