import { Button, TextInput } from "@mantine/core";

import { t } from "../../i18n.ts";
import { DAYS, type DraftWindow } from "./draft.ts";
import css from "./ScheduleForm.module.css";

interface WindowFieldsProps {
  window: DraftWindow;
  n: number;
  onChange: (next: Partial<DraftWindow>) => void;
  onRemove: () => void;
}

/** Some hours on some weekdays. */
export function WindowFields({ window, n, onChange, onRemove }: WindowFieldsProps) {
  return (
    <div className={css.window} role="group" aria-label={t("ui.schedule_form.window", { n })}>
      <div className={css.days} role="group" aria-label={t("ui.schedule_form.weekdays")}>
        {DAYS.map((day) => (
          <button
            key={day}
            type="button"
            aria-pressed={window.days.includes(day)}
            onClick={() => {
              onChange({
                days: window.days.includes(day) ? window.days.filter((one) => one !== day) : [...window.days, day],
              });
            }}
          >
            {t(`ui.schedule.days.${day}`)}
          </button>
        ))}
      </div>
      <TextInput
        type="time"
        label={t("ui.schedule_form.from")}
        value={window.from}
        onChange={(event) => {
          onChange({ from: event.currentTarget.value });
        }}
      />
      <TextInput
        type="time"
        label={t("ui.schedule_form.to")}
        value={window.to}
        onChange={(event) => {
          onChange({ to: event.currentTarget.value });
        }}
      />
      <Button aria-label={t("ui.schedule_form.remove_window", { n })} onClick={onRemove}>
        {t("ui.schedule_form.take_out")}
      </Button>
      <label className={css.check}>
        <input
          type="checkbox"
          checked={window.coordinateOnly}
          onChange={(event) => {
            onChange({ coordinateOnly: event.currentTarget.checked });
          }}
        />
        {t("ui.schedule_form.coordinate_only")}
      </label>
    </div>
  );
}
