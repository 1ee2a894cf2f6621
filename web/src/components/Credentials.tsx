import "@mantine/core/styles/ActionIcon.layer.css";
import "@mantine/core/styles/PasswordInput.layer.css";

import { Button, PasswordInput, TextInput } from "@mantine/core";
import { type ReactNode, type SubmitEvent, useRef } from "react";

import { useSignIn } from "../api/session.ts";
import { t } from "../i18n.ts";
import { textOf } from "../ui/forms.ts";
import css from "./entry.module.css";
import { Failure } from "./Failure.tsx";

interface CredentialsProps {
  /** Whose password is asked for; anybody's when left out. */
  email?: string;
  onDone: () => void;
  /** Above the fields, until a try failed. */
  children?: ReactNode;
}

/** Address and password. */
export function Credentials({ email, onDone, children }: CredentialsProps) {
  const signIn = useSignIn();
  const password = useRef<HTMLInputElement>(null);
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    signIn.mutate(
      { email: textOf(form, "email").trim(), password: textOf(form, "password") },
      {
        onSuccess: onDone,
        onError: () => password.current?.select(),
      },
    );
  };
  return (
    <form className={css.form} onSubmit={submit}>
      {signIn.isIdle && children}
      <TextInput
        name="email"
        type="email"
        label={t("ui.sign_in.email")}
        autoComplete="username"
        defaultValue={email}
        readOnly={email !== undefined}
        autoFocus={email === undefined}
        required
        withAsterisk={false}
      />
      <PasswordInput
        ref={password}
        name="password"
        label={t("ui.sign_in.password")}
        autoComplete="current-password"
        autoFocus={email !== undefined}
        data-autofocus={email !== undefined || undefined}
        required
        withAsterisk={false}
        visibilityToggleButtonProps={{ "aria-label": t("ui.sign_in.show") }}
      />
      {signIn.isError && <Failure error={signIn.error} />}
      <Button type="submit" variant="filled" size="lg" loading={signIn.isPending}>
        {t("ui.sign_in.do")}
      </Button>
    </form>
  );
}
