import { TextInput } from "@mantine/core";

import { Check } from "../../components/Check.tsx";
import { HoursFields } from "../../components/hours/HoursFields.tsx";
import { nightHours } from "../../components/hours/model.ts";
import { t } from "../../i18n.ts";
import { FieldError } from "../../ui/Notes.tsx";
import css from "./Me.module.css";
import { type DraftExtras, isAgainWrong, type Urgency } from "./model.ts";

interface RulesMoreProps {
  urgency: Urgency;
  extras: DraftExtras;
  /** The zone quiet hours begin with. */
  zone: string;
  onChange: (extras: DraftExtras) => void;
}

/** What holds for all rules: whether the last one comes again, and when low urgency is silent. */
export function RulesMore({ urgency, extras, zone, onChange }: RulesMoreProps) {
  return (
    <div className={css.rulesMore}>
      <TextInput
        className={css.again ?? ""}
        label={t("ui.me.again")}
        description={t("ui.me.again_text")}
        inputMode="decimal"
        value={extras.again}
        rightSection={<span aria-hidden="true">{t("ui.me.min")}</span>}
        error={isAgainWrong(extras) && <FieldError text={t("ui.me.fault.again")} />}
        onChange={(event) => {
          onChange({ ...extras, again: event.currentTarget.value });
        }}
      />
      {urgency === "low" && (
        <Check
          label={t("ui.me.quiet")}
          text={t("ui.me.quiet_text")}
          isSwitch
          checked={extras.quiet !== undefined}
          onChange={(isOn) => {
            onChange({ ...extras, quiet: isOn ? nightHours(zone) : undefined });
          }}
        />
      )}
      {urgency === "low" && extras.quiet !== undefined && (
        <HoursFields
          label={t("ui.me.quiet")}
          hours={extras.quiet}
          onChange={(quiet) => {
            onChange({ ...extras, quiet });
          }}
        />
      )}
    </div>
  );
}
