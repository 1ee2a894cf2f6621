import { useState } from "react";

import { type Assignee, useBulk, useCommand } from "../../api/incidents.ts";
import { words } from "../../api/problem.ts";
import type { Bulk, BulkAction } from "../../api/types.ts";
import { t, tIfKnown } from "../../i18n.ts";
import { toast } from "../../ui/toasts.ts";
import type { Marks } from "./marks.ts";

/** What could not be done, and how many could. */
export interface Outcome {
  action: BulkAction;
  done: number;
  refused: readonly { id: string; name: string; why: string }[];
}

/** Doing the same with all that are marked. */
export interface Many {
  /** Begins it; all but acknowledging asks first. */
  ask: (action: BulkAction) => void;
  /** What is being asked. */
  asking: BulkAction | undefined;
  cancel: () => void;
  send: (action: BulkAction, to?: Assignee, then?: () => void) => void;
  /** What is under way. */
  pending: BulkAction | undefined;
  outcome: Outcome | undefined;
  forget: () => void;
}

/** What became of each; those that were refused stay marked. */
export function useMany(marks: Marks): Many {
  const bulk = useBulk();
  const command = useCommand();
  const [asking, setAsking] = useState<BulkAction>();
  const [outcome, setOutcome] = useState<Outcome>();
  const cancel = () => {
    setAsking(undefined);
  };
  const undo = (ids: readonly string[]) => {
    for (const id of ids) {
      // Each by itself: what fails says so where it stands, in the list.
      command.mutate({ command: "unacknowledge", id });
    }
  };
  const took = (action: BulkAction, items: Bulk["items"]) => {
    const names = new Map(marks.incidents.map((one) => [one.id, t("ui.bulk.one", one)]));
    const refused = items.flatMap(({ id, problem }) =>
      problem == null ? [] : [{ id, name: names.get(id) ?? id, why: whyNot(problem) }],
    );
    const changed = items.flatMap((one) => (one.changed?.changed === true ? [one.id] : []));
    setOutcome(refused.length === 0 ? undefined : { action, done: items.length - refused.length, refused });
    if (refused.length === 0) {
      marks.clear();
    } else {
      marks.keep(new Set(refused.map(({ id }) => id)));
    }
    if (items.length > refused.length) {
      toast({
        glyph: action === "reassign" ? "page" : action === "resolve" ? "resolved" : "acknowledged",
        tone: action === "reassign" ? "dim" : action === "resolve" ? "resolved" : "acknowledged",
        text: t(`ui.bulk.done.${action}`, { count: items.length - refused.length }),
        action:
          action === "acknowledge" && changed.length > 0
            ? {
                label: t("ui.act.undo"),
                run: () => {
                  undo(changed);
                },
              }
            : undefined,
      });
    }
  };
  const send = (action: BulkAction, to?: Assignee, then: () => void = cancel) => {
    bulk
      .mutateAsync({ ids: [...marks.ids], action, ...(to === undefined ? {} : { to }) })
      .then((items) => {
        took(action, items);
        then();
      })
      .catch((error: unknown) => {
        const { title, detail } = words(error);
        toast({ glyph: "failed", tone: "triggered", text: title, more: detail, stays: true });
      });
  };
  return {
    ask: (action) => {
      if (bulk.isPending || marks.ids.size === 0) {
        return;
      }
      if (action === "acknowledge") {
        send(action);
      } else {
        setAsking(action);
      }
    },
    asking,
    cancel,
    send,
    pending: bulk.isPending ? bulk.variables.action : undefined,
    outcome,
    forget: () => {
      setOutcome(undefined);
    },
  };
}

function whyNot(problem: NonNullable<Bulk["items"][number]["problem"]>): string {
  return tIfKnown(`ui.problem.${problem.code}.title`) ?? problem.title;
}
