import { TextInput } from "@mantine/core";
import { useState } from "react";

import { useSnooze } from "../../api/incidents.ts";
import type { IncidentDetail } from "../../api/types.ts";
import dialogs from "../../components/dialogs.module.css";
import { FormFooter } from "../../components/FormFooter.tsx";
import { Modal } from "../../components/Modal.ts";
import { t } from "../../i18n.ts";
import { useNow } from "../../ui/now.ts";
import { city, when } from "../../ui/time.ts";
import { toast } from "../../ui/toasts.ts";
import { useZone } from "../../ui/zone.ts";
import css from "./choice.module.css";
import { type Choice, CHOICES, ownText, untilOf, wrong } from "./snooze.ts";

interface SnoozeDialogProps {
  incident: IncidentDetail;
  isOpen: boolean;
  onClose: () => void;
}

/** Puts an incident off: until when. */
export default function SnoozeDialog({ incident, isOpen, onClose }: SnoozeDialogProps) {
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={t("ui.snooze.title", { number: incident.number })}
      closeButtonProps={{ "aria-label": t("ui.close") }}
    >
      <Form incident={incident} onClose={onClose} />
    </Modal>
  );
}

function Form({ incident, onClose }: Omit<SnoozeDialogProps, "isOpen">) {
  const now = useNow();
  const zone = useZone();
  const snooze = useSnooze(incident.id);
  const [choice, setChoice] = useState<Choice>("hour");
  const [own, setOwn] = useState(() => ownText(now, zone));
  const until = untilOf(choice, own, now, zone);
  const why = wrong(until, now);
  return (
    <form
      className={dialogs.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (until === undefined || why !== undefined) {
          return;
        }
        snooze.mutate(new Date(until).toISOString(), {
          onSuccess: () => {
            onClose();
            toast({
              about: incident.id,
              glyph: "wait",
              tone: "dim",
              text: t("ui.snooze.done", { number: incident.number, until: when(until, now, zone) }),
              action: {
                label: t("ui.act.undo"),
                run: () => {
                  snooze.mutate(null);
                },
              },
            });
          },
        });
      }}
    >
      <p className="wb-dim">{t("ui.snooze.text")}</p>
      <fieldset className={css.choice}>
        <legend>{t("ui.snooze.until")}</legend>
        {CHOICES.map((one) => {
          const at = one === "own" ? undefined : untilOf(one, own, now, zone);
          return (
            <label key={one}>
              <input
                type="radio"
                name="until"
                value={one}
                checked={one === choice}
                data-autofocus={one === "hour" || undefined}
                onChange={() => {
                  setChoice(one);
                }}
              />
              <span>{t(`ui.snooze.choice.${one}`)}</span>
              {at !== undefined && <small>{when(at, now, zone)}</small>}
            </label>
          );
        })}
      </fieldset>
      {choice === "own" && (
        <TextInput
          type="datetime-local"
          label={t("ui.snooze.own")}
          description={t("ui.override.zone", { city: city(zone) })}
          value={own}
          onChange={(event) => {
            setOwn(event.currentTarget.value);
          }}
        />
      )}
      <FormFooter
        save={t("ui.snooze.do")}
        isPending={snooze.isPending}
        onCancel={onClose}
        why={why === undefined ? undefined : t(`ui.snooze.wrong.${why}`)}
      />
    </form>
  );
}
