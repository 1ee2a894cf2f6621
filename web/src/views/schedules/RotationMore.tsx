import { Button, Select, TextInput } from "@mantine/core";

import { ZoneSelect } from "../../components/ZoneSelect.tsx";
import { t } from "../../i18n.ts";
import { city } from "../../ui/time.ts";
import { type DraftRotation, type DraftWindow, newWindow } from "./draft.ts";
import css from "./ScheduleForm.module.css";
import { WindowFields } from "./WindowFields.tsx";

interface RotationMoreProps {
  rotation: DraftRotation;
  scheduleZone: string;
  onChange: (next: Partial<DraftRotation>) => void;
}

/** What few rotations need; open where one of them is used. */
export function RotationMore({ rotation, scheduleZone, onChange }: RotationMoreProps) {
  const setWindow = (key: number, next: Partial<DraftWindow>) => {
    onChange({ windows: rotation.windows.map((one) => (one.key === key ? { ...one, ...next } : one)) });
  };
  return (
    <details className={css.details}>
      <summary>{t("ui.schedule_form.more")}</summary>
      <div className={css.moreFields}>
        <fieldset className={css.windows}>
          <legend>{t("ui.schedule_form.windows")}</legend>
          {rotation.windows.length === 0 && <p className={css.hint}>{t("ui.schedule_form.windows_none")}</p>}
          {rotation.windows.map((window, index) => (
            <WindowFields
              key={window.key}
              window={window}
              n={index + 1}
              onChange={(next) => {
                setWindow(window.key, next);
              }}
              onRemove={() => {
                const left = rotation.windows.filter((one) => one.key !== window.key);
                // Without hours every day is worked.
                onChange(left.length === 0 ? { windows: left, turn: "calendar" } : { windows: left });
              }}
            />
          ))}
          <Button
            onClick={() => {
              onChange({ windows: [...rotation.windows, newWindow(rotation.windows)] });
            }}
          >
            {rotation.windows.length === 0 ? t("ui.schedule_form.add_window") : t("ui.schedule_form.add_another_window")}
          </Button>
        </fieldset>
        <Rules rotation={rotation} scheduleZone={scheduleZone} onChange={onChange} />
      </div>
    </details>
  );
}

function Rules({ rotation, scheduleZone, onChange }: RotationMoreProps) {
  return (
    <div className={css.rules}>
      <Select
        label={t("ui.schedule_form.turn_rule")}
        data={(["calendar", "worked"] as const).map((one) => ({ value: one, label: t(`ui.schedule_form.turn_rules.${one}`) }))}
        value={rotation.turn}
        allowDeselect={false}
        comboboxProps={{ transitionProps: { duration: 0 } }}
        onChange={(chosen) => {
          onChange({ turn: chosen === "worked" ? "worked" : "calendar" });
        }}
      />
      <Select
        label={t("ui.schedule_form.when_off")}
        data={(["next", "nobody"] as const).map((one) => ({ value: one, label: t(`ui.schedule_form.when_offs.${one}`) }))}
        value={rotation.whenOff}
        allowDeselect={false}
        comboboxProps={{ transitionProps: { duration: 0 } }}
        onChange={(chosen) => {
          onChange({ whenOff: chosen === "nobody" ? "nobody" : "next" });
        }}
      />
      <ZoneSelect
        label={t("ui.schedule_form.own_zone")}
        none={t("ui.schedule_form.zone_of_schedule", { city: city(scheduleZone) })}
        value={rotation.zone}
        onChange={(zone) => {
          onChange({ zone });
        }}
      />
      <TextInput
        type="datetime-local"
        label={t("ui.schedule_form.end")}
        value={rotation.end}
        onChange={(event) => {
          onChange({ end: event.currentTarget.value });
        }}
      />
      <label className={css.check}>
        <input
          type="checkbox"
          checked={rotation.beside}
          onChange={(event) => {
            onChange({ beside: event.currentTarget.checked });
          }}
        />
        {t("ui.schedule_form.beside")}
      </label>
    </div>
  );
}
