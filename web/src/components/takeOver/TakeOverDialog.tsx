import { t } from "../../i18n.ts";
import dialogs from "../dialogs.module.css";
import { FormFooter } from "../FormFooter.tsx";
import { Modal } from "../Modal.ts";
import { UntilFields } from "../until/UntilFields.tsx";
import { useUntil } from "../until/until.ts";
import { useTaking } from "./taking.ts";

interface TakeOverDialogProps {
  isOpen: boolean;
  schedule: { id: string; name?: string | null };
  onClose: () => void;
}

const CHOICES = ["own", "two_hours", "days"] as const;

/** The longest time one takes over. */
const LONGEST_DAYS = 31;

/** Takes over until any other time. */
export default function TakeOverDialog({ isOpen, schedule, onClose }: TakeOverDialogProps) {
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={t("ui.take_over.of", { schedule: schedule.name ?? "" })}
      closeButtonProps={{ "aria-label": t("ui.close") }}
    >
      <Form schedule={schedule} onClose={onClose} />
    </Modal>
  );
}

function Form({ schedule, onClose }: Omit<TakeOverDialogProps, "isOpen">) {
  const state = useUntil("own", LONGEST_DAYS);
  const { take, isPending } = useTaking(schedule);
  return (
    <form
      className={dialogs.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (state.until !== undefined) {
          take(state.until, onClose);
        }
      }}
    >
      <p className="wb-dim">{t("ui.take_over.text")}</p>
      <UntilFields choices={CHOICES} state={state} />
      <FormFooter save={t("ui.take_over.do")} isPending={isPending} onCancel={onClose} why={state.why} />
    </form>
  );
}
