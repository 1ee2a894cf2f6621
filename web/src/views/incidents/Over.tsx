import { useMemo, useState } from "react";

import { flatten, type Selection, useRows } from "../../api/rows.ts";
import { t } from "../../i18n.ts";
import { useNow } from "../../ui/now.ts";
import { span } from "../../ui/time.ts";
import css from "./Incidents.module.css";
import { endedAt, medianTook } from "./model.ts";
import { Rows } from "./Rows.tsx";
import { Further, lookedAt } from "./Section.tsx";

const DAY = 24 * 3_600_000;
const MINUTE = 60_000;

/** As many resolved ones as the list shows before somebody asks for more. */
const FEW = 5;

interface OverProps {
  selection: Selection;
  /** Nothing else is shown: then not only a few. */
  isAlone: boolean;
}

/** What was resolved lately; all of it when somebody asks. */
export function Over({ selection, isAlone }: OverProps) {
  const rows = useRows(selection, () => lookedAt("resolved"));
  const [isAsked, setIsAsked] = useState(false);
  const isAll = isAsked || isAlone;
  const now = useNow();
  // Not each second: the rows would be new ones each time.
  const minute = now - (now % MINUTE);
  const all = useMemo(() => flatten(rows.data).filter((one) => one.state === "resolved"), [rows.data]);
  const recent = useMemo(
    () => all.filter((one) => minute - endedAt(one) < DAY).sort((a, b) => endedAt(b) - endedAt(a)),
    [all, minute],
  );
  const shown = useMemo(() => (isAll ? all : recent.slice(0, FEW)), [isAll, all, recent]);
  const hidden = recent.length - shown.length;
  const median = medianTook(isAll ? all : recent);
  return (
    <section className={css.group} aria-labelledby={shown.length > 0 ? "group-resolved" : undefined}>
      {shown.length > 0 && (
        <h2 id="group-resolved">
          <span className="wb-resolved">
            {isAll ? t("ui.incidents.resolved_all") : t("ui.incidents.resolved")}
          </span>
          {median !== undefined && (
            <small>
              {t("ui.incidents.median", { n: isAll ? all.length : recent.length, median: span(median) })}
              {isAll && rows.hasNextPage && "+"}
            </small>
          )}
        </h2>
      )}
      <Rows name="resolved" rows={shown} isKnown={rows.data !== undefined} total={shown.length} />
      {isAll && <Further rows={rows} />}
      {!isAll && (hidden > 0 || rows.hasNextPage || all.length > recent.length) && (
        <button
          type="button"
          className={`wb-link ${css.showMore}`}
          onClick={() => {
            setIsAsked(true);
          }}
        >
          {hidden > 0 ? t("ui.incidents.show_more", { n: hidden }) : t("ui.incidents.show_older")}
        </button>
      )}
    </section>
  );
}
