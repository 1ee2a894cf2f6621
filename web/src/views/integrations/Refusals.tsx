import { useQuery } from "@tanstack/react-query";

import { refusalsQuery } from "../../api/integrations.ts";
import { t } from "../../i18n.ts";
import { Glyph } from "../../ui/Glyph.tsx";
import { Section } from "../../ui/Section.tsx";
import { When } from "../../ui/Times.tsx";
import css from "./Came.module.css";

/** What was not taken, and why: nothing is dropped in silence. */
export function Refusals({ integration }: { integration: string }) {
  const { data } = useQuery(refusalsQuery(integration));
  if (data === undefined || data.count === 0) {
    return null;
  }
  return (
    <Section
      id="refusals"
      title={t("ui.integration.refusals")}
      small={t("ui.integration.refusals_small", { count: data.count, shown: data.items.length })}
    >
      <ul className={css.list}>
        {data.items.map((one) => (
          <li key={`${one.at} ${one.reason}`}>
            <When at={one.at} seconds className={css.when} />
            <Glyph name="failed" className="wb-acknowledged" />
            <div className={css.what}>
              <span>{one.reason}</span>
              <small>
                <span>{t("ui.integration.answered", { status: one.status })}</span>
                {one.remote != null && <span>{t("ui.integration.from", { remote: one.remote })}</span>}
              </small>
            </div>
          </li>
        ))}
      </ul>
    </Section>
  );
}
