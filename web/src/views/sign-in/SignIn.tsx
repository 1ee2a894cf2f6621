import "@mantine/core/styles/ActionIcon.layer.css";
import "@mantine/core/styles/PasswordInput.layer.css";

import { Button, PasswordInput, TextInput } from "@mantine/core";
import { type SubmitEvent, useEffect, useRef } from "react";
import { useNavigate, useSearchParams } from "react-router";

import { useSignIn } from "../../api/session.ts";
import { t } from "../../i18n.ts";
import { paths } from "../../ui/paths.ts";
import { textOf } from "../../ui/forms.ts";
import { Entrance } from "./Entrance.tsx";
import css from "./Entrance.module.css";
import { Failure } from "./Failure.tsx";

/** Only a path of ours: a link must not lead from here to another site. */
function destination(from: string | null): string {
  return from?.startsWith("/") === true && !from.startsWith("//") ? from : paths.incidents();
}

/** Who are you? */
export default function SignIn() {
  const signIn = useSignIn();
  const navigate = useNavigate();
  const [query] = useSearchParams();
  const password = useRef<HTMLInputElement>(null);
  const from = query.get("from");
  useEffect(() => {
    document.title = t("ui.tab.view", { view: t("ui.sign_in.title") });
  }, []);
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => textOf(form, name);
    signIn.mutate(
      { email: text("email").trim(), password: text("password") },
      {
        onSuccess: () => void navigate(destination(from), { replace: true }),
        onError: () => password.current?.select(),
      },
    );
  };
  return (
    <Entrance>
      <form className={css.form} onSubmit={submit}>
        {from !== null && signIn.isIdle && <p className="wb-dim">{t("ui.sign_in.back")}</p>}
        <TextInput
          name="email"
          type="email"
          label={t("ui.sign_in.email")}
          autoComplete="username"
          autoFocus
          required
          withAsterisk={false}
        />
        <PasswordInput
          ref={password}
          name="password"
          label={t("ui.sign_in.password")}
          autoComplete="current-password"
          required
          withAsterisk={false}
          visibilityToggleButtonProps={{ "aria-label": t("ui.sign_in.show") }}
        />
        {signIn.isError && <Failure error={signIn.error} />}
        <Button type="submit" variant="filled" size="lg" loading={signIn.isPending}>
          {t("ui.sign_in.do")}
        </Button>
      </form>
      <p className={css.hint}>{t("ui.sign_in.hint")}</p>
    </Entrance>
  );
}
