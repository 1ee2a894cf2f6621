import { Select } from "@mantine/core";

import { peopleOf, type Target, type World } from "../../components/reached.ts";
import { t } from "../../i18n.ts";
import { Glyph } from "../../ui/Glyph.tsx";
import { nameOf } from "../../ui/Owner.tsx";
import { keyOf, targetOf } from "./model.ts";
import css from "./PolicyForm.module.css";
import { nameOfKey } from "./words.ts";

interface TargetPickerProps {
  label: string;
  targets: readonly string[];
  world: World;
  /** What it means that they are nobody right now. */
  nobody: string;
  onChange: (targets: string[]) => void;
}

/** Chooses who is told, and says whom that means right now. */
export function TargetPicker({ label, targets, world, nobody, onChange }: TargetPickerProps) {
  const people = peopleOf(targets.map(targetOf), world);
  return (
    <>
      <ul className={css.targets}>
        {targets.map((target) => (
          <li key={target}>
            <span>{nameOfKey(target, world)}</span>
            <button
              type="button"
              aria-label={t("ui.policy.remove_target", { name: nameOfKey(target, world) })}
              onClick={() => {
                onChange(targets.filter((one) => one !== target));
              }}
            >
              <Glyph name="close" size={14} />
            </button>
          </li>
        ))}
      </ul>
      <Select
        label={label}
        placeholder={t("ui.policy.add_target")}
        data={choices(world, targets)}
        value={null}
        searchable
        nothingFoundMessage={t("ui.policy.no_such_target")}
        comboboxProps={{ transitionProps: { duration: 0 } }}
        onChange={(target) => {
          if (target !== null) {
            onChange([...targets, target]);
          }
        }}
      />
      <p className={css.now} aria-live="polite">
        {targets.length > 0 &&
          (people.length === 0 ? nobody : t("ui.policy.means_now", { names: people.map(nameOf).join(", ") }))}
      </p>
    </>
  );
}

/** Who else could be told, in groups. */
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
