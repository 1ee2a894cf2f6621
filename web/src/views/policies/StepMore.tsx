import { Select } from "@mantine/core";
import { Fragment, useState } from "react";

import { Check } from "../../components/Check.tsx";
import { HoursFields } from "../../components/hours/HoursFields.tsx";
import { officeHours } from "../../components/hours/model.ts";
import { t } from "../../i18n.ts";
import { SEVERITIES } from "../../ui/Severity.tsx";
import { useZone } from "../../ui/zone.ts";
import { type DraftOnly, type DraftStep, hasMore } from "./model.ts";
import css from "./PolicyForm.module.css";

interface StepMoreProps {
  step: DraftStep;
  n: number;
  onChange: (next: Partial<DraftStep>) => void;
}

/** What few steps need: only some incidents, only some hours, everybody. Open where it is used. */
export function StepMore({ step, n, onChange }: StepMoreProps) {
  const [isOpen] = useState(() => hasMore(step));
  const { only } = step;
  const setOnly = (next: Partial<DraftOnly>) => {
    onChange({ only: { ...only, ...next } });
  };
  return (
    <details className={css.more} open={isOpen}>
      <summary>{t("ui.policy.more", { n })}</summary>
      <div className={css.moreFields}>
        <div className={css.conditions}>
          <Select
            label={t("ui.policy.for_urgency")}
            data={(["any", "high", "low"] as const).map((one) => ({ value: one, label: t(`ui.policy.urgencies.${one}`) }))}
            value={only.urgency ?? "any"}
            allowDeselect={false}
            comboboxProps={{ transitionProps: { duration: 0 } }}
            onChange={(one) => {
              setOnly({ urgency: one === "high" || one === "low" ? one : undefined });
            }}
          />
          <Select
            label={t("ui.policy.for_severity")}
            data={[
              { value: "any", label: t("ui.policy.any_severity") },
              ...SEVERITIES.slice(0, -1).map((one, at) => ({ value: one, label: t(at === 0 ? "ui.policy.worst" : "ui.policy.to_severity", { n: at + 1 }) })),
            ]}
            value={only.severity ?? "any"}
            allowDeselect={false}
            comboboxProps={{ transitionProps: { duration: 0 } }}
            onChange={(one) => {
              setOnly({ severity: SEVERITIES.find((known) => known === one) });
            }}
          />
          <TimesSelect only={only} onChange={setOnly} />
        </div>
        {(["within", "outside"] as const).map((side) => {
          const hours = only[side];
          return (
            hours !== undefined && (
              <Fragment key={side}>
                {timesOf(only) === "both" && <p className={css.hint}>{t(`ui.policy.times.${side}`)}</p>}
                <HoursFields
                  label={t(`ui.policy.times.${side}`)}
                  hours={hours}
                  onChange={(next) => {
                    setOnly({ [side]: next });
                  }}
                />
              </Fragment>
            )
          );
        })}
        <Check
          label={t("ui.policy.needs_everyone")}
          text={t("ui.policy.needs_everyone_text")}
          checked={step.needsEveryone}
          onChange={(isOn) => {
            // One of them, or everybody: not both.
            onChange(isOn ? { needsEveryone: true, inTurn: false } : { needsEveryone: false });
          }}
        />
        <Check
          label={t("ui.policy.in_turn")}
          text={t("ui.policy.in_turn_text")}
          checked={step.inTurn}
          onChange={(isOn) => {
            onChange(isOn ? { inTurn: true, needsEveryone: false } : { inTurn: false });
          }}
        />
      </div>
    </details>
  );
}

/** When a step is executed; both only where somebody wrote it so as code. */
const TIMES = ["always", "within", "outside", "both"] as const;

function timesOf({ within, outside }: DraftOnly): (typeof TIMES)[number] {
  if (within !== undefined) {
    return outside === undefined ? "within" : "both";
  }
  return outside === undefined ? "always" : "outside";
}

function TimesSelect({ only, onChange }: { only: DraftOnly; onChange: (next: Partial<DraftOnly>) => void }) {
  const zone = useZone();
  const now = timesOf(only);
  return (
    <Select
      label={t("ui.policy.for_hours")}
      data={TIMES.filter((one) => one !== "both" || now === "both").map((one) => ({ value: one, label: t(`ui.policy.times.${one}`) }))}
      value={now}
      allowDeselect={false}
      comboboxProps={{ transitionProps: { duration: 0 } }}
      onChange={(one) => {
        // Who changes their mind about the side keeps the hours.
        const hours = only.within ?? only.outside ?? officeHours(zone);
        onChange({ within: one === "within" ? hours : undefined, outside: one === "outside" ? hours : undefined });
      }}
    />
  );
}
