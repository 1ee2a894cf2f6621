import "@mantine/core/styles/Popover.layer.css";
import "@mantine/core/styles/Combobox.layer.css";

import { Button, Select, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";

import { teamsQuery } from "../../api/directory.ts";
import type { Read } from "../../api/edit.ts";
import { usersQuery } from "../../api/oncall.ts";
import { ApiError, words } from "../../api/problem.ts";
import { readSchedule, useCreateSchedule, writeSchedule } from "../../api/schedules.ts";
import { useMe } from "../../api/session.ts";
import type { Ref, Schedule, User } from "../../api/types.ts";
import { Conflict } from "../../components/Conflict.tsx";
import { FormFooter } from "../../components/FormFooter.tsx";
import { useFormSaving } from "../../components/formSaving.ts";
import { mayWrite } from "../../components/rights.ts";
import { ZoneSelect } from "../../components/ZoneSelect.tsx";
import { t } from "../../i18n.ts";
import { Loading } from "../../ui/Notes.tsx";
import { useNow } from "../../ui/now.ts";
import { useZone } from "../../ui/zone.ts";
import { differences } from "./differences.ts";
import { bodyOf, type Draft, draftOf, lacks, newRotation, saidOf } from "./draft.ts";
import { Holidays } from "./Holidays.tsx";
import { Preview } from "./Preview.tsx";
import { RotationFields } from "./RotationFields.tsx";
import css from "./ScheduleForm.module.css";

interface ScheduleFormProps {
  isOpen: boolean;
  /** What is edited; a new one when left out. */
  from?: Read<Schedule>;
  onDone: (id: string) => void;
  onCancel: () => void;
}

/** A schedule as a form, with the shifts it would give beside it. */
export default function ScheduleForm(props: ScheduleFormProps) {
  const { data: teams } = useQuery(teamsQuery);
  const { data: users } = useQuery(usersQuery);
  return teams === undefined || users === undefined ? (
    <Loading rows={5} />
  ) : (
    <Form teams={teams.items} users={users.items} {...props} />
  );
}

interface FormProps extends ScheduleFormProps {
  teams: readonly Ref[];
  users: readonly User[];
}

function Form({ from, teams, users, onDone, onCancel }: FormProps) {
  const me = useMe();
  const now = useNow();
  const zone = useZone();
  const mine = teams.filter((team) => mayWrite(me, team.id) || team.id === from?.value.team);
  const fresh = (rotations: Draft["rotations"], at: string) =>
    newRotation(rotations, t("ui.schedule_form.rotation_n", { n: rotations.length + 1 }), now, at);
  const [draft, setDraft] = useState<Draft>(() =>
    from === undefined
      ? { name: "", team: mine.length === 1 ? (mine[0]?.id ?? "") : "", zone, rotations: [fresh([], zone)], holidays: [] }
      : draftOf(from.value),
  );
  const change = (next: Partial<Draft>) => {
    setDraft((before) => ({ ...before, ...next }));
  };
  const save = useFormSaving({
    from,
    read: readSchedule,
    write: writeSchedule,
    create: useCreateSchedule(),
    said: (name, isNew) => (isNew ? t("ui.schedule_form.created", { name }) : t("ui.schedule_form.saved", { name })),
    onPresent: (present) => {
      setDraft(draftOf(present));
    },
    onDone,
  });
  const lacking = lacks(draft);
  const fields = save.error instanceof ApiError ? save.error.fields : {};
  return (
    <form
      className={css.columns}
      onSubmit={(event: SubmitEvent<HTMLFormElement>) => {
        event.preventDefault();
        if (lacking === undefined) {
          save.run(bodyOf(draft));
        }
      }}
    >
      <div className={css.form}>
        {save.clash !== undefined && (
          <Conflict
            name={save.clash.theirs.value.name}
            differences={differences(save.clash.mine, save.clash.theirs.value, { teams, users })}
            isPending={save.isPending}
            onMine={save.keepMine}
            onTheirs={save.takeTheirs}
          />
        )}
        <Top draft={draft} teams={mine} fields={fields} isNew={from === undefined} onChange={change} />
        <ol className={css.rotations} aria-label={t("ui.schedule.rotations")}>
          {draft.rotations.map((rotation, index) => (
            <RotationFields
              key={rotation.key}
              draft={draft}
              index={index}
              users={users}
              team={teams.find((one) => one.id === draft.team)}
              said={saidOf(fields, index)}
              onChange={(rotations) => {
                change({ rotations });
              }}
            />
          ))}
        </ol>
        <div className={css.more}>
          <Button
            onClick={() => {
              change({ rotations: [...draft.rotations, fresh(draft.rotations, draft.zone)] });
            }}
          >
            {t("ui.schedule_form.add_rotation")}
          </Button>
          <p className={css.hint}>{t("ui.schedule_form.add_rotation_text")}</p>
        </div>
        <Holidays
          draft={draft}
          fields={fields}
          onChange={(holidays) => {
            change({ holidays });
          }}
        />
      </div>
      <Preview draft={draft} id={from?.value.id} zone={zone} />
      <FormFooter
        isLong
        save={t(from === undefined ? "ui.schedule_form.create" : "ui.schedule_form.save")}
        isPending={save.isPending}
        onCancel={onCancel}
        why={lacking === undefined ? undefined : t(`ui.schedule_form.lacks.${lacking}`)}
        error={save.error}
        detail={detailOf(save.error)}
      />
    </form>
  );
}

/** What went wrong, field by field where the server said so. */
function detailOf(error: unknown): string {
  const fields = error instanceof ApiError ? Object.values(error.fields) : [];
  return fields.length > 0 ? fields.join(" ") : words(error).detail;
}

interface TopProps {
  draft: Draft;
  teams: readonly Ref[];
  fields: Readonly<Record<string, string>>;
  isNew: boolean;
  onChange: (next: Partial<Draft>) => void;
}

/** Whose it is, what it is called, and in whose time it is meant. */
function Top({ draft, teams, fields, isNew, onChange }: TopProps) {
  return (
    <div className={css.top}>
      <TextInput
        label={t("ui.schedule_form.name")}
        placeholder={t("ui.schedule_form.name_such_as")}
        value={draft.name}
        error={fields.name}
        autoFocus={isNew}
        autoComplete="off"
        onChange={(event) => {
          onChange({ name: event.currentTarget.value });
        }}
      />
      <Select
        label={t("ui.schedule_form.team")}
        data={teams.map((team) => ({ value: team.id, label: team.name ?? "" }))}
        value={draft.team === "" ? null : draft.team}
        error={fields.team}
        placeholder={t("ui.schedule_form.choose_team")}
        comboboxProps={{ transitionProps: { duration: 0 } }}
        onChange={(team) => {
          onChange({ team: team ?? "" });
        }}
      />
      <ZoneSelect
        label={t("ui.schedule_form.zone")}
        value={draft.zone}
        error={fields.zone}
        onChange={(zone) => {
          // Never empty: a schedule has a zone.
          if (zone !== "") {
            onChange({ zone });
          }
        }}
      />
    </div>
  );
}
