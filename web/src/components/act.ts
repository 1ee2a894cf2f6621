import { useMutationState } from "@tanstack/react-query";

import { type Command, useCommand } from "../api/incidents.ts";
import { ApiError, words } from "../api/problem.ts";
import { useMe } from "../api/session.ts";
import type { Changed, Incident } from "../api/types.ts";
import { t } from "../i18n.ts";
import { nameOf } from "../ui/Owner.tsx";
import { toast } from "../ui/toasts.ts";

/** What a command is done to. */
type Target = Pick<Incident, "id" | "number">;

/** What people do to an incident from anywhere, with the words that follow and the way back. */
export function useAct() {
  const { mutateAsync } = useCommand();
  const me = useMe().user.id;
  const run = (command: Command, target: Target, then: (changed: Changed) => void = () => undefined) => {
    // Not by the callbacks of a component: they are lost with it, and with the next command.
    mutateAsync({ command, id: target.id }).then(then, (error: unknown) => {
      refused(command, target, error, () => {
        run(command, target, then);
      });
    });
  };
  const acknowledge = (target: Target) => {
    run("acknowledge", target, (changed) => {
      if (!changed.changed && changed.owner?.id !== me) {
        toast({
          about: target.id,
          glyph: "acknowledged",
          tone: "acknowledged",
          text: t("ui.act.taken", { name: nameOf(changed.owner ?? { id: "" }) }),
          more: t("ui.act.nothing_to_do"),
        });
        return;
      }
      toast({
        about: target.id,
        glyph: "acknowledged",
        tone: "acknowledged",
        text: t("ui.act.acknowledged", target),
        more: stopped(changed),
        action: {
          label: t("ui.act.undo"),
          run: () => {
            run("unacknowledge", target);
          },
        },
      });
    });
  };
  const resolve = (target: Target) => {
    run("resolve", target, (changed) => {
      toast({
        about: target.id,
        glyph: "resolved",
        tone: "resolved",
        text: t("ui.act.resolved", target),
        more: stopped(changed),
        action: {
          label: t("ui.act.undo"),
          run: () => {
            run("reopen", target);
          },
        },
      });
    });
  };
  const reopen = (target: Target) => {
    run("reopen", target);
  };
  return { acknowledge, resolve, reopen };
}

/** Nothing vanishes: what was not done is said, stays until it is read, and can be tried again. */
function refused(command: Command, { id, number }: Target, error: unknown, again: () => void): void {
  const { title, detail } = words(error);
  const mayPass = error instanceof ApiError && error.mayPass;
  toast({
    about: id,
    glyph: "failed",
    tone: "triggered",
    text: t(`ui.act.not_done.${command}`, { number }),
    more: `${title} ${detail}`,
    stays: true,
    action: mayPass ? { label: t("ui.again"), run: again } : undefined,
  });
}

function stopped({ cancelled }: Changed): string | undefined {
  return cancelled > 0 ? t("ui.act.stopped", { count: cancelled }) : undefined;
}

/** Which command is under way for an incident, from wherever it was given. */
export function useUnderWay(id: string): Command | undefined {
  const pending = useMutationState({
    filters: { status: "pending" },
    select: (mutation) => mutation.state.variables as { command?: Command; id?: string } | undefined,
  });
  return pending.find((one) => one?.id === id)?.command;
}
