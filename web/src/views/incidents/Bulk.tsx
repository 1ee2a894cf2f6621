import { Button } from "@mantine/core";

import { lazily } from "../../components/lazily.tsx";
import { t } from "../../i18n.ts";
import { Glyph } from "../../ui/Glyph.tsx";
import type { Many, Outcome } from "./bulk.ts";
import css from "./Bulk.module.css";
import type { Shelf } from "./list.ts";
import type { Marks } from "./marks.ts";

const ReassignDialog = lazily(() => import("../../components/ReassignDialog.tsx"));
const ResolveManyDialog = lazily(() => import("./ResolveManyDialog.tsx"));

interface BulkProps {
  marks: Marks;
  shelf: Shelf;
  many: Many;
}

const ACTIONS = ["acknowledge", "resolve", "reassign"] as const;

const KEYS = { acknowledge: "a", resolve: "r", reassign: "e" } as const;

/** The same for all that are marked, and what became of each. */
export function Bulk({ marks, shelf, many }: BulkProps) {
  const count = marks.ids.size;
  return (
    <>
      {many.outcome !== undefined && <Refused outcome={many.outcome} onClose={many.forget} />}
      {marks.isMarking && (
        <div className={css.bar} role="group" aria-label={t("ui.bulk.label")}>
          <b role="status">{t("ui.bulk.marked", { count })}</b>
          <button
            type="button"
            className={`wb-link ${css.all}`}
            onClick={() => {
              marks.add(Object.values(shelf.get()).flatMap((one) => one.rows));
            }}
          >
            {t("ui.bulk.all")}
          </button>
          <span className={css.acts}>
            {ACTIONS.map((action) => (
              <Button
                key={action}
                aria-disabled={count === 0}
                aria-describedby={count === 0 ? "bulk-why" : undefined}
                aria-keyshortcuts={KEYS[action]}
                loading={many.pending === action}
                onClick={() => {
                  many.ask(action);
                }}
              >
                {t(`ui.bulk.${action}`)}
              </Button>
            ))}
            <Button variant="subtle" onClick={marks.clear}>
              {t("ui.bulk.end")}
            </Button>
          </span>
          {count === 0 && (
            <small id="bulk-why" className={css.why}>
              {t("ui.bulk.none_yet")}
            </small>
          )}
        </div>
      )}
      <ResolveManyDialog
        isOpen={many.asking === "resolve"}
        incidents={marks.incidents}
        isPending={many.pending === "resolve"}
        onClose={many.cancel}
        onResolve={() => {
          many.send("resolve");
        }}
      />
      <ReassignDialog
        isOpen={many.asking === "reassign"}
        title={t("ui.bulk.reassign_title", { count })}
        isPending={many.pending === "reassign"}
        onClose={many.cancel}
        onGive={(to, then) => {
          many.send("reassign", to, then);
        }}
      />
    </>
  );
}

/** Each that was refused, and why. It stays until it is read. */
function Refused({ outcome: { action, done, refused }, onClose }: { outcome: Outcome; onClose: () => void }) {
  return (
    <div className={css.refused} role="alert">
      <b>{t(`ui.bulk.refused.${action}`, { count: refused.length, n: refused.length + done })}</b>
      <button type="button" className={css.close} aria-label={t("ui.close")} onClick={onClose}>
        <Glyph name="close" size={16} />
      </button>
      <ul>
        {refused.map(({ id, name, why }) => (
          <li key={id}>
            {name} <span className="wb-dim">{why}</span>
          </li>
        ))}
      </ul>
      <p className="wb-dim">{t("ui.bulk.still_marked")}</p>
    </div>
  );
}
