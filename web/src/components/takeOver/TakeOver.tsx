import { Button } from "@mantine/core";
import { lazy, Suspense, useState } from "react";

import { t } from "../../i18n.ts";
import { lazily } from "../lazily.tsx";

const TakeOverMenu = lazy(() => import("./TakeOverMenu.tsx"));
const TakeOverDialog = lazily(() => import("./TakeOverDialog.tsx"));

interface TakeOverProps {
  schedule: { id: string; name?: string | null };
  /** When the shift ends; undefined when that is not known. */
  until: number | undefined;
  /** Whether the schedule's name stands on the button, where it does not stand beside it. */
  isNamed?: boolean;
}

/** "I'll take it": one tap asks until when, the second one does it. */
export function TakeOver({ schedule, until, isNamed = false }: TakeOverProps) {
  const [isLoaded, setIsLoaded] = useState(false);
  const [isOpen, setIsOpen] = useState(false);
  const name = { schedule: schedule.name ?? "" };
  // What is heard begins with what is seen.
  const label = isNamed ? t("ui.take_over.of", name) : t("ui.take_over.label", name);
  const text = isNamed ? label : t("ui.take_over.do");
  const button = (
    <Button
      aria-haspopup="menu"
      aria-label={label}
      onClick={() => {
        setIsLoaded(true);
      }}
    >
      {text}
    </Button>
  );
  return (
    <>
      {isLoaded ? (
        <Suspense fallback={button}>
          <TakeOverMenu
            schedule={schedule}
            until={until}
            label={label}
            text={text}
            onOther={() => {
              setIsOpen(true);
            }}
          />
        </Suspense>
      ) : (
        button
      )}
      <TakeOverDialog
        isOpen={isOpen}
        schedule={schedule}
        onClose={() => {
          setIsOpen(false);
        }}
      />
    </>
  );
}
