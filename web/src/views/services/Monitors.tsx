import { useQueries, useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { type MonitorDetail, monitorsOfServiceQuery, monitorStateQuery } from "../../api/services.ts";
import { t } from "../../i18n.ts";
import { short } from "../../ui/figures.ts";
import { Glyph, type GlyphName } from "../../ui/Glyph.tsx";
import { paths } from "../../ui/paths.ts";
import { Section } from "../../ui/Section.tsx";
import css from "./Side.module.css";

/** As many as are asked how they are; the others are counted. */
const SHOWN = 12;

type MonitorState = "firing" | "silent" | "failed" | "no_series" | "unknown" | "well";

const LOOKS: Readonly<Record<MonitorState, { glyph: GlyphName; tone: string }>> = {
  firing: { glyph: "firing", tone: "wb-triggered" },
  silent: { glyph: "silent", tone: css.nodata ?? "" },
  no_series: { glyph: "silent", tone: css.nodata ?? "" },
  failed: { glyph: "failed", tone: "wb-triggered" },
  unknown: { glyph: "wait", tone: "wb-faint" },
  well: { glyph: "well", tone: "wb-resolved" },
};

function stateOf(state: string): MonitorState {
  return state in LOOKS ? (state as MonitorState) : "unknown";
}

/** What watches over the service's metrics, and how that is. */
export function Monitors({ service }: { service: string }) {
  const { data } = useQuery(monitorsOfServiceQuery(service));
  const items = data?.items ?? [];
  const found = useQueries({ queries: items.slice(0, SHOWN).map((one) => monitorStateQuery(one.id)) });
  const known = found.flatMap((one) => (one.data === undefined ? [] : [one.data]));
  const order = Object.keys(LOOKS);
  const sorted = known.sort(
    (a, b) => order.indexOf(stateOf(a.state)) - order.indexOf(stateOf(b.state)) || a.name.localeCompare(b.name),
  );
  return (
    <Section id="monitors" title={t("ui.service.monitors")}>
      {data !== undefined && items.length === 0 && <p className={css.none}>{t("ui.service.no_monitors")}</p>}
      <ul className={css.list}>
        {sorted.map((one) => (
          <Line key={one.id} monitor={one} />
        ))}
      </ul>
      {items.length > SHOWN && (
        <p className={css.none}>{t("ui.service.more_monitors", { count: items.length - SHOWN })}</p>
      )}
    </Section>
  );
}

function Line({ monitor }: { monitor: MonitorDetail }) {
  const state = stateOf(monitor.state);
  const { glyph, tone } = LOOKS[state];
  const value = monitor.groups[0]?.last_value;
  const isValue = (state === "firing" || state === "well") && typeof value === "number";
  return (
    <li>
      <Glyph name={glyph} className={tone} label={t(`ui.service.monitor.${state}`)} />
      <Link to={paths.monitor(monitor.id)} className="wb-cut">
        {monitor.name}
      </Link>
      <b className={state === "well" ? undefined : tone}>
        {isValue ? short(value) : t(`ui.service.monitor.${state}`)}
      </b>
    </li>
  );
}
