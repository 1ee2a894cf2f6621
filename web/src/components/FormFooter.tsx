import { Button } from "@mantine/core";
import { useId } from "react";

import { words } from "../api/problem.ts";
import { t } from "../i18n.ts";
import { ErrorNote } from "../ui/Notes.tsx";
import css from "./FormFooter.module.css";

interface FormFooterProps {
  /** What the button that sends the form says. */
  save: string;
  isPending: boolean;
  onCancel: () => void;
  /** What still keeps it from being sent, in words. */
  why?: string | undefined;
  /** Why the last try failed, where no field says it. */
  error?: unknown;
  /** What the fields of a long form were refused for: they may be out of sight. */
  detail?: string | undefined;
  /** Under a long form, apart from it. */
  isLong?: boolean;
}

/** How every form ends: what went wrong, leave it, send it, and what it still lacks. */
export function FormFooter({ save, isPending, onCancel, why, error, detail, isLong = false }: FormFooterProps) {
  const whyId = useId();
  return (
    <div className={isLong ? `${css.footer} ${css.long}` : css.footer}>
      {error !== null && error !== undefined && (
        <ErrorNote title={words(error).title} detail={detail ?? words(error).detail} />
      )}
      <Button variant="subtle" onClick={onCancel}>
        {t("ui.cancel")}
      </Button>
      <Button type="submit" variant="filled" aria-disabled={why !== undefined} aria-describedby={whyId} loading={isPending}>
        {save}
      </Button>
      <p id={whyId} className={css.why}>
        {why}
      </p>
    </div>
  );
}
