import { Button, TextInput } from "@mantine/core";

import { t } from "../../i18n.ts";
import { type Draft, type DraftHoliday, newHoliday } from "./draft.ts";
import css from "./ScheduleForm.module.css";

interface HolidaysProps {
  draft: Draft;
  /** What the server said of its fields. */
  fields: Readonly<Record<string, string>>;
  onChange: (holidays: DraftHoliday[]) => void;
}

/** The public holidays the schedule knows; what they change, each rotation says. */
export function Holidays({ draft: { holidays, rotations }, fields, onChange }: HolidaysProps) {
  const isHeeded = rotations.some((one) => one.onHolidays !== "as_usual");
  const set = (index: number, next: Partial<DraftHoliday>) => {
    onChange(holidays.map((one, at) => (at === index ? { ...one, ...next } : one)));
  };
  return (
    <fieldset className={css.holidays}>
      <legend>{t("ui.schedule_form.holidays")}</legend>
      <p className={css.hint}>
        {t(holidays.length > 0 && !isHeeded ? "ui.schedule_form.holidays_unheeded" : "ui.schedule_form.holidays_text")}
      </p>
      {holidays.map((one, index) => (
        <div key={one.key} className={css.holiday}>
          <TextInput
            type="date"
            aria-label={t("ui.schedule_form.holiday_date")}
            value={one.date}
            error={fields[`holidays[${index}].date`]}
            onChange={(event) => {
              set(index, { date: event.currentTarget.value });
            }}
          />
          <TextInput
            aria-label={t("ui.schedule_form.holiday_name")}
            placeholder={t("ui.schedule_form.holiday_name")}
            value={one.name}
            error={fields[`holidays[${index}].name`]}
            onChange={(event) => {
              set(index, { name: event.currentTarget.value });
            }}
          />
          <Button
            aria-label={t("ui.moves.remove", { what: one.name || one.date })}
            onClick={() => {
              onChange(holidays.filter((_, at) => at !== index));
            }}
          >
            ×
          </Button>
        </div>
      ))}
      <div>
        <Button
          onClick={() => {
            onChange([...holidays, newHoliday(holidays)]);
          }}
        >
          {t("ui.schedule_form.add_holiday")}
        </Button>
      </div>
    </fieldset>
  );
}
