import type { MonitorDetail } from "../../api/monitors.ts";
import { t } from "../../i18n.ts";
import { short } from "../../ui/figures.ts";
import { Section } from "../../ui/Section.tsx";
import { When } from "../../ui/Times.tsx";
import { Word } from "./Look.tsx";
import { stateOf } from "./model.ts";
import css from "./Monitor.module.css";

/** As many as stand there before one asks for a narrower target. */
const SHOWN = 12;

/** The series that are watched, the bad ones first. */
export function Groups({ monitor }: { monitor: MonitorDetail }) {
  const { groups } = monitor;
  return (
    <Section id="groups" title={t("ui.monitor.series")} small={t("ui.monitors.series", { count: groups.length })}>
      {groups.length === 0 && <p className="wb-dim">{t("ui.monitor.no_series")}</p>}
      <ul className={css.groups}>
        {groups.slice(0, SHOWN).map((group) => (
          <li key={group.series}>
            <span className="wb-mono">{group.series}</span>
            <Word state={stateOf(group.state)} />
            <b>{group.last_value == null ? "–" : short(group.last_value)}</b>
            <small>{group.last_at == null ? t("ui.graph.no_value") : <When at={group.last_at} seconds />}</small>
          </li>
        ))}
      </ul>
      {groups.length > SHOWN && <p className="wb-dim">{t("ui.monitor.more_series", { count: groups.length - SHOWN })}</p>}
    </Section>
  );
}
