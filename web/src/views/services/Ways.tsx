import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";

import { integrationsQuery } from "../../api/integrations.ts";
import { monitorsOfServiceQuery, type Service, servicePathQuery, type Way } from "../../api/services.ts";
import { dialectName } from "../../components/dialects.ts";
import { lazily } from "../../components/lazily.tsx";
import { t } from "../../i18n.ts";
import { short } from "../../ui/figures.ts";
import { paths } from "../../ui/paths.ts";
import { Section } from "../../ui/Section.tsx";
import { sparkShape } from "../../ui/sparkline.ts";
import { Age } from "../../ui/Times.tsx";
import { gathered, shownWays } from "./model.ts";
import css from "./Ways.module.css";

const NewIntegration = lazily(() => import("./NewIntegration.tsx"));

/** Bars of a way's line; a week is gathered into fewer. */
const STEPS = 28;

interface WaysProps {
  service: Service;
  hours: number;
  may: boolean;
}

/** By which ways events come. */
export function Ways({ service, hours, may }: WaysProps) {
  const [isAdding, setIsAdding] = useState(false);
  const { data: path } = useQuery(servicePathQuery(service.id, hours));
  const { data: integrations } = useQuery(integrationsQuery);
  const { data: monitors } = useQuery(monitorsOfServiceQuery(service.id));
  const count = monitors?.items.length ?? 0;
  const ways = shownWays(path?.ways ?? [], count);
  const add = () => {
    setIsAdding(true);
  };
  return (
    <Section
      id="ways"
      title={t("ui.service.ways")}
      right={
        may && (
          <button type="button" className={`wb-link ${css.add}`} onClick={add}>
            {t("ui.service.add_way")}
          </button>
        )
      }
    >
      {path !== undefined && ways.length === 0 && (
        <div className={css.none}>
          <p>{t("ui.service.no_ways")}</p>
          {may && <Button onClick={add}>{t("ui.service.add_way")}</Button>}
        </div>
      )}
      {ways.length > 0 && (
        <table className={css.table}>
          <thead>
            <tr>
              <th scope="col">{t("ui.service.way")}</th>
              <th scope="col" className={css.wide}>
                {t(hours === 24 ? "ui.service.by_hour" : "ui.service.by_day")}
              </th>
              <th scope="col">{t("ui.service.last")}</th>
              <th scope="col" className={css.number}>
                {t("ui.service.events_head")}
              </th>
            </tr>
          </thead>
          <tbody>
            {ways.map((way) => (
              <Line
                key={way.integration?.id ?? "monitors"}
                way={way}
                monitors={count}
                dialect={integrations?.items.find((one) => one.id === way.integration?.id)?.dialect}
              />
            ))}
          </tbody>
        </table>
      )}
      <NewIntegration
        service={service}
        isOpen={isAdding}
        onClose={() => {
          setIsAdding(false);
        }}
      />
    </Section>
  );
}

interface LineProps {
  way: Way;
  monitors: number;
  dialect: string | undefined;
}

function Line({ way, monitors, dialect }: LineProps) {
  const { integration } = way;
  return (
    <tr>
      <td>
        {integration == null ? (
          <b>{t("ui.service.monitors")}</b>
        ) : (
          <Link className={css.name} to={paths.integration(integration.id)}>
            {integration.name}
          </Link>
        )}
        <small>
          {integration == null ? t("ui.service.monitor_count", { count: monitors }) : dialectName(dialect)}
          {way.refused > 0 && <span className="wb-acknowledged">{t("ui.service.refused", { count: way.refused })}</span>}
        </small>
      </td>
      <td className={css.wide}>
        <Line24 counts={gathered(way.by_hour, STEPS)} />
      </td>
      <td className="wb-nw">
        {way.last_at == null ? (
          <span className="wb-faint">{t("ui.service.never")}</span>
        ) : (
          <span>
            <Age at={way.last_at} /> {t("ui.service.ago")}
          </span>
        )}
      </td>
      <td className={css.number}>{short(way.count)}</td>
    </tr>
  );
}

/** Decoration: the number beside it says the same. */
function Line24({ counts }: { counts: readonly number[] }) {
  const shape = sparkShape(counts, 0);
  return shape === undefined ? null : (
    <svg className={css.spark} width="96" height="24" viewBox="0 0 96 24" aria-hidden="true">
      <path d={shape.path} />
    </svg>
  );
}
