import "@mantine/core/styles/Popover.layer.css";
import "@mantine/core/styles/Combobox.layer.css";

import { Button, Select, Textarea, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { Link } from "react-router";

import { teamsQuery } from "../../api/directory.ts";
import { policiesQuery } from "../../api/oncall.ts";
import { ApiError, words } from "../../api/problem.ts";
import type { ServiceBody } from "../../api/services.ts";
import { useMe } from "../../api/session.ts";
import { mayWrite } from "../../components/rights.ts";
import { t } from "../../i18n.ts";
import { useDraft } from "../../ui/draft.ts";
import { ErrorNote, FieldError } from "../../ui/Notes.tsx";
import { span } from "../../ui/time.ts";
import { times, URGENCIES, type Urgency } from "./form.ts";
import css from "./ServiceForm.module.css";

interface ServiceFormProps {
  /** Under which name what is typed is kept. */
  draft: string;
  from: ServiceBody;
  /** The version it was read at; a new one has none. */
  etag?: string;
  /** Where leaving leads. */
  back: string;
  isPending: boolean;
  error: unknown;
  save: string;
  /** Shown above the buttons. */
  children?: ReactNode;
  /** With the version the edit was begun from, which a reload does not change. */
  onSave: (body: ServiceBody, etag: string) => void;
}

/** An edit that is not saved yet, with the version it was begun from. */
interface Kept {
  etag: string;
  body: ServiceBody;
}

/** What is typed and not saved yet; survives a reload. */
function useBody(draft: string, from: ServiceBody, etag: string) {
  const [text, keep] = useDraft(draft);
  const { body, etag: begun } = text === "" ? { body: from, etag } : (JSON.parse(text) as Kept);
  return {
    body,
    etag: begun,
    set: (change: Partial<ServiceBody>) => {
      keep(JSON.stringify({ etag: begun, body: { ...body, ...change } } satisfies Kept));
    },
    forget: () => {
      keep("");
    },
  };
}

/** What is set of a service. */
export function ServiceForm({ draft, from, etag = "", back, isPending, error, save, children, onSave }: ServiceFormProps) {
  const me = useMe();
  const { data: teams } = useQuery(teamsQuery);
  const { data: policies } = useQuery(policiesQuery);
  const { body, set, forget, ...begun } = useBody(draft, from, etag);
  const [missing, setMissing] = useState<"name" | "team">();
  const fields = error instanceof ApiError ? error.fields : {};
  const wrong = (name: keyof ServiceBody) => {
    const text = missing === name ? t(`ui.service.form.${missing}_first`) : fields[name];
    return text === undefined ? undefined : <FieldError text={text} />;
  };
  const submit = () => {
    const first = body.name.trim() === "" ? "name" : body.team === "" ? "team" : undefined;
    setMissing(first);
    if (first === undefined) {
      onSave({ ...body, name: body.name.trim() }, begun.etag);
    } else {
      document.getElementById(`service-${first}`)?.focus();
    }
  };
  const mine = (teams?.items ?? []).filter((team) => mayWrite(me, team.id) || team.id === from.team);
  return (
    <form
      className={css.form}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <TextInput
        id="service-name"
        label={t("ui.service.form.name")}
        description={t("ui.service.form.name_text")}
        value={body.name}
        error={wrong("name")}
        onChange={(event) => {
          set({ name: event.currentTarget.value });
        }}
      />
      <Textarea
        label={t("ui.service.form.description")}
        description={t("ui.service.form.description_text")}
        value={body.description ?? ""}
        rows={3}
        error={wrong("description")}
        onChange={(event) => {
          set({ description: event.currentTarget.value });
        }}
      />
      <Select
        id="service-team"
        label={t("ui.service.form.team")}
        description={t("ui.service.form.team_text")}
        data={mine.map((team) => ({ value: team.id, label: team.name }))}
        value={body.team === "" ? null : body.team}
        allowDeselect={false}
        placeholder={t("ui.service.form.choose")}
        error={wrong("team")}
        comboboxProps={{ transitionProps: { duration: 0 } }}
        onChange={(team) => {
          set({ team: team ?? "" });
        }}
      />
      <Select
        label={t("ui.service.form.policy")}
        description={t("ui.service.form.policy_text")}
        data={[
          { value: "", label: t("ui.service.form.no_policy") },
          ...(policies?.items ?? []).map((policy) => ({ value: policy.id, label: policy.name })),
        ]}
        value={body.policy ?? ""}
        allowDeselect={false}
        error={wrong("policy")}
        comboboxProps={{ transitionProps: { duration: 0 } }}
        onChange={(policy) => {
          set({ policy: policy === "" ? null : policy });
        }}
      />
      <UrgencyChoice
        value={body.urgency ?? "by_severity"}
        onChange={(urgency) => {
          set({ urgency });
        }}
      />
      <TimeField
        name="acknowledge_expires_after_s"
        value={body.acknowledge_expires_after_s}
        error={wrong("acknowledge_expires_after_s")}
        onChange={set}
      />
      <TimeField
        name="auto_resolve_after_s"
        value={body.auto_resolve_after_s}
        error={wrong("auto_resolve_after_s")}
        onChange={set}
      />
      {error !== null && error !== undefined && Object.keys(fields).length === 0 && (
        <ErrorNote title={words(error).title} detail={words(error).detail} />
      )}
      {children}
      <div className={css.acts}>
        <Button type="submit" variant="filled" loading={isPending}>
          {save}
        </Button>
        <Button component={Link} to={back} variant="subtle" onClick={forget}>
          {t("ui.cancel")}
        </Button>
      </div>
    </form>
  );
}

interface TimeFieldProps {
  name: "acknowledge_expires_after_s" | "auto_resolve_after_s";
  value: number | null | undefined;
  error: ReactNode;
  onChange: (change: Partial<ServiceBody>) => void;
}

/** After what time something happens by itself, if ever. */
function TimeField({ name, value, error, onChange }: TimeFieldProps) {
  return (
    <Select
      label={t(`ui.service.form.${name}`)}
      description={t(`ui.service.form.${name}_text`)}
      data={[
        { value: "", label: t("ui.service.form.never") },
        ...times(value).map((seconds) => ({ value: String(seconds), label: span(seconds * 1_000) })),
      ]}
      value={value == null ? "" : String(value)}
      allowDeselect={false}
      error={error}
      comboboxProps={{ transitionProps: { duration: 0 } }}
      onChange={(seconds) => {
        onChange({ [name]: seconds === null || seconds === "" ? null : Number(seconds) });
      }}
    />
  );
}

/** How loudly: each choice says what it means. */
function UrgencyChoice({ value, onChange }: { value: Urgency; onChange: (urgency: Urgency) => void }) {
  return (
    <fieldset className={css.choice}>
      <legend>{t("ui.service.form.urgency")}</legend>
      {URGENCIES.map((one) => (
        <label key={one}>
          <input
            type="radio"
            name="urgency"
            checked={one === value}
            onChange={() => {
              onChange(one);
            }}
          />
          <span>
            <b>{t(`ui.service.form.urgency_${one}`)}</b>
            <small>{t(`ui.service.form.urgency_${one}_text`)}</small>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
