import "@mantine/core/styles/Popover.layer.css";
import "@mantine/core/styles/Combobox.layer.css";

import { Button, Select, TextInput } from "@mantine/core";
import { type SubmitEvent, useState } from "react";

import type { Read } from "../../api/edit.ts";
import { readPolicy, useCreatePolicy, writePolicy } from "../../api/policies.ts";
import { useMe } from "../../api/session.ts";
import type { Policy } from "../../api/types.ts";
import { Conflict } from "../../components/Conflict.tsx";
import { FormFooter } from "../../components/FormFooter.tsx";
import { useFormSaving } from "../../components/formSaving.ts";
import type { World } from "../../components/reached.ts";
import { mayWrite } from "../../components/rights.ts";
import { t } from "../../i18n.ts";
import { bodyOf, type Draft, draftOf, emptyDraft, lacks, newStep } from "./model.ts";
import css from "./PolicyForm.module.css";
import { PolicyMore } from "./PolicyMore.tsx";
import { StepFields } from "./StepFields.tsx";
import { differences, endSentence } from "./words.ts";

interface PolicyFormProps {
  isOpen: boolean;
  /** What is edited; a new one when left out. */
  from?: Read<Policy>;
  world: World;
  onDone: (id: string) => void;
  onCancel: () => void;
}

/** The ladder as a form: each rung says whom it means while one writes. */
export default function PolicyForm({ from, world, onDone, onCancel }: PolicyFormProps) {
  const me = useMe();
  const mine = world.teams.filter((team) => mayWrite(me, team.id));
  const [draft, setDraft] = useState<Draft>(() =>
    from === undefined ? emptyDraft(mine.length === 1 ? (mine[0]?.id ?? "") : "") : draftOf(from.value),
  );
  const change = (next: Partial<Draft>) => {
    setDraft((before) => ({ ...before, ...next }));
  };
  const save = useFormSaving({
    from,
    read: readPolicy,
    write: writePolicy,
    create: useCreatePolicy(),
    said: (name, isNew) => (isNew ? t("ui.policy.created", { name }) : t("ui.policy.saved", { name })),
    onPresent: (present) => {
      setDraft(draftOf(present));
    },
    onDone,
  });
  const lacking = lacks(draft);
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (lacking === undefined) {
      save.run(bodyOf(draft));
    }
  };
  return (
    <form className={css.form} onSubmit={submit}>
      {save.clash !== undefined && (
        <Conflict
          name={save.clash.theirs.value.name}
          differences={differences(save.clash.mine, save.clash.theirs.value, world)}
          isPending={save.isPending}
          onMine={save.keepMine}
          onTheirs={save.takeTheirs}
        />
      )}
      <div className={css.top}>
        <TextInput
          label={t("ui.policy.name")}
          value={draft.name}
          autoFocus={from === undefined}
          onChange={(event) => {
            change({ name: event.currentTarget.value });
          }}
        />
        <Select
          label={t("ui.policy.team")}
          data={mine.map((team) => ({ value: team.id, label: team.name ?? "" }))}
          value={draft.team === "" ? null : draft.team}
          placeholder={t("ui.policy.choose_team")}
          comboboxProps={{ transitionProps: { duration: 0 } }}
          onChange={(team) => {
            change({ team: team ?? "" });
          }}
        />
      </div>
      <Steps draft={draft} world={world} onChange={change} />
      <PolicyMore draft={draft} world={world} onChange={change} />
      <p className="wb-dim">
        {lacking === undefined ? endSentence(bodyOf(draft), world) : t("ui.policy.ends_unknown")}
      </p>
      <FormFooter
        isLong
        save={t(from === undefined ? "ui.policy.create" : "ui.policy.save")}
        isPending={save.isPending}
        onCancel={onCancel}
        why={lacking === undefined ? undefined : t(`ui.policy.lacks.${lacking}`)}
        error={save.error}
      />
    </form>
  );
}

interface StepsProps {
  draft: Draft;
  world: World;
  onChange: (next: Partial<Draft>) => void;
}

function Steps({ draft, world, onChange }: StepsProps) {
  return (
    <fieldset className={css.steps}>
      <legend>{t("ui.policy.ladder")}</legend>
      <ol>
        {draft.steps.map((step, index) => (
          <StepFields
            key={step.key}
            steps={draft.steps}
            index={index}
            world={world}
            onChange={(steps) => {
              onChange({ steps });
            }}
          />
        ))}
      </ol>
      <Button
        onClick={() => {
          onChange({ steps: [...draft.steps, newStep(draft.steps)] });
        }}
      >
        {t("ui.policy.add_step")}
      </Button>
      <TextInput
        className={css.short ?? ""}
        label={t("ui.policy.repeat_label")}
        description={t("ui.policy.repeat_text")}
        type="number"
        inputMode="numeric"
        min={0}
        step={1}
        value={draft.repeat}
        onChange={(event) => {
          onChange({ repeat: event.currentTarget.value });
        }}
      />
    </fieldset>
  );
}
