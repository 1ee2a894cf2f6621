import { useState } from "react";

import { t } from "../../i18n.ts";
import css from "./Changes.module.css";
import type { FieldChange } from "./model.ts";
import { fieldText, type NamesById, valueText } from "./words.ts";

/** As many fields stand there unasked. */
const FIRST = 6;

interface DifferenceProps {
  fields: readonly FieldChange[];
  names: NamesById;
  /** What was there, is there: what the two columns are called. */
  labels?: { before: string; after: string };
}

/** What differs, field by field: what it was, and what it became. */
export function Difference({ fields, names, labels }: DifferenceProps) {
  const [isWhole, setIsWhole] = useState(false);
  const shown = isWhole ? fields : fields.slice(0, FIRST);
  const more = fields.length - shown.length;
  return (
    <>
      <table className={css.fields}>
        <thead className={labels === undefined ? "wb-sr" : undefined}>
          <tr>
            <th scope="col">{t("ui.changes.field_head")}</th>
            <th scope="col">{labels?.before ?? t("ui.changes.before")}</th>
            <th scope="col">{labels?.after ?? t("ui.changes.after")}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ path, before, after }) => {
            const field = path.findLast((part) => typeof part === "string");
            return (
              <tr key={path.join(".")}>
                <th scope="row">{fieldText(path)}</th>
                <td className={css.was}>
                  <del>{valueText(before, field, names)}</del>
                </td>
                <td>
                  <ins>{valueText(after, field, names)}</ins>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {more > 0 && (
        <button
          type="button"
          className={`wb-link ${css.more}`}
          onClick={() => {
            setIsWhole(true);
          }}
        >
          {t("ui.changes.more_fields", { count: more })}
        </button>
      )}
    </>
  );
}
