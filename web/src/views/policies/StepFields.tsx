import { Select, TextInput } from "@mantine/core";

import { Moves } from "../../components/Moves.tsx";
import { peopleOf, type Target, type World } from "../../components/reached.ts";
import { t } from "../../i18n.ts";
import { Glyph } from "../../ui/Glyph.tsx";
import { nameOf } from "../../ui/Owner.tsx";
import { type DraftStep, keyOf, targetOf } from "./model.ts";
import css from "./PolicyForm.module.css";
import { nameOfKey } from "./words.ts";

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
  const people = peopleOf(step.targets.map(targetOf), world);
  return (
    <li className={css.step} aria-label={t("ui.policy.step", { n: index + 1 })}>
      <span className={css.mark} aria-hidden="true">
        {index + 1}
      </span>
      <ul className={css.targets}>
        {step.targets.map((target) => (
          <li key={target}>
            <span>{nameOfKey(target, world)}</span>
            <button
              type="button"
              aria-label={t("ui.policy.remove_target", { name: nameOfKey(target, world) })}
              onClick={() => {
                set({ targets: step.targets.filter((one) => one !== target) });
              }}
            >
              <Glyph name="close" size={14} />
            </button>
          </li>
        ))}
      </ul>
      <Select
        label={t("ui.policy.page_whom", { n: index + 1 })}
        placeholder={t("ui.policy.add_target")}
        data={choices(world, step.targets)}
        value={null}
        searchable
        nothingFoundMessage={t("ui.policy.no_such_target")}
        comboboxProps={{ transitionProps: { duration: 0 } }}
        onChange={(target) => {
          if (target !== null) {
            set({ targets: [...step.targets, target] });
          }
        }}
      />
      <p className={css.now} aria-live="polite">
        {step.targets.length > 0 &&
          (people.length === 0
            ? t("ui.policy.reaches_nobody")
            : t("ui.policy.means_now", { names: people.map(nameOf).join(", ") }))}
      </p>
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
      <div className={css.moves}>
        <Moves list={steps} index={index} what={t("ui.policy.step", { n: index + 1 })} least={1} onChange={onChange} />
      </div>
    </li>
  );
}

/** What else a step could page, in groups. */
function choices(world: World, taken: readonly string[]) {
  const item = (target: Target, label: string | null | undefined) => ({ value: keyOf(target), label: label ?? "" });
  const groups = [
    {
      group: t("ui.policy.groups.schedules"),
      items: world.schedules.map((one) => item({ type: "schedule", id: one.id }, one.name)),
    },
    {
      group: t("ui.policy.groups.people"),
      items: world.users.filter((one) => one.active).map((one) => item({ type: "user", id: one.id }, one.name)),
    },
    {
      group: t("ui.policy.groups.teams"),
      items: [
        ...world.teams.map((one) => item({ type: "team", id: one.id }, t("ui.policy.whole_team", { name: one.name ?? "" }))),
        item({ type: "admins" }, t("ui.policy.admins")),
      ],
    },
    {
      group: t("ui.policy.groups.rooms"),
      items: world.endpoints.map((one) => item({ type: "endpoint", id: one.id }, one.name)),
    },
  ];
  return groups
    .map((one) => ({ ...one, items: one.items.filter((choice) => !taken.includes(choice.value)) }))
    .filter((one) => one.items.length > 0);
}
