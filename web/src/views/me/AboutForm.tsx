import "@mantine/core/styles/Popover.layer.css";
import "@mantine/core/styles/Combobox.layer.css";

import { TextInput } from "@mantine/core";
import { useState } from "react";

import type { Read } from "../../api/edit.ts";
import { ApiError } from "../../api/problem.ts";
import type { User } from "../../api/types.ts";
import { FormFooter } from "../../components/FormFooter.tsx";
import { ZoneSelect } from "../../components/ZoneSelect.tsx";
import { t } from "../../i18n.ts";
import { FieldError } from "../../ui/Notes.tsx";
import { toast } from "../../ui/toasts.ts";
import { Clash } from "./Clash.tsx";
import css from "./Me.module.css";
import { useUserSaving } from "./saving.ts";

interface AboutFormProps {
  isOpen: boolean;
  onClose: () => void;
  from: Read<User>;
  isAdmin: boolean;
}

/** Name, address and zone, to be changed; loaded by those who do. */
export default function AboutForm({ from, isAdmin, onClose }: AboutFormProps) {
  const { value: user } = from;
  const [name, setName] = useState(user.name);
  const [email, setEmail] = useState(user.email);
  const [zone, setZone] = useState(user.zone);
  const saving = useUserSaving(from, () => {
    toast({ glyph: "resolved", tone: "resolved", text: t("ui.me.saved") });
    onClose();
  });
  const fields = saving.error instanceof ApiError ? saving.error.fields : {};
  const wrong = (field: string) => {
    const text = fields[field];
    return text === undefined ? undefined : <FieldError text={text} />;
  };
  const isKnown = ["name", "email", "zone"].some((field) => fields[field] !== undefined);
  return (
    <form
      className={css.form}
      onSubmit={(event) => {
        event.preventDefault();
        saving.run({ name: name.trim(), zone, ...(isAdmin ? { email: email.trim() } : {}) });
      }}
    >
      <Clash saving={saving} name={user.name} />
      <TextInput
        label={t("ui.me.name")}
        autoComplete="name"
        value={name}
        error={wrong("name")}
        autoFocus
        onChange={(event) => {
          setName(event.currentTarget.value);
        }}
      />
      <TextInput
        label={t("ui.me.email")}
        description={isAdmin ? t("ui.me.email_text") : t("ui.me.email_admin")}
        type="email"
        autoComplete="username"
        value={email}
        readOnly={!isAdmin}
        error={wrong("email")}
        onChange={(event) => {
          setEmail(event.currentTarget.value);
        }}
      />
      <ZoneSelect
        label={t("ui.me.zone")}
        description={t("ui.me.zone_text")}
        value={zone}
        error={wrong("zone")}
        onChange={(next) => {
          // Never empty: everybody has a zone.
          setZone((before) => (next === "" ? before : next));
        }}
      />
      <FormFooter
        save={t("ui.me.save")}
        isPending={saving.isPending}
        onCancel={onClose}
        error={isKnown ? undefined : saving.error}
      />
    </form>
  );
}
