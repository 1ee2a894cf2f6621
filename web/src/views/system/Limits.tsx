import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { words } from "../../api/problem.ts";
import { type Limit, limitsQuery } from "../../api/system.ts";
import { t, tIfKnown } from "../../i18n.ts";
import { bytes } from "../../ui/figures.ts";
import { ErrorNote, Loading } from "../../ui/Notes.tsx";
import { figure, span } from "../../ui/time.ts";
import css from "./System.module.css";

/** As many stand there unasked. */
const FIRST = 8;

/** What is allowed, and what happens there. */
export function Limits() {
  const { data, error, refetch } = useQuery(limitsQuery);
  const [isWhole, setIsWhole] = useState(false);
  if (data === undefined) {
    return error === null ? (
      <Loading rows={4} />
    ) : (
      <ErrorNote title={t("ui.system.limits_failed")} detail={words(error).detail} again={() => void refetch()} />
    );
  }
  const shown = isWhole ? data.items : data.items.slice(0, FIRST);
  return (
    <>
      <div className={css.scroll} role="group" aria-label={t("ui.system.limits")} tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t("ui.system.limit_what")}</th>
              <th scope="col">{t("ui.system.limit_value")}</th>
              <th scope="col">{t("ui.system.limit_then")}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((limit, index) => (
              <tr key={limit.name}>
                <th scope="row">
                  {limit.about !== shown[index - 1]?.about && (
                    <small className={css.about}>{tIfKnown(`ui.system.limit_about.${limit.about}`) ?? limit.about}</small>
                  )}
                  {limit.what}
                </th>
                <td className="wb-nw">{valueText(limit)}</td>
                <td>{limit.then}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {!isWhole && shown.length < data.items.length && (
        <button
          type="button"
          className={`wb-link ${css.more}`}
          onClick={() => {
            setIsWhole(true);
          }}
        >
          {t("ui.system.limits_show", { count: data.items.length })}
        </button>
      )}
    </>
  );
}

function valueText({ value, unit }: Limit): string {
  switch (unit) {
    case "bytes":
      return bytes(value);
    case "seconds":
      return span(value * 1_000);
    case "characters":
      return t("ui.system.limit_characters", { n: figure(value) });
    default:
      return figure(value);
  }
}
