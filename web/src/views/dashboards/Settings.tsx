import "@mantine/core/styles/Popover.layer.css";
import "@mantine/core/styles/Combobox.layer.css";

import { Select, Textarea, TextInput } from "@mantine/core";
import type { ReactNode } from "react";

import { SPANS } from "../../components/graph/spans.ts";
import { t } from "../../i18n.ts";
import { FieldError } from "../../ui/Notes.tsx";
import { span } from "../../ui/time.ts";
import css from "./Editor.module.css";
import { type Draft, REFRESHES } from "./model.ts";

interface SettingsProps {
  draft: Draft;
  teams: readonly { id: string; name: string }[];
  fields: Readonly<Record<string, string>>;
  isNew: boolean;
  onChange: (next: Partial<Draft>) => void;
}

/** What the dashboard is called, whose it is, and over what time it looks. */
export function Settings({ draft, teams, fields, isNew, onChange }: SettingsProps) {
  const wrong = (field: string) => {
    const text = fields[field];
    return text === undefined ? undefined : <FieldError text={text} />;
  };
  return (
    <div className={css.top}>
      <TextInput
        label={t("ui.dashboard.name")}
        value={draft.name}
        error={wrong("name")}
        autoFocus={isNew}
        autoComplete="off"
        onChange={(event) => {
          onChange({ name: event.currentTarget.value });
        }}
      />
      <Choice
        label={t("ui.dashboard.team")}
        value={draft.team}
        error={wrong("team")}
        options={teams.map((team) => ({ value: team.id, label: team.name }))}
        onChange={(team) => {
          onChange({ team });
        }}
      />
      <Choice
        label={t("ui.dashboard.span")}
        value={String(draft.spanS)}
        error={wrong("span_s")}
        options={among(SPANS.map(({ seconds }) => seconds), draft.spanS).map(inWords)}
        onChange={(seconds) => {
          onChange({ spanS: Number(seconds) });
        }}
      />
      <Choice
        label={t("ui.dashboard.refresh")}
        value={draft.refreshS === null ? "never" : String(draft.refreshS)}
        error={wrong("refresh_s")}
        options={among(REFRESHES, draft.refreshS).map(inWords)}
        onChange={(seconds) => {
          onChange({ refreshS: seconds === "never" ? null : Number(seconds) });
        }}
      />
      <Textarea
        className={css.description ?? ""}
        label={t("ui.dashboard.description")}
        value={draft.description}
        error={wrong("description")}
        autosize
        minRows={1}
        onChange={(event) => {
          onChange({ description: event.currentTarget.value });
        }}
      />
    </div>
  );
}

/** The usual choices, and the present one where a file has set another. */
function among<T>(usual: readonly T[], present: T): T[] {
  return usual.includes(present) ? [...usual] : [...usual, present];
}

function inWords(seconds: number | null) {
  return seconds === null
    ? { value: "never", label: t("ui.dashboard.refresh_never") }
    : { value: String(seconds), label: span(seconds * 1_000) };
}

interface ChoiceProps {
  label: string;
  value: string;
  error: ReactNode;
  options: { value: string; label: string }[];
  onChange: (value: string) => void;
}

function Choice({ label, value, error, options, onChange }: ChoiceProps) {
  return (
    <Select
      label={label}
      data={options}
      value={value === "" ? null : value}
      error={error}
      allowDeselect={false}
      placeholder={t("ui.dashboard.choose")}
      comboboxProps={{ transitionProps: { duration: 0 } }}
      onChange={(next) => {
        if (next !== null) {
          onChange(next);
        }
      }}
    />
  );
}
