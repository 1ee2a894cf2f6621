import { Button } from "@mantine/core";
import { useState } from "react";

import type { PausedShift } from "../../api/pause.ts";
import type { User } from "../../api/types.ts";
import { pauseOf } from "../../components/pause/model.ts";
import { PausedTag } from "../../components/pause/PausedTag.tsx";
import { PauseForm } from "../../components/pause/PauseForm.tsx";
import { ShiftsInPause } from "../../components/pause/ShiftsInPause.tsx";
import { t } from "../../i18n.ts";
import { useNow } from "../../ui/now.ts";
import { Section } from "../../ui/Section.tsx";
import css from "./Me.module.css";

/** Being left in peace for a while, and which of my shifts somebody else should have then. */
export function Pause({ user }: { user: User }) {
  const isPaused = pauseOf(user, useNow()) !== undefined;
  const [isAsked, setIsAsked] = useState(false);
  const [shifts, setShifts] = useState<readonly PausedShift[]>([]);
  return (
    <Section id="pause" title={t("ui.pause.title")} small={isPaused ? <PausedTag user={user} /> : undefined}>
      {isAsked ? (
        <PauseForm
          user={user.id}
          text={t("ui.pause.text")}
          onCancel={() => {
            setIsAsked(false);
          }}
          onDone={(found) => {
            setShifts(found);
            setIsAsked(false);
          }}
        />
      ) : (
        <>
          <p className={css.pauseText}>{t("ui.pause.text")}</p>
          <Button
            onClick={() => {
              setIsAsked(true);
            }}
          >
            {t(isPaused ? "ui.pause.other" : "ui.pause.ask")}
          </Button>
        </>
      )}
      <div className={css.pauseShifts} role="status">
        {isPaused && !isAsked && <ShiftsInPause shifts={shifts} />}
      </div>
    </Section>
  );
}
