import { Select, TextInput } from "@mantine/core";

import type { Ref, User } from "../../api/types.ts";
import { Moves } from "../../components/Moves.tsx";
import { t } from "../../i18n.ts";
import { FieldError } from "../../ui/Notes.tsx";
import { bodyOf, type Draft, type DraftRotation, lacks, UNITS } from "./draft.ts";
import { RotationMore } from "./RotationMore.tsx";
import css from "./ScheduleForm.module.css";
import { Turns } from "./Turns.tsx";
import { handoffText } from "./words.ts";

interface RotationFieldsProps {
  draft: Draft;
  index: number;
  users: readonly User[];
  /** The team of the schedule. */
  team: Ref | undefined;
  /** What the server refused of it. */
  said: readonly string[];
  onChange: (rotations: DraftRotation[]) => void;
}

/** One rotation: how long a turn is, whose it is, and what few need folded away. */
export function RotationFields({ draft, index, users, team, said, onChange }: RotationFieldsProps) {
  const rotation = draft.rotations[index];
  if (rotation === undefined) {
    return null;
  }
  const n = index + 1;
  const set = (next: Partial<DraftRotation>) => {
    onChange(draft.rotations.map((one) => (one.key === rotation.key ? { ...one, ...next } : one)));
  };
  return (
    <li className={css.rotation}>
      <div className={css.head}>
        <TextInput
          label={t("ui.schedule_form.rotation_name", { n })}
          value={rotation.name}
          autoComplete="off"
          onChange={(event) => {
            set({ name: event.currentTarget.value });
          }}
        />
        {draft.rotations.length > 1 && (
          <Moves
            list={draft.rotations}
            index={index}
            what={rotation.name === "" ? t("ui.schedule_form.rotation_n", { n }) : rotation.name}
            least={1}
            onChange={onChange}
          />
        )}
      </div>
      <Rhythm rotation={rotation} onChange={set} />
      <p className={css.hint} aria-live="polite">
        {handoff(draft, index)}
      </p>
      <Turns rotation={rotation} users={users} team={team} onChange={set} />
      <RotationMore rotation={rotation} scheduleZone={draft.zone} onChange={set} />
      {said.map((text) => (
        <p key={text} role="alert" className={css.said}>
          <FieldError text={text} />
        </p>
      ))}
    </li>
  );
}

/** The hand-off in words, once it makes sense. */
function handoff(draft: Draft, index: number): string {
  const rotation = bodyOf(draft).rotations[index];
  const lack = lacks({ ...draft, name: "-", team: "-", rotations: draft.rotations.slice(index, index + 1) });
  return rotation === undefined || lack === "start" || lack === "every" ? "" : handoffText(rotation, draft.zone);
}

interface RhythmProps {
  rotation: DraftRotation;
  onChange: (next: Partial<DraftRotation>) => void;
}

function Rhythm({ rotation, onChange }: RhythmProps) {
  return (
    <div className={css.rhythm}>
      <TextInput
        label={t("ui.schedule_form.every")}
        type="number"
        inputMode="numeric"
        min={1}
        step={1}
        value={rotation.every}
        onChange={(event) => {
          onChange({ every: event.currentTarget.value });
        }}
      />
      <Select
        label={t("ui.schedule_form.unit")}
        data={UNITS.map((unit) => ({ value: unit, label: t(`ui.schedule_form.units.${unit}`, { count: Number(rotation.every) }) }))}
        value={rotation.unit}
        allowDeselect={false}
        comboboxProps={{ transitionProps: { duration: 0 } }}
        onChange={(chosen) => {
          onChange({ unit: UNITS.find((unit) => unit === chosen) ?? "weeks" });
        }}
      />
      <TextInput
        label={t("ui.schedule_form.start")}
        type="datetime-local"
        value={rotation.start}
        onChange={(event) => {
          onChange({ start: event.currentTarget.value });
        }}
      />
    </div>
  );
}
