import "@mantine/core/styles/Popover.layer.css";
import "@mantine/core/styles/Combobox.layer.css";

import { Button, TextInput } from "@mantine/core";
import { useState } from "react";

import type { Read } from "../../api/edit.ts";
import { ApiError } from "../../api/problem.ts";
import type { User } from "../../api/types.ts";
import { ChangesLink } from "../../components/ChangesLink.tsx";
import { FormFooter } from "../../components/FormFooter.tsx";
import { ZoneSelect } from "../../components/ZoneSelect.tsx";
import { t } from "../../i18n.ts";
import { FieldError } from "../../ui/Notes.tsx";
import { useNow } from "../../ui/now.ts";
import { Section } from "../../ui/Section.tsx";
import { city, clock } from "../../ui/time.ts";
import { toast } from "../../ui/toasts.ts";
import { Clash } from "./Clash.tsx";
import css from "./Me.module.css";
import { useUserSaving } from "./saving.ts";

/** Name, address and zone. */
export function About({ read, isAdmin }: { read: Read<User>; isAdmin: boolean }) {
  const [edited, setEdited] = useState<Read<User>>();
  const { value: user } = read;
  if (edited !== undefined) {
    return (
      <Section id="about" title={t("ui.me.about")}>
        <Form
          from={edited}
          isAdmin={isAdmin}
          onDone={() => {
            setEdited(undefined);
          }}
        />
      </Section>
    );
  }
  return (
    <Section id="about" title={t("ui.me.about")}>
      <dl className={css.facts}>
        <dt>{t("ui.me.name")}</dt>
        <dd>{user.name}</dd>
        <dt>{t("ui.me.email")}</dt>
        <dd>{user.email}</dd>
        <dt>{t("ui.me.zone")}</dt>
        <dd>
          {city(user.zone)}, <ClockThere zone={user.zone} />
        </dd>
      </dl>
      <Button
        onClick={() => {
          setEdited(read);
        }}
      >
        {t("ui.me.edit")}
      </Button>{" "}
      <ChangesLink id={user.id} />
    </Section>
  );
}

function ClockThere({ zone }: { zone: string }) {
  return <span className="wb-nw">{clock(useNow(), zone)}</span>;
}

function Form({ from, isAdmin, onDone }: { from: Read<User>; isAdmin: boolean; onDone: () => void }) {
  const { value: user } = from;
  const [name, setName] = useState(user.name);
  const [email, setEmail] = useState(user.email);
  const [zone, setZone] = useState(user.zone);
  const saving = useUserSaving(from, () => {
    toast({ glyph: "resolved", tone: "resolved", text: t("ui.me.saved") });
    onDone();
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
        onCancel={onDone}
        error={isKnown ? undefined : saving.error}
      />
    </form>
  );
}
