import "@mantine/core/styles/ActionIcon.layer.css";
import "@mantine/core/styles/PasswordInput.layer.css";

import { PasswordInput, TextInput } from "@mantine/core";
import { useId, useState } from "react";

import type { Read } from "../../api/edit.ts";
import type { Channel, Method } from "../../api/me.ts";
import { ApiError } from "../../api/problem.ts";
import type { User } from "../../api/types.ts";
import dialogs from "../../components/dialogs.module.css";
import { FormFooter } from "../../components/FormFooter.tsx";
import { Modal } from "../../components/Modal.ts";
import { t } from "../../i18n.ts";
import { FieldError } from "../../ui/Notes.tsx";
import { toast } from "../../ui/toasts.ts";
import { Clash } from "./Clash.tsx";
import css from "./Me.module.css";
import { methodsOf, withMethod } from "./model.ts";
import { useUserSaving } from "./saving.ts";

type Field = Channel["fields"][number];

/** Which keys a phone offers. What is wrong with an address the server says, in words. */
const MODES: Readonly<Record<string, "email" | "url">> = { email: "email", url: "url" };

interface MethodDialogProps {
  isOpen: boolean;
  from: Read<User>;
  /** What is edited; a new one when undefined. */
  method: Method | undefined;
  channels: readonly Channel[];
  onClose: () => void;
}

/** A way to be reached: its form is made from what the channel asks for. */
export default function MethodDialog({ isOpen, from, method, channels, onClose }: MethodDialogProps) {
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={method === undefined ? t("ui.me.add_method") : t("ui.me.edit_method", { name: method.name })}
      closeButtonProps={{ "aria-label": t("ui.close") }}
    >
      <Form from={from} method={method} channels={channels} onClose={onClose} />
    </Modal>
  );
}

function Form({ from, method, channels, onClose }: Omit<MethodDialogProps, "isOpen">) {
  const [channelName, setChannelName] = useState(method?.channel ?? channels[0]?.name ?? "");
  const [name, setName] = useState(method?.name ?? "");
  const [settings, setSettings] = useState<Record<string, string | null>>(method?.settings ?? {});
  const channel = channels.find((one) => one.name === channelName);
  const saving = useUserSaving(from, () => {
    toast({ glyph: "resolved", tone: "resolved", text: t("ui.me.method_saved", { name: name.trim() }) });
    onClose();
  });
  const methods = methodsOf(from.value);
  const at = method === undefined ? methods.length : methods.findIndex((one) => one.id === method.id);
  const fields = saving.error instanceof ApiError ? saving.error.fields : {};
  const wrong = (path: string) => {
    const text = fields[`methods[${at}].${path}`];
    return text === undefined ? undefined : <FieldError text={text} />;
  };
  const isKnown = Object.keys(fields).some((path) => path.startsWith(`methods[${at}].`));
  return (
    <form
      className={dialogs.form}
      onSubmit={(event) => {
        event.preventDefault();
        const changed = { id: method?.id ?? null, name: name.trim(), channel: channelName, settings };
        saving.run({ methods: withMethod(methods, changed) });
      }}
    >
      <Clash saving={saving} name={from.value.name} />
      {method === undefined && (
        <ChannelField
          channels={channels}
          value={channelName}
          onChange={(next) => {
            setChannelName(next);
            setSettings({});
          }}
        />
      )}
      {channel !== undefined && <p className="wb-dim">{channel.docs}</p>}
      <TextInput
        label={t("ui.me.method_name")}
        description={t("ui.me.method_name_text")}
        value={name}
        required
        withAsterisk={false}
        data-autofocus
        error={wrong("name")}
        onChange={(event) => {
          setName(event.currentTarget.value);
        }}
      />
      {channel?.fields.map((field) => (
        <SettingField
          key={field.name}
          field={field}
          value={settings[field.name] ?? ""}
          isKept={settings[field.name] === null}
          error={wrong(`settings.${field.name}`)}
          onChange={(value) => {
            setSettings((before) => ({ ...before, [field.name]: value }));
          }}
        />
      ))}
      <FormFooter
        save={t("ui.me.save")}
        isPending={saving.isPending}
        onCancel={onClose}
        error={isKnown ? undefined : saving.error}
      />
    </form>
  );
}

interface ChannelFieldProps {
  channels: readonly Channel[];
  value: string;
  onChange: (name: string) => void;
}

function ChannelField({ channels, value, onChange }: ChannelFieldProps) {
  const id = useId();
  return (
    <div className={css.field}>
      <label htmlFor={id}>{t("ui.me.channel")}</label>
      <select
        id={id}
        className={css.select}
        value={value}
        onChange={(event) => {
          onChange(event.currentTarget.value);
        }}
      >
        {channels.map((one) => (
          <option key={one.name} value={one.name}>
            {one.label}
          </option>
        ))}
      </select>
    </div>
  );
}

interface SettingFieldProps {
  field: Field;
  value: string;
  /** It is a secret that is set and not shown. */
  isKept: boolean;
  error: React.ReactNode;
  onChange: (value: string) => void;
}

function SettingField({ field, value, isKept, error, onChange }: SettingFieldProps) {
  const label = field.label.charAt(0).toLocaleUpperCase() + field.label.slice(1);
  const hint = isKept ? t("ui.me.secret_kept") : field.hint;
  const common = {
    label: field.required ? label : t("ui.me.optional", { label }),
    description: hint,
    value,
    error,
    autoComplete: "off",
    onChange: (event: React.ChangeEvent<HTMLInputElement>) => {
      onChange(event.currentTarget.value);
    },
  };
  return field.kind === "secret" ? (
    <PasswordInput {...common} visibilityToggleButtonProps={{ "aria-label": t("ui.sign_in.show") }} />
  ) : (
    <TextInput {...common} inputMode={MODES[field.kind]} />
  );
}
