import { useEffect, useState } from "react";

import { t } from "../i18n.ts";
import { Glyph } from "./Glyph.tsx";
import css from "./Toasts.module.css";
import { dismiss, type Shown, STAYS_MS, useToasts } from "./toasts.ts";

/** Bottom left on a desktop, above the action bar on a phone. */
export function Toasts() {
  const toasts = useToasts();
  return (
    <div className={css.stack} role="region" aria-label={t("ui.toast.region")}>
      {toasts.map((one) => (
        <One key={one.id} toast={one} />
      ))}
    </div>
  );
}

function One({ toast }: { toast: Shown }) {
  const [isHeld, setIsHeld] = useState(false);
  const { id, stays = false } = toast;
  useEffect(() => {
    if (stays || isHeld) {
      return undefined;
    }
    const timer = setTimeout(() => {
      dismiss(id);
    }, STAYS_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [id, stays, isHeld]);
  const hold = () => {
    setIsHeld(true);
  };
  const release = () => {
    setIsHeld(false);
  };
  const run = () => {
    dismiss(id);
    toast.action?.run();
  };
  return (
    <div
      className={css.toast}
      role={stays && toast.tone !== "dim" ? "alert" : "status"}
      data-stays={stays || undefined}
      onMouseEnter={hold}
      onMouseLeave={release}
      onFocus={hold}
      onBlur={release}
    >
      <Glyph name={toast.glyph} className={`wb-${toast.tone}`} />
      <b>{toast.text}</b>
      {toast.action !== undefined && (
        <button type="button" className={`${css.action} wb-link`} onClick={run}>
          {toast.action.label}
        </button>
      )}
      <button
        type="button"
        className={css.close}
        aria-label={t("ui.toast.close")}
        onClick={() => {
          dismiss(id);
        }}
      >
        <Glyph name="close" size={16} />
      </button>
      {toast.more !== undefined && <span className={css.more}>{toast.more}</span>}
    </div>
  );
}
