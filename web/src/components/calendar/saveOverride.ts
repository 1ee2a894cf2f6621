import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { etagOf } from "../../api/directory.ts";
import { useSaving } from "../../api/edit.ts";
import {
  type OverrideBody, readOverride, useCreateOverride, useDeleteOverride, writeOverride,
} from "../../api/overrides.ts";
import { keys } from "../../api/queries.ts";
import type { Schedule } from "../../api/types.ts";
import { t } from "../../i18n.ts";
import { fullWhen, millis } from "../../ui/time.ts";
import { toast } from "../../ui/toasts.ts";
import type { Difference } from "../Conflict.tsx";
import type { Seed } from "./Calendar.tsx";
import { type Draft, draftOfBody } from "./overrideDraft.ts";
import { useOverrideWords } from "./words.ts";

/** Saves an override: a new one can be taken back, an edited one over the version it was made from. */
export function useSaveOverride(
  schedule: Schedule,
  { edited }: Seed,
  zone: string,
  setDraft: (draft: Draft) => void,
  onClose: () => void,
) {
  const queries = useQueryClient();
  const say = useOverrideWords();
  const create = useCreateOverride(schedule.id);
  const remove = useDeleteOverride(schedule.id);
  const [etag, setEtag] = useState(edited === undefined ? "" : etagOf(edited.version));
  const id = edited?.id ?? "";
  const saving = useSaving({
    read: () => readOverride(schedule.id, id),
    write: async (body: OverrideBody, version) => {
      const present = await writeOverride(schedule.id, id, body, version);
      toast({ glyph: "resolved", tone: "resolved", text: t("ui.override.saved"), more: say(present.value.change) });
      void queries.invalidateQueries({ queryKey: keys.config });
      onClose();
      return present;
    },
    onPresent: (present) => {
      setEtag(present.etag);
      setDraft(draftOfBody(present.value, zone));
    },
  });
  const lines = (body: OverrideBody): [string, string][] => [
    [t("ui.override.what"), say(body.change)],
    [t("ui.override.from"), fullWhen(millis(body.from), zone)],
    [t("ui.override.to"), fullWhen(millis(body.to), zone)],
    [t("ui.override.where"), schedule.rotations.find((one) => one.id === body.rotation)?.name ?? t("ui.override.whole")],
  ];
  const { clash } = saving;
  const differences: Difference[] =
    clash === undefined
      ? []
      : lines(clash.mine)
          .map(([label, mine], index) => ({ label, mine, theirs: lines(clash.theirs.value)[index]?.[1] ?? "" }))
          .filter((one) => one.mine !== one.theirs);
  return {
    ...saving,
    differences,
    isPending: saving.isPending || create.isPending,
    error: saving.error ?? create.error,
    run: (body: OverrideBody) => {
      if (edited !== undefined) {
        saving.save(body, etag);
        return;
      }
      create.mutate(body, {
        onSuccess: (made) => {
          toast({
            glyph: "resolved",
            tone: "resolved",
            text: t("ui.override.added"),
            more: say(made.change),
            action: {
              label: t("ui.act.undo"),
              run: () => {
                remove.mutate(made);
              },
            },
          });
          onClose();
        },
      });
    },
  };
}
