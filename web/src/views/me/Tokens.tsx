import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { type Token, tokensQuery, useRevokeToken } from "../../api/me.ts";
import { words } from "../../api/problem.ts";
import { lazily } from "../../components/lazily.tsx";
import { t } from "../../i18n.ts";
import { ErrorNote, Loading } from "../../ui/Notes.tsx";
import { serverNow, useNow } from "../../ui/now.ts";
import { Say } from "../../ui/Say.tsx";
import { Section } from "../../ui/Section.tsx";
import { millis } from "../../ui/time.ts";
import { When } from "../../ui/Times.tsx";
import { toast } from "../../ui/toasts.ts";
import css from "./Me.module.css";

const TokenDialog = lazily(() => import("./TokenDialog.tsx"));
const DeleteDialog = lazily(() => import("../../components/DeleteDialog.tsx"));

/** What programs sign in with in one's name. */
export function Tokens() {
  const { data, error, refetch } = useQuery(tokensQuery);
  const [isMaking, setIsMaking] = useState(false);
  const [revoked, setRevoked] = useState<Token>();
  const tokens = (data?.items ?? []).filter((one) => one.revoked_at == null);
  return (
    <Section
      id="tokens"
      title={t("ui.me.tokens")}
      right={
        <Button
          onClick={() => {
            setIsMaking(true);
          }}
        >
          {t("ui.me.new_token")}
        </Button>
      }
    >
      {data === undefined && error === null && <Loading rows={2} />}
      {data === undefined && error !== null && (
        <ErrorNote title={t("ui.me.tokens_failed")} detail={words(error).detail} again={() => void refetch()} />
      )}
      {data !== undefined && tokens.length === 0 && <p className="wb-dim">{t("ui.me.no_tokens")}</p>}
      <ul className={css.list}>
        {tokens.map((token) => (
          <li key={token.id}>
            <div className={css.what}>
              <h3>{token.name}</h3>
              <p className="wb-dim">
                <Lasts token={token} />{" "}
                {token.last_used_at == null ? (
                  t("ui.me.never_used")
                ) : (
                  <Say k="ui.me.last_used" values={{ when: <When at={token.last_used_at} /> }} />
                )}
              </p>
            </div>
            <Button
              variant="subtle"
              aria-label={t("ui.me.revoke_one", { name: token.name })}
              onClick={() => {
                setRevoked(token);
              }}
            >
              {t("ui.me.revoke")}
            </Button>
          </li>
        ))}
      </ul>
      <TokenDialog
        isOpen={isMaking}
        onClose={() => {
          setIsMaking(false);
        }}
      />
      {revoked !== undefined && (
        <Revocation
          key={revoked.id}
          token={revoked}
          onClose={() => {
            setRevoked(undefined);
          }}
        />
      )}
    </Section>
  );
}

function Lasts({ token }: { token: Token }) {
  const now = useNow();
  if (token.expires_at == null) {
    return t("ui.me.no_end");
  }
  const isOver = millis(token.expires_at) <= now;
  return <Say k={isOver ? "ui.me.ended" : "ui.me.ends"} values={{ when: <When at={token.expires_at} /> }} />;
}

function Revocation({ token, onClose }: { token: Token; onClose: () => void }) {
  const revoke = useRevokeToken();
  return (
    <DeleteDialog
      isOpen
      name={token.name}
      isPending={revoke.isPending}
      error={revoke.error}
      onClose={onClose}
      onDelete={() => {
        revoke.mutate(token.id, {
          onSuccess: () => {
            toast({ glyph: "stopped", tone: "dim", text: t("ui.me.revoked", { name: token.name }) });
            onClose();
          },
        });
      }}
    >
      <p>{t("ui.me.revoke_text")}</p>
      {token.last_used_at != null && serverNow() - millis(token.last_used_at) < 86_400_000 && (
        <p className="wb-triggered">{t("ui.me.revoke_used")}</p>
      )}
    </DeleteDialog>
  );
}
