import { TextInput } from "@mantine/core";

import { Moves } from "../../components/Moves.tsx";
import type { World } from "../../components/reached.ts";
import { t } from "../../i18n.ts";
import type { DraftStep } from "./model.ts";
import css from "./PolicyForm.module.css";
import { StepMore } from "./StepMore.tsx";
import { TargetPicker } from "./TargetPicker.tsx";

interface StepFieldsProps {
  steps: readonly DraftStep[];
  index: number;
  world: World;
  onChange: (steps: DraftStep[]) => void;
}

/** One rung of the ladder: whom it pages, and how long it waits for them. */
export function StepFields({ steps, index, world, onChange }: StepFieldsProps) {
  const step = steps[index];
  if (step === undefined) {
    return null;
  }
  const set = (next: Partial<DraftStep>) => {
    onChange(steps.map((one) => (one.key === step.key ? { ...one, ...next } : one)));
  };
  return (
    <li className={css.step} aria-label={t("ui.policy.step", { n: index + 1 })}>
      <span className={css.mark} aria-hidden="true">
        {index + 1}
      </span>
      <TargetPicker
        label={t("ui.policy.page_whom", { n: index + 1 })}
        targets={step.targets}
        world={world}
        nobody={t("ui.policy.reaches_nobody")}
        onChange={(targets) => {
          set({ targets });
        }}
      />
      <TextInput
        className={css.short ?? ""}
        label={t("ui.policy.wait_label", { n: index + 1 })}
        type="number"
        inputMode="decimal"
        min={0}
        step="any"
        rightSection={<span aria-hidden="true">{t("ui.policy.min")}</span>}
        value={step.minutes}
        onChange={(event) => {
          set({ minutes: event.currentTarget.value });
        }}
      />
      <StepMore step={step} n={index + 1} onChange={set} />
      <div className={css.moves}>
        <Moves list={steps} index={index} what={t("ui.policy.step", { n: index + 1 })} least={1} onChange={onChange} />
      </div>
    </li>
  );
}
