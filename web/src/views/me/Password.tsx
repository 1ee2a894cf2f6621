import "@mantine/core/styles/ActionIcon.layer.css";
import "@mantine/core/styles/PasswordInput.layer.css";

import { Button, PasswordInput } from "@mantine/core";
import { useRef, useState } from "react";

import { useSetPassword } from "../../api/me.ts";
import { ApiError, words } from "../../api/problem.ts";
import { useMe } from "../../api/session.ts";
import { t } from "../../i18n.ts";
import { textOf } from "../../ui/forms.ts";
import { ErrorNote, FieldError } from "../../ui/Notes.tsx";
import { Section } from "../../ui/Section.tsx";
import { toast } from "../../ui/toasts.ts";
import css from "./Me.module.css";

/** Changes one's own password. */
export function Password() {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <Section id="password" title={t("ui.me.password")}>
      {isOpen ? (
        <Form
          onDone={() => {
            setIsOpen(false);
          }}
        />
      ) : (
        <Button
          onClick={() => {
            setIsOpen(true);
          }}
        >
          {t("ui.me.change_password")}
        </Button>
      )}
    </Section>
  );
}

function Form({ onDone }: { onDone: () => void }) {
  const me = useMe();
  const set = useSetPassword();
  const old = useRef<HTMLInputElement>(null);
  const fields = set.error instanceof ApiError ? set.error.fields : {};
  const wrong = (field: string) => {
    const text = fields[field];
    return text === undefined ? undefined : <FieldError text={text} />;
  };
  const isKnown = fields.old !== undefined || fields.password !== undefined;
  const show = { "aria-label": t("ui.sign_in.show") };
  return (
    <form
      className={css.form}
      onSubmit={(event) => {
        event.preventDefault();
        const form = new FormData(event.currentTarget);
        set.mutate(
          { old: textOf(form, "old"), password: textOf(form, "password") },
          {
            onSuccess: () => {
              toast({ glyph: "resolved", tone: "resolved", text: t("ui.me.password_set") });
              onDone();
            },
            onError: () => old.current?.focus(),
          },
        );
      }}
    >
      <p className="wb-dim">{t("ui.me.password_text")}</p>
      <input type="hidden" autoComplete="username" value={me.user.email} readOnly />
      <PasswordInput
        ref={old}
        name="old"
        label={t("ui.me.password_old")}
        autoComplete="current-password"
        autoFocus
        required
        withAsterisk={false}
        error={wrong("old")}
        visibilityToggleButtonProps={show}
      />
      <PasswordInput
        name="password"
        label={t("ui.me.password_new")}
        description={t("ui.me.password_new_text")}
        autoComplete="new-password"
        required
        withAsterisk={false}
        error={wrong("password")}
        visibilityToggleButtonProps={show}
      />
      {set.error !== null && !isKnown && <ErrorNote {...words(set.error)} />}
      <div className={css.acts}>
        <Button variant="subtle" onClick={onDone}>
          {t("ui.cancel")}
        </Button>
        <Button type="submit" variant="filled" loading={set.isPending}>
          {t("ui.me.change_password")}
        </Button>
      </div>
    </form>
  );
}
