import { Button, Select, TextInput } from "@mantine/core";

import { t } from "../../i18n.ts";
import { type DraftPerson, DUTIES } from "./draft.ts";
import css from "./Turns.module.css";

interface PersonFieldsProps {
  person: DraftPerson;
  name: string;
  /** Whether nobody else has the turn. */
  isAlone: boolean;
  onChange: (next: Partial<DraftPerson>) => void;
  onRemove: () => void;
}

/** What somebody is there for in a turn, and from when until when. */
export function PersonFields({ person, name, isAlone, onChange, onRemove }: PersonFieldsProps) {
  return (
    <fieldset className={css.special}>
      <legend>{name}</legend>
      <Select
        label={t("ui.schedule_form.duty")}
        data={DUTIES.map((duty) => ({ value: duty, label: t(`ui.schedule_form.duties.${duty}`) }))}
        value={person.duty}
        allowDeselect={false}
        comboboxProps={{ transitionProps: { duration: 0 } }}
        onChange={(chosen) => {
          onChange({ duty: DUTIES.find((duty) => duty === chosen) ?? "act" });
        }}
      />
      <TextInput
        type="date"
        label={t("ui.schedule_form.joins")}
        value={person.joins}
        onChange={(event) => {
          onChange({ joins: event.currentTarget.value });
        }}
      />
      <TextInput
        type="date"
        label={t("ui.schedule_form.leaves")}
        value={person.leaves}
        onChange={(event) => {
          onChange({ leaves: event.currentTarget.value });
        }}
      />
      {!isAlone && (
        <Button aria-label={t("ui.schedule_form.take_out_one", { name })} onClick={onRemove}>
          {t("ui.schedule_form.take_out")}
        </Button>
      )}
    </fieldset>
  );
}
