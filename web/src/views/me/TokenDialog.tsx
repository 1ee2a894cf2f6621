import { Button, TextInput } from "@mantine/core";
import { useId, useState } from "react";

import { useCreateToken } from "../../api/me.ts";
import { ApiError, words } from "../../api/problem.ts";
import { Copy } from "../../components/Copy.tsx";
import dialogs from "../../components/dialogs.module.css";
import { Modal } from "../../components/Modal.ts";
import { t } from "../../i18n.ts";
import { ErrorNote, FieldError } from "../../ui/Notes.tsx";
import { serverNow } from "../../ui/now.ts";
import css from "./Me.module.css";

const DAY_MS = 86_400_000;

/** For how many days a token may last; the first is offered. */
const LASTS = [90, 30, 365] as const;

interface TokenDialogProps {
  isOpen: boolean;
  onClose: () => void;
}

/** A new token: its secret is shown here and never again. */
export default function TokenDialog({ isOpen, onClose }: TokenDialogProps) {
  return (
    <Modal opened={isOpen} onClose={onClose} title={t("ui.me.new_token")} closeButtonProps={{ "aria-label": t("ui.close") }}>
      <Form onClose={onClose} />
    </Modal>
  );
}

function Form({ onClose }: { onClose: () => void }) {
  const create = useCreateToken();
  const [name, setName] = useState("");
  const [days, setDays] = useState<number | null>(LASTS[0]);
  const id = useId();
  if (create.data !== undefined) {
    return <Secret secret={create.data.secret} onClose={onClose} />;
  }
  const fields = create.error instanceof ApiError ? create.error.fields : {};
  const wrong = fields.name ?? fields.user;
  return (
    <form
      className={dialogs.form}
      onSubmit={(event) => {
        event.preventDefault();
        const until = days === null ? null : new Date(serverNow() + days * DAY_MS).toISOString();
        create.mutate({ name: name.trim(), expires_at: until });
      }}
    >
      <p className="wb-dim">{t("ui.me.token_text")}</p>
      <TextInput
        label={t("ui.me.token_name")}
        description={t("ui.me.token_name_text")}
        value={name}
        required
        withAsterisk={false}
        data-autofocus
        error={wrong === undefined ? undefined : <FieldError text={wrong} />}
        onChange={(event) => {
          setName(event.currentTarget.value);
        }}
      />
      <div className={css.field}>
        <label htmlFor={id}>{t("ui.me.token_lasts")}</label>
        <select
          id={id}
          className={css.select}
          value={days ?? ""}
          onChange={(event) => {
            setDays(event.currentTarget.value === "" ? null : Number(event.currentTarget.value));
          }}
        >
          {LASTS.map((one) => (
            <option key={one} value={one}>
              {t("ui.me.token_days", { days: one })}
            </option>
          ))}
          <option value="">{t("ui.me.token_forever")}</option>
        </select>
      </div>
      {create.error !== null && wrong === undefined && <ErrorNote {...words(create.error)} />}
      <div className={dialogs.acts}>
        <Button variant="subtle" onClick={onClose}>
          {t("ui.cancel")}
        </Button>
        <Button type="submit" variant="filled" loading={create.isPending}>
          {t("ui.me.make_token")}
        </Button>
      </div>
    </form>
  );
}

function Secret({ secret, onClose }: { secret: string; onClose: () => void }) {
  return (
    <div className={dialogs.form}>
      <TextInput
        label={t("ui.me.token_secret")}
        description={t("ui.me.token_once")}
        value={secret}
        readOnly
        className="wb-mono"
        onFocus={(event) => {
          event.currentTarget.select();
        }}
      />
      <div className={dialogs.acts}>
        <Button variant="subtle" onClick={onClose}>
          {t("ui.close")}
        </Button>
        <Copy text={secret} what={t("ui.me.token_secret")} />
      </div>
    </div>
  );
}
