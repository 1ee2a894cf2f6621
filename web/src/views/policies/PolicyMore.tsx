import { Check } from "../../components/Check.tsx";
import { HoursFields } from "../../components/hours/HoursFields.tsx";
import { officeHours } from "../../components/hours/model.ts";
import type { World } from "../../components/reached.ts";
import { t } from "../../i18n.ts";
import { useZone } from "../../ui/zone.ts";
import type { Draft } from "./model.ts";
import css from "./PolicyForm.module.css";
import { TargetPicker } from "./TargetPicker.tsx";

interface PolicyMoreProps {
  draft: Draft;
  world: World;
  onChange: (next: Partial<Draft>) => void;
}

/** What holds for the whole ladder: what low urgency waits for, and who is told at the end. */
export function PolicyMore({ draft, world, onChange }: PolicyMoreProps) {
  const zone = useZone();
  return (
    <>
      <fieldset className={css.group}>
        <legend>{t("ui.policy.at_end")}</legend>
        <p className={css.hint}>{t("ui.policy.fallback_text")}</p>
        <TargetPicker
          label={t("ui.policy.fallback_whom")}
          targets={draft.fallback}
          world={world}
          nobody={t("ui.policy.fallback_nobody")}
          onChange={(fallback) => {
            onChange({ fallback });
          }}
        />
      </fieldset>
      <fieldset className={css.group}>
        <legend>{t("ui.policy.low_urgency")}</legend>
        <Check
          label={t("ui.policy.low_waits_for")}
          text={t("ui.policy.low_waits_text")}
          isSwitch
          checked={draft.lowHours !== undefined}
          onChange={(isOn) => {
            onChange({ lowHours: isOn ? officeHours(zone) : undefined });
          }}
        />
        {draft.lowHours !== undefined && (
          <HoursFields
            label={t("ui.policy.low_waits_for")}
            hours={draft.lowHours}
            onChange={(lowHours) => {
              onChange({ lowHours });
            }}
          />
        )}
      </fieldset>
    </>
  );
}
