import { Link } from "react-router";

import type { Incident } from "../../api/types.ts";
import { t } from "../../i18n.ts";
import { shortName } from "../../ui/Owner.tsx";
import { paths } from "../../ui/paths.ts";
import { Section } from "../../ui/Section.tsx";
import { level } from "../../ui/Severity.tsx";
import { StateGlyph } from "../../ui/State.tsx";
import { Age } from "../../ui/Times.tsx";
import css from "./Side.module.css";
import { byLoudness } from "./model.ts";

/** The incidents of the service that are not over. */
export function Open({ incidents }: { incidents: readonly Incident[] | undefined }) {
  return (
    <Section id="open" title={t("ui.service.open")}>
      {incidents?.length === 0 && <p className={css.none}>{t("ui.service.none_open")}</p>}
      <ul className={css.list}>
        {byLoudness(incidents ?? []).map((one) => (
          <li key={one.id}>
            <StateGlyph state={one.state} />
            <Link to={paths.incident(one.id)} className="wb-cut">
              {one.title}
            </Link>
            <span>
              {t("ui.severity.short", { n: level(one.severity) })}
              {", "}
              {one.owner == null ? t("ui.owner.nobody") : shortName(one.owner)}
              {", "}
              <Age at={one.opened_at} />
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
