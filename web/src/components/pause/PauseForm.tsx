import { type PausedShift, usePause } from "../../api/pause.ts";
import { t } from "../../i18n.ts";
import dialogs from "../dialogs.module.css";
import { FormFooter } from "../FormFooter.tsx";
import { UntilFields } from "../until/UntilFields.tsx";
import { useUntil } from "../until/until.ts";

interface PauseFormProps {
  user: string;
  /** What it means for them. */
  text: string;
  onCancel: () => void;
  /** It is so; these shifts fall into it. */
  onDone: (shifts: readonly PausedShift[]) => void;
}

const CHOICES = ["two_hours", "morning", "days", "own"] as const;

/** The longest pause. */
const LONGEST_DAYS = 90;

/** Pauses a person: says what that means, and asks until when. */
export function PauseForm({ user, text, onCancel, onDone }: PauseFormProps) {
  const state = useUntil("two_hours", LONGEST_DAYS);
  const pause = usePause(user);
  return (
    <form
      className={dialogs.form}
      aria-label={t("ui.pause.title")}
      onSubmit={(event) => {
        event.preventDefault();
        if (state.until !== undefined) {
          pause.mutate(new Date(state.until).toISOString(), {
            onSuccess: ({ shifts }) => {
              onDone(shifts);
            },
          });
        }
      }}
    >
      <p className="wb-dim">{text}</p>
      <UntilFields choices={CHOICES} state={state} />
      <FormFooter save={t("ui.pause.do")} isPending={pause.isPending} onCancel={onCancel} why={state.why} />
    </form>
  );
}
