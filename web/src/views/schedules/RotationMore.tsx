import { Select, TextInput } from "@mantine/core";

import { Check } from "../../components/Check.tsx";
import { WindowList } from "../../components/hours/WindowList.tsx";
import { ZoneSelect } from "../../components/ZoneSelect.tsx";
import { t } from "../../i18n.ts";
import { city } from "../../ui/time.ts";
import { type DraftRotation, newRotationWindow, ON_HOLIDAYS } from "./draft.ts";
import css from "./ScheduleForm.module.css";

interface RotationMoreProps {
  rotation: DraftRotation;
  scheduleZone: string;
  onChange: (next: Partial<DraftRotation>) => void;
}

/** What few rotations need; open where one of them is used. */
export function RotationMore({ rotation, scheduleZone, onChange }: RotationMoreProps) {
  return (
    <details className={css.details}>
      <summary>{t("ui.schedule_form.more")}</summary>
      <div className={css.moreFields}>
        <fieldset className={css.windows}>
          <legend>{t("ui.schedule_form.windows")}</legend>
          {rotation.windows.length === 0 && <p className={css.hint}>{t("ui.schedule_form.windows_none")}</p>}
          <WindowList
            windows={rotation.windows}
            next={() => newRotationWindow(rotation.windows)}
            extra={(window, set) => (
              <Check
                label={t("ui.schedule_form.coordinate_only")}
                checked={window.coordinateOnly}
                onChange={(isOn) => {
                  set({ coordinateOnly: isOn });
                }}
              />
            )}
            onChange={(windows) => {
              // Without hours every day is worked.
              onChange(windows.length === 0 ? { windows, turn: "calendar" } : { windows });
            }}
          />
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
      <Select
        label={t("ui.schedule_form.on_holidays")}
        data={ON_HOLIDAYS.map((one) => ({ value: one, label: t(`ui.schedule_form.on_holidays_are.${one}`) }))}
        value={rotation.onHolidays}
        allowDeselect={false}
        comboboxProps={{ transitionProps: { duration: 0 } }}
        onChange={(chosen) => {
          onChange({ onHolidays: ON_HOLIDAYS.find((one) => one === chosen) ?? "as_usual" });
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
      <Check
        label={t("ui.schedule_form.beside")}
        checked={rotation.beside}
        onChange={(isOn) => {
          onChange({ beside: isOn });
        }}
      />
    </div>
  );
}
