import { Button, TextInput } from "@mantine/core";
import { useEffect, useRef, useState } from "react";

import { type Method, useConfirmCode, useSendCode } from "../../api/me.ts";
import { ApiError, words } from "../../api/problem.ts";
import { t } from "../../i18n.ts";
import { ErrorNote, FieldError } from "../../ui/Notes.tsx";
import { Say } from "../../ui/Say.tsx";
import { Clock } from "../../ui/Times.tsx";
import { toast } from "../../ui/toasts.ts";
import css from "./Me.module.css";

/** Proves that a method reaches one: a code goes out over it and is typed here. */
export function Code({ user, method }: { user: string; method: Method }) {
  const send = useSendCode();
  const confirm = useConfirmCode();
  const [code, setCode] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const of = { user, method: method.id };
  const wasTaken = send.data?.accepted === true;
  useEffect(() => {
    if (wasTaken) {
      field.current?.focus();
    }
  }, [wasTaken]);
  const wrong = confirm.error instanceof ApiError ? confirm.error.fields.code : undefined;
  return (
    <div className={css.code}>
      {send.data === undefined && <p>{t("ui.me.code_text", { name: method.name })}</p>}
      {wasTaken && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            confirm.mutate(
              { ...of, code },
              {
                onSuccess: () => {
                  toast({ glyph: "received", tone: "resolved", text: t("ui.me.now_proven", { name: method.name }) });
                },
                onError: () => field.current?.select(),
              },
            );
          }}
        >
          <TextInput
            ref={field}
            label={t("ui.me.code")}
            description={<Say k="ui.me.code_until" values={{ until: <Clock at={send.data?.expires_at ?? 0} seconds={false} /> }} />}
            inputMode="numeric"
            autoComplete="one-time-code"
            maxLength={12}
            value={code}
            error={wrong === undefined ? undefined : <FieldError text={wrong} />}
            onChange={(event) => {
              setCode(event.currentTarget.value);
            }}
          />
          <Button type="submit" variant="filled" loading={confirm.isPending}>
            {t("ui.me.confirm")}
          </Button>
        </form>
      )}
      {send.data?.accepted === false && (
        <ErrorNote title={t("ui.me.code_not_sent")} detail={send.data.detail} />
      )}
      {send.error !== null && <ErrorNote {...words(send.error)} />}
      {confirm.error !== null && wrong === undefined && <ErrorNote {...words(confirm.error)} />}
      <Button
        loading={send.isPending}
        onClick={() => {
          setCode("");
          confirm.reset();
          send.mutate(of);
        }}
      >
        {t(send.data === undefined ? "ui.me.send_code" : "ui.me.send_again")}
      </Button>
    </div>
  );
}
