import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { type Override, overridesQuery, useCreateOverride, useDeleteOverride } from "../../api/overrides.ts";
import { words } from "../../api/problem.ts";
import { useMe } from "../../api/session.ts";
import type { Schedule } from "../../api/types.ts";
import { useOverrideWords } from "../../components/calendar/words.ts";
import { mayWrite } from "../../components/rights.ts";
import { t, tIfKnown } from "../../i18n.ts";
import { ErrorNote } from "../../ui/Notes.tsx";
import { useNow } from "../../ui/now.ts";
import { Section } from "../../ui/Section.tsx";
import { fullWhen, millis } from "../../ui/time.ts";
import { toast } from "../../ui/toasts.ts";
import css from "./Overrides.module.css";

interface OverridesProps {
  schedule: Schedule;
  zone: string;
  onEdit: (override: Override) => void;
}

/** What was set against the rotations: to come and under way; what is over on demand. */
export function Overrides({ schedule, zone, onEdit }: OverridesProps) {
  const now = useNow();
  // Here and not in the table: that goes with its last row, and the way back with it.
  const takeAway = useTakeAway(schedule);
  const { data, error, refetch } = useQuery(overridesQuery(schedule.id));
  const all = [...(data?.items ?? [])].sort((a, b) => millis(a.from) - millis(b.from));
  const ahead = all.filter((one) => millis(one.to) > now);
  const over = all.filter((one) => millis(one.to) <= now).reverse();
  return (
    <div className={css.part}>
      <Section id="overrides" title={t("ui.override.many")}>
        {data === undefined && error !== null && (
          <ErrorNote title={t("ui.override.failed")} detail={words(error).detail} again={() => void refetch()} />
        )}
        {data !== undefined && ahead.length === 0 && <p className="wb-dim">{t("ui.override.none")}</p>}
        {ahead.length > 0 && <Table rows={ahead} schedule={schedule} zone={zone} onEdit={onEdit} onDelete={takeAway} />}
        {over.length > 0 && (
          <details className={css.over}>
            <summary>{t("ui.override.over", { count: over.length })}</summary>
            <Table rows={over} schedule={schedule} zone={zone} onEdit={onEdit} onDelete={takeAway} />
          </details>
        )}
      </Section>
    </div>
  );
}

interface TableProps extends OverridesProps {
  rows: readonly Override[];
  onDelete: (override: Override, what: string) => void;
}

function Table({ rows, schedule, zone, onEdit, onDelete }: TableProps) {
  const say = useOverrideWords();
  const may = mayWrite(useMe(), schedule.team);
  return (
    <table className={css.table}>
      <thead>
        <tr>
          <th scope="col">{t("ui.override.what")}</th>
          <th scope="col">{t("ui.override.from")}</th>
          <th scope="col">{t("ui.override.to")}</th>
          <th scope="col">{t("ui.override.where")}</th>
          {may && (
            <th scope="col">
              <span className="wb-sr">{t("ui.override.acts")}</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {rows.map((one) => (
          <tr key={one.id}>
            <td className={css.what}>
              {say(one.change)}
              {one.origin !== "set" && <small className="wb-dim"> {tIfKnown(`ui.override.origin.${one.origin}`)}</small>}
            </td>
            <td>{fullWhen(one.from, zone)}</td>
            <td>
              <span className={css.until}>{t("ui.on_call.until")} </span>
              {fullWhen(one.to, zone)}
            </td>
            <td className="wb-dim">
              {schedule.rotations.find((rotation) => rotation.id === one.rotation)?.name ?? t("ui.override.whole")}
            </td>
            {may && (
              <td className={css.acts}>
                <Button
                  aria-label={t("ui.override.edit_one", { what: say(one.change) })}
                  onClick={() => {
                    onEdit(one);
                  }}
                >
                  {t("ui.override.edit_short")}
                </Button>
                <Button
                  aria-label={t("ui.override.delete_one", { what: say(one.change) })}
                  onClick={() => {
                    onDelete(one, say(one.change));
                  }}
                >
                  {t("ui.delete.do")}
                </Button>
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Deletes at once; for a moment it can be set again as it was. */
function useTakeAway(schedule: Schedule) {
  const remove = useDeleteOverride(schedule.id);
  const create = useCreateOverride(schedule.id);
  return (one: Override, what: string) => {
    remove.mutate(one, {
      onSuccess: () => {
        toast({
          glyph: "stopped",
          tone: "dim",
          text: t("ui.override.deleted"),
          more: what,
          action: {
            label: t("ui.act.undo"),
            run: () => {
              const { from, to, change } = one;
              create.mutate({ from, to, change, rotation: one.rotation ?? null });
            },
          },
        });
      },
    });
  };
}
