import "@mantine/core/styles/ActionIcon.layer.css";
import "@mantine/core/styles/PasswordInput.layer.css";

import { Button, PasswordInput, TextInput } from "@mantine/core";
import { type SubmitEvent, useEffect } from "react";
import { useLocation, useNavigate, useSearchParams } from "react-router";

import { ApiError } from "../../api/problem.ts";
import { useSetUp } from "../../api/session.ts";
import entry from "../../components/entry.module.css";
import { Failure } from "../../components/Failure.tsx";
import { t } from "../../i18n.ts";
import { FieldError } from "../../ui/Notes.tsx";
import { paths } from "../../ui/paths.ts";
import { browserZone, city } from "../../ui/time.ts";
import { textOf } from "../../ui/forms.ts";
import { Entrance } from "./Entrance.tsx";
import css from "./Entrance.module.css";

/** What stands in the link: behind the `#`, where no server log sees it. */
function useSecret(): string {
  const { hash } = useLocation();
  const [query] = useSearchParams();
  return hash.length > 1 ? hash.slice(1) : (query.get("secret") ?? "");
}

/** First set-up: name, address and password of whoever has the link. */
export default function SetUp() {
  const setUp = useSetUp();
  const navigate = useNavigate();
  const secret = useSecret();
  const fields = setUp.error instanceof ApiError ? setUp.error.fields : {};
  const zone = browserZone();
  useEffect(() => {
    document.title = t("ui.tab.view", { view: t("ui.set_up.title") });
  }, []);
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const values = new FormData(form);
    const text = (name: string) => textOf(values, name);
    setUp.mutate(
      {
        secret,
        name: text("name").trim(),
        email: text("email").trim(),
        password: text("password"),
        zone,
      },
      {
        onSuccess: () => void navigate(paths.incidents(), { replace: true }),
        onError: (error) => {
          const first = error instanceof ApiError ? Object.keys(error.fields)[0] : undefined;
          const field = first === undefined ? null : form.elements.namedItem(first);
          if (field instanceof HTMLElement) {
            field.focus();
          }
        },
      },
    );
  };
  const error = (name: string) => {
    const words = fields[name];
    return words === undefined ? undefined : <FieldError text={words} />;
  };
  const known = ["name", "email", "password"].some((name) => fields[name] !== undefined);
  return (
    <Entrance>
      <form className={entry.form} onSubmit={submit}>
        <p className="wb-dim">{secret === "" ? t("ui.set_up.no_secret") : t("ui.set_up.text")}</p>
        <TextInput
          name="name"
          label={t("ui.set_up.name")}
          autoComplete="name"
          autoFocus
          required
          withAsterisk={false}
          error={error("name")}
        />
        <TextInput
          name="email"
          type="email"
          label={t("ui.sign_in.email")}
          autoComplete="username"
          required
          withAsterisk={false}
          error={error("email")}
        />
        <PasswordInput
          name="password"
          label={t("ui.sign_in.password")}
          autoComplete="new-password"
          required
          withAsterisk={false}
          error={error("password")}
          aria-invalid={fields.password !== undefined}
          visibilityToggleButtonProps={{ "aria-label": t("ui.sign_in.show") }}
        />
        {setUp.isError && !known && <Failure error={setUp.error} />}
        <Button type="submit" variant="filled" size="lg" loading={setUp.isPending}>
          {t("ui.set_up.do")}
        </Button>
      </form>
      <p className={css.hint}>{t("ui.set_up.zone", { city: city(zone) })}</p>
    </Entrance>
  );
}
