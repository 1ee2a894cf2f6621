import { Button } from "@mantine/core";
import type { UseMutationResult } from "@tanstack/react-query";
import { type ReactNode, useId, useState } from "react";
import { useNavigate } from "react-router";

import type { Leaving } from "../api/affected.ts";
import { t } from "../i18n.ts";
import { toast } from "../ui/toasts.ts";
import css from "./DeleteButton.module.css";
import { lazily } from "./lazily.tsx";

const DeleteDialog = lazily(() => import("./DeleteDialog.tsx"));

interface DeleteButtonProps {
  /** What is deleted, as it was shown. */
  one: { id: string; version: number; name: string };
  /** Deletes it, if it still is as it was shown. */
  remove: UseMutationResult<unknown, Error, { id: string; version: number }>;
  /** What is said when it is gone. */
  done: string;
  /** Where one goes then. */
  to: string;
  /** What goes, where others are affected. */
  leaving?: Leaving;
  /** What keeps it from being deleted. */
  why?: string | undefined;
  /** Whether that is not known yet. */
  isUnknown?: boolean;
  /** What will happen, in words. */
  children: ReactNode;
}

/** Deletes what a view shows: asks for its name, then leaves the view. */
export function DeleteButton({ one, remove, done, to, leaving, why, isUnknown = false, children }: DeleteButtonProps) {
  const navigate = useNavigate();
  const [isOpen, setIsOpen] = useState(false);
  const whyId = useId();
  const isOff = isUnknown || why !== undefined;
  return (
    <>
      <Button
        aria-disabled={isOff}
        aria-describedby={whyId}
        onClick={() => {
          if (!isOff) {
            setIsOpen(true);
          }
        }}
      >
        {t("ui.delete.ask")}
      </Button>
      <p id={whyId} className={why === undefined ? "wb-sr" : css.why}>
        {why}
      </p>
      <DeleteDialog
        isOpen={isOpen}
        name={one.name}
        leaving={leaving}
        isPending={remove.isPending}
        error={remove.error}
        onClose={() => {
          remove.reset();
          setIsOpen(false);
        }}
        onDelete={() => {
          // Not by the call's own callback: what was deleted may be gone from the page by then, and this with it.
          remove.mutateAsync({ id: one.id, version: one.version }).then(
            () => {
              void navigate(to);
              toast({ glyph: "stopped", tone: "dim", text: done });
            },
            // It is shown in the dialog.
            () => undefined,
          );
        }}
      >
        {children}
      </DeleteDialog>
    </>
  );
}
