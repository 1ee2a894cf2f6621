import { Button, Modal } from "@mantine/core";
import { type ReactNode, useState } from "react";

import type { Incident } from "../api/types.ts";
import { t } from "../i18n.ts";
import { useAct } from "./act.ts";
import css from "./dialogs.module.css";

/** What is to be resolved. */
type Target = Pick<Incident, "id" | "number" | "open_alert_count">;

/** Resolves, and asks first while alerts still fire: an incident cannot silently be over. */
export function useResolve(): { ask: (incident: Target) => void; dialog: ReactNode } {
  const act = useAct();
  const [asking, setAsking] = useState<Target>();
  const close = () => {
    setAsking(undefined);
  };
  const ask = (incident: Target) => {
    if (incident.open_alert_count === 0) {
      act.resolve(incident);
    } else {
      setAsking(incident);
    }
  };
  const count = asking?.open_alert_count ?? 0;
  const dialog = (
    <Modal
      opened={asking !== undefined}
      onClose={close}
      title={t("ui.resolve.title", { count })}
      closeButtonProps={{ "aria-label": t("ui.close") }}
    >
      <p className="wb-dim">{t("ui.resolve.text", { count })}</p>
      <div className={css.acts}>
        <Button variant="subtle" data-autofocus onClick={close}>
          {t("ui.resolve.keep")}
        </Button>
        <Button
          onClick={() => {
            close();
            if (asking !== undefined) {
              act.resolve(asking);
            }
          }}
        >
          {t("ui.resolve.do", { number: asking?.number ?? 0 })}
        </Button>
      </div>
    </Modal>
  );
  return { ask, dialog };
}
