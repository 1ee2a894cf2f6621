import { type ReactNode, useState } from "react";

import type { Incident } from "../api/types.ts";
import { useAct } from "./act.ts";
import { lazily } from "./lazily.tsx";

const ResolveDialog = lazily(() => import("./ResolveDialog.tsx"));

/** What is to be resolved. */
type Target = Pick<Incident, "id" | "number" | "open_alert_count">;

/** Resolves, and asks first while alerts still fire: an incident cannot silently be over. */
export function useResolve(): { ask: (incident: Target) => void; dialog: ReactNode } {
  const act = useAct();
  const [isOpen, setIsOpen] = useState(false);
  // Kept while the dialog closes.
  const [target, setTarget] = useState<Target>();
  const close = () => {
    setIsOpen(false);
  };
  const ask = (incident: Target) => {
    if (incident.open_alert_count === 0) {
      act.resolve(incident);
    } else {
      setTarget(incident);
      setIsOpen(true);
    }
  };
  const dialog = (
    <ResolveDialog
      isOpen={isOpen}
      count={target?.open_alert_count ?? 0}
      number={target?.number ?? 0}
      onClose={close}
      onResolve={() => {
        close();
        if (target !== undefined) {
          act.resolve(target);
        }
      }}
    />
  );
  return { ask, dialog };
}
