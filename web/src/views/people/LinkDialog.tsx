import { Button, TextInput } from "@mantine/core";
import { useState } from "react";

import { useSetUpLink } from "../../api/people.ts";
import dialogs from "../../components/dialogs.module.css";
import { Modal } from "../../components/Modal.ts";
import { t } from "../../i18n.ts";
import { fullWhen } from "../../ui/time.ts";
import { useZone } from "../../ui/zone.ts";

interface LinkDialogProps {
  isOpen: boolean;
  user: { id: string; name: string };
  onClose: () => void;
}

/** The way in for somebody: made when asked for, and shown this once. */
export default function LinkDialog({ isOpen, user, onClose }: LinkDialogProps) {
  const zone = useZone();
  const make = useSetUpLink();
  const [isCopied, setIsCopied] = useState(false);
  const link = make.data;
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={t("ui.people.link_title", { name: user.name })}
      closeButtonProps={{ "aria-label": t("ui.close") }}
    >
      <div className={dialogs.form}>
        <p className="wb-dim">{t("ui.people.link_text", { name: user.name })}</p>
        {link !== undefined && (
          <>
            <TextInput
              label={t("ui.people.link")}
              description={t("ui.people.link_until", { when: fullWhen(link.expiresAt, zone) })}
              value={link.href}
              readOnly
              onFocus={(event) => {
                event.currentTarget.select();
              }}
            />
            <p role="status">{isCopied ? t("ui.people.copied") : ""}</p>
          </>
        )}
        <div className={dialogs.acts}>
          <Button variant="subtle" onClick={onClose}>
            {link === undefined ? t("ui.cancel") : t("ui.close")}
          </Button>
          {link === undefined ? (
            <Button
              variant="filled"
              data-autofocus
              loading={make.isPending}
              onClick={() => {
                make.mutate(user.id);
              }}
            >
              {t("ui.people.make_link")}
            </Button>
          ) : (
            <Button
              variant="filled"
              onClick={() => {
                // Where the browser forbids it, the field stands there to be copied by hand.
                navigator.clipboard.writeText(link.href).then(
                  () => {
                    setIsCopied(true);
                  },
                  () => undefined,
                );
              }}
            >
              {t("ui.people.copy")}
            </Button>
          )}
        </div>
      </div>
    </Modal>
  );
}
