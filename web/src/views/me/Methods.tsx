import { Button } from "@mantine/core";
import { useState } from "react";

import type { Read } from "../../api/edit.ts";
import { type Channel, type Method, useTestMethod } from "../../api/me.ts";
import { words } from "../../api/problem.ts";
import type { User } from "../../api/types.ts";
import { lazily } from "../../components/lazily.tsx";
import { isDead } from "../../components/neverRings.ts";
import { t } from "../../i18n.ts";
import { channelGlyph } from "../../ui/channels.ts";
import { Glyph } from "../../ui/Glyph.tsx";
import { Empty } from "../../ui/Notes.tsx";
import { Section } from "../../ui/Section.tsx";
import { toast } from "../../ui/toasts.ts";
import { Code } from "./Code.tsx";
import css from "./Me.module.css";
import { addressOf, methodsOf, URGENCIES, withoutMethod } from "./model.ts";
import { MonthlyTest, Proof } from "./Proof.tsx";
import { useUserSaving } from "./saving.ts";

const MethodDialog = lazily(() => import("./MethodDialog.tsx"));
const DeleteDialog = lazily(() => import("../../components/DeleteDialog.tsx"));

interface MethodsProps {
  read: Read<User>;
  channels: readonly Channel[];
}

/** The ways to reach me, and whether each was proven to. */
export function Methods({ read, channels }: MethodsProps) {
  const methods = methodsOf(read.value);
  const [edited, setEdited] = useState<{ method: Method | undefined; from: Read<User> }>();
  const [deleted, setDeleted] = useState<{ method: Method; from: Read<User> }>();
  return (
    <Section
      id="methods"
      title={t("ui.me.methods")}
      small={t("ui.me.methods_small")}
      right={
        <Button
          onClick={() => {
            setEdited({ method: undefined, from: read });
          }}
        >
          {t("ui.me.add_method")}
        </Button>
      }
    >
      {methods.length === 0 && <Empty title={t("ui.me.no_method")} text={t("ui.me.no_method_text")} />}
      <ul className={css.methods}>
        {methods.map((method) => (
          <Row
            key={method.id}
            user={read.value.id}
            method={method}
            channels={channels}
            onEdit={() => {
              setEdited({ method, from: read });
            }}
            onDelete={() => {
              setDeleted({ method, from: read });
            }}
          />
        ))}
      </ul>
      {methods.length > 0 && <MonthlyTest read={read} />}
      {edited !== undefined && (
        <MethodDialog
          isOpen
          key={edited.method?.id ?? "new"}
          from={edited.from}
          method={edited.method}
          channels={channels.filter((one) => one.person)}
          onClose={() => {
            setEdited(undefined);
          }}
        />
      )}
      {deleted !== undefined && (
        <Deletion
          key={deleted.method.id}
          from={deleted.from}
          method={deleted.method}
          onClose={() => {
            setDeleted(undefined);
          }}
        />
      )}
    </Section>
  );
}

interface RowProps {
  user: string;
  method: Method;
  channels: readonly Channel[];
  onEdit: () => void;
  onDelete: () => void;
}

function Row({ user, method, channels, onEdit, onDelete }: RowProps) {
  const [isProving, setIsProving] = useState(false);
  const label = channels.find((one) => one.name === method.channel)?.label ?? method.channel;
  const provenAt = method.verified_at ?? undefined;
  return (
    <li className={css.method}>
      <Glyph name={channelGlyph(method.channel)} />
      <div className={css.what}>
        <h3>{method.name}</h3>
        <p className="wb-dim">{t("ui.me.method_line", { channel: label, address: addressOf(method, channels) })}</p>
        <Proof user={user} method={method} />
        {isDead(method, channels) && <p className="wb-triggered">{t("ui.me.not_set_up", { channel: label })}</p>}
      </div>
      <div className={css.rowActs}>
        {provenAt === undefined && (
          <Button
            aria-expanded={isProving}
            onClick={() => {
              setIsProving(!isProving);
            }}
          >
            {t("ui.me.prove")}
          </Button>
        )}
        <Test user={user} method={method} />
        <Button variant="subtle" aria-label={t("ui.me.edit_method", { name: method.name })} onClick={onEdit}>
          {t("ui.me.edit")}
        </Button>
        <Button variant="subtle" aria-label={t("ui.me.delete_method", { name: method.name })} onClick={onDelete}>
          {t("ui.delete.ask")}
        </Button>
      </div>
      {isProving && provenAt === undefined && <Code user={user} method={method} />}
    </li>
  );
}

/** A test message, and what became of it. */
function Test({ user, method }: { user: string; method: Method }) {
  const test = useTestMethod();
  const { data, error } = test;
  return (
    <>
      <Button
        loading={test.isPending}
        aria-label={t("ui.me.test_method", { name: method.name })}
        onClick={() => {
          test.mutate({ user, method: method.id });
        }}
      >
        {t("ui.me.test")}
      </Button>
      <div className={css.outcome} role="status">
        {data !== undefined && (
          <p className={data.accepted ? "wb-resolved" : "wb-triggered"}>
            <Glyph name={data.accepted ? "received" : "failed"} />{" "}
            {t(data.accepted ? "ui.me.test_taken" : "ui.me.test_refused", { detail: data.detail })}
          </p>
        )}
        {error !== null && <p className="wb-triggered">{words(error).title}</p>}
      </div>
    </>
  );
}

function Deletion({ from, method, onClose }: { from: Read<User>; method: Method; onClose: () => void }) {
  const { value: user } = from;
  const saving = useUserSaving(from, () => {
    toast({ glyph: "stopped", tone: "dim", text: t("ui.me.method_deleted", { name: method.name }) });
    onClose();
  });
  const used = URGENCIES.flatMap((urgency) => user.rules?.[urgency] ?? []).filter((rule) => rule.method === method.id);
  const isLast = methodsOf(user).length === 1;
  return (
    <DeleteDialog
      isOpen
      name={method.name}
      isPending={saving.isPending}
      error={saving.clash === undefined ? saving.error : undefined}
      onClose={onClose}
      onDelete={() => {
        saving.run(withoutMethod(user, method.id));
      }}
    >
      <p>{t("ui.me.delete_text", { name: method.name })}</p>
      {used.length > 0 && <p>{t("ui.me.delete_rules", { count: used.length })}</p>}
      {isLast && <p className="wb-triggered">{t("ui.me.delete_last")}</p>}
      {saving.clash !== undefined && <p role="alert">{t("ui.me.delete_clash")}</p>}
    </DeleteDialog>
  );
}
