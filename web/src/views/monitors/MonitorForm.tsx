import "@mantine/core/styles/Popover.layer.css";
import "@mantine/core/styles/Combobox.layer.css";

import { Select, Textarea, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";

import { servicesQuery } from "../../api/directory.ts";
import type { Read } from "../../api/edit.ts";
import { type MonitorDetail, readMonitor, useCreateMonitor, writeMonitor } from "../../api/monitors.ts";
import { ApiError } from "../../api/problem.ts";
import { useMe } from "../../api/session.ts";
import { Conflict } from "../../components/Conflict.tsx";
import { FormFooter } from "../../components/FormFooter.tsx";
import { useFormSaving } from "../../components/formSaving.ts";
import { mayWrite } from "../../components/rights.ts";
import { t } from "../../i18n.ts";
import { bodyOf, type Draft, draftOf, emptyDraft, fieldOf, lacks } from "./model.ts";
import css from "./MonitorForm.module.css";
import { Trial } from "./Trial.tsx";
import { differences } from "./words.ts";

interface MonitorFormProps {
  isOpen: boolean;
  /** What is edited; a new one when left out. */
  from?: Read<MonitorDetail>;
  /** What a new one begins with. */
  target: string;
  service: string;
  onDone: (id: string) => void;
  onCancel: () => void;
}

const SEVERITIES = ["critical", "major", "moderate", "minor", "info"] as const;
const SILENCES = ["keep", "alert", "recover"] as const;

/** A monitor as a form, with what it would have done beside it. */
export default function MonitorForm({ from, target, service, onDone, onCancel }: MonitorFormProps) {
  const [draft, setDraft] = useState<Draft>(() => (from === undefined ? emptyDraft(target, service) : draftOf(from.value)));
  const change = (next: Partial<Draft>) => {
    setDraft((before) => ({ ...before, ...next }));
  };
  const save = useFormSaving({
    from,
    read: readMonitor,
    write: writeMonitor,
    create: useCreateMonitor(),
    said: (name) => t("ui.monitor.saved", { name }),
    onPresent: (present) => {
      setDraft(draftOf(present));
    },
    onDone,
  });
  const { data: services } = useQuery(servicesQuery);
  const serviceName = (id: string) => services?.items.find((one) => one.id === id)?.name ?? "";
  const lacking = lacks(draft);
  const refused = fieldErrors(save.error);
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (lacking.length === 0) {
      save.run(bodyOf(draft));
    }
  };
  return (
    <div className={css.columns}>
      <form className={css.form} onSubmit={submit}>
        {save.clash !== undefined && (
          <Conflict
            name={save.clash.theirs.value.name}
            differences={differences(save.clash.mine, save.clash.theirs.value, serviceName)}
            isPending={save.isPending}
            onMine={save.keepMine}
            onTheirs={save.takeTheirs}
          />
        )}
        <Fields draft={draft} errors={refused} onChange={change} isNew={from === undefined} />
        <FormFooter
          isLong
          save={t(from === undefined ? "ui.monitor.create" : "ui.monitor.save")}
          isPending={save.isPending}
          onCancel={onCancel}
          why={
            lacking.length === 0
              ? undefined
              : t("ui.monitor.lacks", { fields: lacking.map((one) => t(`ui.monitor.field.${one}`)).join(", ") })
          }
          error={Object.keys(refused).length === 0 ? save.error : undefined}
        />
      </form>
      <Trial draft={draft} />
    </div>
  );
}

/** What the server says of fields, by the field of this form. */
function fieldErrors(error: unknown): Partial<Record<keyof Draft, string>> {
  const fields = error instanceof ApiError ? Object.entries(error.fields) : [];
  const found: Partial<Record<keyof Draft, string>> = {};
  for (const [path, text] of fields) {
    const field = fieldOf(path);
    if (field !== undefined) {
      found[field] = text;
    }
  }
  return found;
}

interface FieldsProps {
  draft: Draft;
  errors: Partial<Record<keyof Draft, string>>;
  isNew: boolean;
  onChange: (next: Partial<Draft>) => void;
}

function Fields({ draft, errors, isNew, onChange }: FieldsProps) {
  const text = (field: "name" | "target" | "threshold" | "forS" | "recovery" | "recoverForS" | "everyS" | "silentAfterS" | "runbook") => ({
    value: draft[field],
    error: errors[field],
    autoComplete: "off",
    onChange: (event: { currentTarget: { value: string } }) => {
      onChange({ [field]: event.currentTarget.value });
    },
  });
  const number = (field: Parameters<typeof text>[0]) => ({ ...text(field), inputMode: "decimal" as const });
  return (
    <>
      <div className={css.two}>
        <TextInput label={t("ui.monitor.name")} autoFocus={isNew} {...text("name")} />
        <ServiceField value={draft.service} error={errors.service} onChange={onChange} />
      </div>
      <TextInput
        label={t("ui.monitor.target")}
        description={t("ui.monitor.target_text")}
        classNames={{ input: css.mono ?? "" }}
        spellCheck={false}
        {...text("target")}
      />
      <div className={css.three}>
        <Choice
          label={t("ui.monitor.side")}
          value={draft.side}
          options={["above", "below"].map((one) => ({ value: one, label: t(`ui.monitor.side_${one === "below" ? "below" : "above"}`) }))}
          onChange={(side) => {
            onChange({ side: side === "below" ? "below" : "above" });
          }}
        />
        <TextInput label={t("ui.monitor.threshold")} {...number("threshold")} />
        <TextInput label={t("ui.monitor.for")} {...number("forS")} />
      </div>
      <div className={css.three}>
        <TextInput label={t("ui.monitor.recovery")} placeholder={draft.threshold} {...number("recovery")} />
        <TextInput label={t("ui.monitor.recover_for")} placeholder={draft.forS} {...number("recoverForS")} />
        <TextInput label={t("ui.monitor.every")} {...number("everyS")} />
      </div>
      <div className={css.three}>
        <Choice
          label={t("ui.monitor.severity")}
          value={draft.severity}
          options={SEVERITIES.map((one) => ({ value: one, label: t(`severity.${one}`) }))}
          onChange={(chosen) => {
            onChange({ severity: SEVERITIES.find((one) => one === chosen) ?? "major" });
          }}
        />
        <TextInput label={t("ui.monitor.silent_after")} {...number("silentAfterS")} />
        <Choice
          label={t("ui.monitor.on_silence")}
          value={draft.onSilence}
          options={SILENCES.map((one) => ({ value: one, label: t(`ui.monitor.silence_${one}`) }))}
          onChange={(chosen) => {
            onChange({ onSilence: SILENCES.find((one) => one === chosen) ?? "keep" });
          }}
        />
      </div>
      <Textarea
        label={t("ui.monitor.description")}
        autosize
        minRows={2}
        value={draft.description}
        error={errors.description}
        onChange={(event) => {
          onChange({ description: event.currentTarget.value });
        }}
      />
      <TextInput label={t("ui.monitor.runbook")} type="url" {...text("runbook")} />
    </>
  );
}

interface ChoiceProps {
  label: string;
  value: string;
  options: { value: string; label: string }[];
  onChange: (value: string | null) => void;
}

function Choice({ label, value, options, onChange }: ChoiceProps) {
  return (
    <Select
      label={label}
      data={options}
      value={value}
      allowDeselect={false}
      comboboxProps={{ transitionProps: { duration: 0 } }}
      onChange={onChange}
    />
  );
}

/** The services whose monitors one may edit. */
function ServiceField({ value, error, onChange }: { value: string; error: string | undefined; onChange: FieldsProps["onChange"] }) {
  const me = useMe();
  const { data } = useQuery(servicesQuery);
  const mine = (data?.items ?? []).filter((one) => mayWrite(me, one.team) || one.id === value);
  return (
    <Select
      label={t("ui.monitor.service")}
      data={mine.map((one) => ({ value: one.id, label: one.name }))}
      value={value === "" ? null : value}
      error={error}
      placeholder={t("ui.monitor.choose_service")}
      comboboxProps={{ transitionProps: { duration: 0 } }}
      onChange={(service) => {
        onChange({ service: service ?? "" });
      }}
    />
  );
}
