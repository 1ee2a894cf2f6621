import { t } from "../../i18n.ts";
import { FieldError } from "../../ui/Notes.tsx";
import { ZoneSelect } from "../ZoneSelect.tsx";
import css from "./Hours.module.css";
import { type DraftHours, hoursLack, newWindow } from "./model.ts";
import { WindowList } from "./WindowList.tsx";

interface HoursFieldsProps {
  /** What they are for. */
  label: string;
  hours: DraftHours;
  onChange: (hours: DraftHours) => void;
}

/** Hours as people write them: on which weekdays, from when to when, where. */
export function HoursFields({ label, hours, onChange }: HoursFieldsProps) {
  const lack = hoursLack(hours);
  return (
    <div className={css.hours} role="group" aria-label={label}>
      <WindowList
        windows={hours.windows}
        least={1}
        next={() => newWindow(hours.windows)}
        onChange={(windows) => {
          onChange({ ...hours, windows });
        }}
      />
      <div className={css.zone}>
        <ZoneSelect
          label={t("ui.hours.zone")}
          value={hours.zone}
          onChange={(zone) => {
            onChange({ ...hours, zone });
          }}
        />
      </div>
      {lack !== undefined && <FieldError text={t(`ui.hours.lacks.${lack}`)} />}
    </div>
  );
}
