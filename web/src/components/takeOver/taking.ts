/** Taking over, and taking that back. */
import { useDeleteOverride } from "../../api/overrides.ts";
import { useTakeOver } from "../../api/takeOver.ts";
import { t } from "../../i18n.ts";
import { nameOf } from "../../ui/Owner.tsx";
import { fullWhen } from "../../ui/time.ts";
import { toast } from "../../ui/toasts.ts";
import { useZone } from "../../ui/zone.ts";

/** Takes a schedule over until then, or until its shift ends; says who is told, and can be undone. */
export function useTaking(schedule: { id: string; name?: string | null }) {
  const zone = useZone();
  const takeOver = useTakeOver(schedule.id);
  const remove = useDeleteOverride(schedule.id);
  const take = (until: number | undefined, onDone?: () => void) => {
    if (takeOver.isPending) {
      return;
    }
    takeOver.mutate(until === undefined ? {} : { until: new Date(until).toISOString() }, {
      onSuccess: ({ override, replaced }) => {
        onDone?.();
        toast({
          glyph: "onCall",
          tone: "resolved",
          text: t("ui.take_over.done", { schedule: schedule.name ?? "", until: fullWhen(override.to, zone) }),
          more: replaced.length === 0 ? undefined : t("ui.take_over.told", { names: replaced.map(nameOf).join(", ") }),
          action: {
            label: t("ui.act.undo"),
            run: () => {
              remove.mutate(override);
            },
          },
        });
      },
    });
  };
  return { take, isPending: takeOver.isPending };
}
