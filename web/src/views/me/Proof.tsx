import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import type { Read } from "../../api/edit.ts";
import type { Method } from "../../api/me.ts";
import { words } from "../../api/problem.ts";
import { type Recheck, rechecksQuery, useRecheck } from "../../api/rechecks.ts";
import type { User } from "../../api/types.ts";
import { Check } from "../../components/Check.tsx";
import { t } from "../../i18n.ts";
import { Glyph } from "../../ui/Glyph.tsx";
import { ErrorNote } from "../../ui/Notes.tsx";
import { Say } from "../../ui/Say.tsx";
import { When } from "../../ui/Times.tsx";
import { toast } from "../../ui/toasts.ts";
import css from "./Me.module.css";
import { useUserSaving } from "./saving.ts";

interface ProofProps {
  user: string;
  method: Method;
}

/** Whether a method was seen to reach me, and when. */
export function Proof({ user, method }: ProofProps) {
  const { data } = useQuery(rechecksQuery);
  const provenAt = method.verified_at ?? undefined;
  if (provenAt === undefined) {
    return (
      <p className={css.unproven}>
        <Glyph name="wait" /> {t("ui.me.unproven")}
      </p>
    );
  }
  const tests = data?.find((one) => one.method === method.id);
  return (
    <>
      <p className={tests?.overdue === true ? css.unproven : css.proven}>
        <Glyph name={tests?.overdue === true ? "wait" : "received"} />
        <span>
          <Say
            k={tests?.overdue === true ? "ui.me.unconfirmed" : "ui.me.proven"}
            values={{ when: <When at={tests?.confirmed_at ?? provenAt} /> }}
          />
        </span>
      </p>
      {tests !== undefined && (tests.unanswered_since ?? undefined) !== undefined && (
        <Open user={user} method={method} tests={tests} />
      )}
    </>
  );
}

/** A test that waits for my answer. */
function Open({ user, method, tests }: ProofProps & { tests: Recheck }) {
  const again = useRecheck();
  const at = tests.asked_at ?? undefined;
  const isFailed = (tests.failed ?? undefined) !== undefined;
  return (
    <div className={css.testing}>
      {at !== undefined && (
        <p className="wb-dim">
          <Say k={isFailed ? "ui.me.tested_failed" : "ui.me.tested"} values={{ when: <When at={at} /> }} />
        </p>
      )}
      <Button
        variant="subtle"
        loading={again.isPending}
        aria-label={t("ui.me.test_again_over", { name: method.name })}
        onClick={() => {
          again.mutate(
            { user, method: method.id },
            {
              onSuccess: () => {
                toast({ glyph: "wait", tone: "dim", text: t("ui.me.test_sent", { name: method.name }) });
              },
            },
          );
        }}
      >
        {t("ui.me.test_again")}
      </Button>
      {again.error !== null && (
        <p className="wb-triggered" role="alert">
          {words(again.error).title}
        </p>
      )}
    </div>
  );
}

/** Whether my methods are tested every month. */
export function MonthlyTest({ read }: { read: Read<User> }) {
  const isOn = read.value.monthly_test;
  const saving = useUserSaving(read, () => {
    toast({ glyph: "resolved", tone: "resolved", text: t("ui.me.saved") });
  });
  return (
    <div className={css.monthly}>
      <Check
        label={t("ui.me.monthly")}
        text={t("ui.me.monthly_text")}
        isSwitch
        checked={isOn}
        onChange={(monthly_test) => {
          saving.run({ monthly_test });
        }}
      />
      {saving.error !== null && <ErrorNote title={words(saving.error).title} detail={words(saving.error).detail} />}
    </div>
  );
}
