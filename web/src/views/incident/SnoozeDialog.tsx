import { useSnooze } from "../../api/incidents.ts";
import type { IncidentDetail } from "../../api/types.ts";
import dialogs from "../../components/dialogs.module.css";
import { FormFooter } from "../../components/FormFooter.tsx";
import { Modal } from "../../components/Modal.ts";
import { UntilFields } from "../../components/until/UntilFields.tsx";
import { useUntil } from "../../components/until/until.ts";
import { t } from "../../i18n.ts";
import { when } from "../../ui/time.ts";
import { toast } from "../../ui/toasts.ts";

/** What is offered. */
const CHOICES = ["hour", "hours", "morning", "own"] as const;

/** The longest snooze. */
const LONGEST_DAYS = 30;

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
  const state = useUntil("hour", LONGEST_DAYS);
  const { until, now, zone } = state;
  const snooze = useSnooze(incident.id);
  return (
    <form
      className={dialogs.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (until === undefined) {
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
      <UntilFields choices={CHOICES} state={state} />
      <FormFooter
        save={t("ui.snooze.do")}
        isPending={snooze.isPending}
        onCancel={onClose}
        why={state.why}
      />
    </form>
  );
}
