import "@mantine/core/styles/Popover.layer.css";
import "@mantine/core/styles/Combobox.layer.css";

import { Button, Select, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { shiftsQuery, usersQuery } from "../../api/oncall.ts";
import { ApiError, words } from "../../api/problem.ts";
import type { Schedule } from "../../api/types.ts";
import { t } from "../../i18n.ts";
import { localText } from "../../ui/localTime.ts";
import { ErrorNote } from "../../ui/Notes.tsx";
import { nameOf } from "../../ui/Owner.tsx";
import { city, fullWhen } from "../../ui/time.ts";
import { useZone } from "../../ui/zone.ts";
import { Conflict } from "../Conflict.tsx";
import dialogs from "../dialogs.module.css";
import { Modal } from "../Modal.ts";
import { stretches } from "../shifts.ts";
import type { Seed } from "./Calendar.tsx";
import css from "./OverrideDialog.module.css";
import { bodyOf, type Draft, draftOf, KINDS, lacks, spanOfDraft } from "./overrideDraft.ts";
import { useSaveOverride } from "./saveOverride.ts";

interface OverrideDialogProps {
  isOpen: boolean;
  schedule: Schedule;
  /** In which the times are written. */
  zone: string;
  seed: Seed;
  onClose: () => void;
}

/** Who is on call for a span, against the rotations. */
export default function OverrideDialog({ isOpen, onClose, seed, ...rest }: OverrideDialogProps) {
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={seed.edited === undefined ? t("ui.override.add") : t("ui.override.edit")}
      closeButtonProps={{ "aria-label": t("ui.close") }}
    >
      <Form onClose={onClose} seed={seed} {...rest} />
    </Modal>
  );
}

function Form({ schedule, zone, seed, onClose }: Omit<OverrideDialogProps, "isOpen">) {
  const [draft, setDraft] = useState<Draft>(() => draftOf(seed, zone));
  const change = (next: Partial<Draft>) => {
    setDraft((before) => ({ ...before, ...next }));
  };
  const saving = useSaveOverride(schedule, seed, zone, setDraft, onClose);
  const lacking = lacks(draft, zone);
  const fields = saving.error instanceof ApiError ? Object.values(saving.error.fields).join(" ") : "";
  return (
    <form
      className={dialogs.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (lacking === undefined) {
          saving.run(bodyOf(draft, zone));
        }
      }}
    >
      {saving.clash !== undefined && (
        <Conflict
          name={t("ui.override.one")}
          differences={saving.differences}
          isPending={saving.isPending}
          onMine={saving.keepMine}
          onTheirs={saving.takeTheirs}
        />
      )}
      <Kinds draft={draft} onChange={change} />
      <People draft={draft} onChange={change} />
      <Times draft={draft} zone={zone} onChange={change} />
      {schedule.rotations.length > 1 && (
        <Select
          label={t("ui.override.where")}
          data={[
            { value: "", label: t("ui.override.whole") },
            ...schedule.rotations.map((one) => ({ value: one.id ?? "", label: one.name })),
          ]}
          value={draft.rotation}
          allowDeselect={false}
          comboboxProps={{ transitionProps: { duration: 0 } }}
          onChange={(rotation) => {
            change({ rotation: rotation ?? "" });
          }}
        />
      )}
      <Without schedule={schedule} draft={draft} zone={zone} />
      {saving.error !== null && (
        <ErrorNote title={words(saving.error).title} detail={fields === "" ? words(saving.error).detail : fields} />
      )}
      <div className={dialogs.acts}>
        <Button variant="subtle" onClick={onClose}>
          {t("ui.cancel")}
        </Button>
        <Button
          type="submit"
          variant="filled"
          aria-disabled={lacking !== undefined}
          aria-describedby="override-lacks"
          loading={saving.isPending}
        >
          {t("ui.override.save")}
        </Button>
      </div>
      <p id="override-lacks" className={css.lacks}>
        {lacking === undefined ? "" : t(`ui.override.lacks.${lacking}`)}
      </p>
    </form>
  );
}

interface PartProps {
  draft: Draft;
  onChange: (next: Partial<Draft>) => void;
}

function Kinds({ draft, onChange }: PartProps) {
  return (
    <fieldset className={css.kinds}>
      <legend>{t("ui.override.what")}</legend>
      {KINDS.map((kind) => (
        <label key={kind}>
          <input
            type="radio"
            name="kind"
            checked={draft.kind === kind}
            data-autofocus={draft.kind === kind || undefined}
            onChange={() => {
              onChange({ kind });
            }}
          />
          {t(`ui.override.kinds.${kind}`)}
        </label>
      ))}
    </fieldset>
  );
}

function People({ draft, onChange }: PartProps) {
  const { data } = useQuery(usersQuery);
  const people = (data?.items ?? []).filter((one) => one.active).map((one) => ({ value: one.id, label: one.name }));
  return (
    <>
      <Select
        label={draft.kind === "remove" ? t("ui.override.who_not") : t("ui.override.who")}
        placeholder={t("ui.override.choose")}
        data={people}
        value={draft.user === "" ? null : draft.user}
        searchable
        nothingFoundMessage={t("ui.override.nobody_found")}
        comboboxProps={{ transitionProps: { duration: 0 } }}
        onChange={(user) => {
          onChange({ user: user ?? "" });
        }}
      />
      {draft.kind === "replace" && (
        <Select
          label={t("ui.override.instead_of")}
          data={[{ value: "", label: t("ui.override.everybody") }, ...people]}
          value={draft.instead}
          allowDeselect={false}
          searchable
          nothingFoundMessage={t("ui.override.nobody_found")}
          comboboxProps={{ transitionProps: { duration: 0 } }}
          onChange={(instead) => {
            onChange({ instead: instead ?? "" });
          }}
        />
      )}
    </>
  );
}

function Times({ draft, zone, onChange }: PartProps & { zone: string }) {
  const mine = useZone();
  const span = spanOfDraft(draft, zone);
  const differs = span !== undefined && localText(span.from, mine) !== draft.from;
  return (
    <div>
      <div className={css.times}>
        <TextInput
          type="datetime-local"
          label={t("ui.override.from")}
          value={draft.from}
          onChange={(event) => {
            onChange({ from: event.currentTarget.value });
          }}
        />
        <TextInput
          type="datetime-local"
          label={t("ui.override.to")}
          value={draft.to}
          onChange={(event) => {
            onChange({ to: event.currentTarget.value });
          }}
        />
      </div>
      <p className={css.hint}>
        {t("ui.override.zone", { city: city(zone) })}{" "}
        {differs && t("ui.override.for_you", { from: fullWhen(span.from, mine), to: fullWhen(span.to, mine) })}
      </p>
    </div>
  );
}

/** Who is on call in that time as things stand. */
function Without({ schedule, draft, zone }: { schedule: Schedule; draft: Draft; zone: string }) {
  const span = spanOfDraft(draft, zone);
  const { data } = useQuery({
    ...shiftsQuery(schedule.id, span?.from ?? 0, span?.to ?? 0),
    enabled: span !== undefined,
    // A span too long to be counted has no answer here; saving it has.
    retry: false,
  });
  if (span === undefined || data === undefined) {
    return null;
  }
  const found = new Set(
    stretches(data.items, span.from, span.to).flatMap((one) =>
      one.people.length === 0 ? [t("ui.on_call.nobody")] : one.people.map(nameOf),
    ),
  );
  return <p className={css.hint}>{t("ui.override.as_it_stands", { names: [...found].join(", ") })}</p>;
}
