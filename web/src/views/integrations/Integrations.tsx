import { useInViewport } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Link, useSearchParams } from "react-router";

import { servicesQuery } from "../../api/directory.ts";
import { integrationsQuery, latestSignalsQuery, type Signal } from "../../api/integrations.ts";
import { words } from "../../api/problem.ts";
import { dialectName } from "../../components/dialects.ts";
import { useViewTitle } from "../../components/title.ts";
import { t } from "../../i18n.ts";
import { Glyph, type GlyphName } from "../../ui/Glyph.tsx";
import { Empty, ErrorNote, Loading } from "../../ui/Notes.tsx";
import { useNow } from "../../ui/now.ts";
import { paths } from "../../ui/paths.ts";
import { span } from "../../ui/time.ts";
import { Age } from "../../ui/Times.tsx";
import css from "./Integrations.module.css";
import { type Listed, listed, silence, type Standing, standing } from "./model.ts";

/** By which ways events come, and which of them stopped. */
export default function Integrations() {
  useViewTitle(t("ui.views.integrations"));
  const { data, error, refetch } = useQuery(integrationsQuery);
  const { data: services } = useQuery(servicesQuery);
  const all = data?.items.map((integration) => ({
    integration,
    service: services?.items.find((one) => one.id === integration.service)?.name ?? "",
  }));
  return (
    <>
      <header className={css.head}>
        <h1>{t("ui.views.integrations")}</h1>
        <p className="wb-dim">{t("ui.integrations.intro")}</p>
      </header>
      {data === undefined && error === null && <Loading rows={5} />}
      {data === undefined && error !== null && (
        <ErrorNote title={t("ui.integrations.failed")} detail={words(error).detail} again={() => void refetch()} />
      )}
      {all?.length === 0 && (
        <Empty title={t("ui.integrations.none")} text={t("ui.integrations.none_text")}>
          <Link className="wb-link" to={paths.services()}>
            {t("ui.views.services")}
          </Link>
        </Empty>
      )}
      {all !== undefined && all.length > 0 && <List all={all} />}
    </>
  );
}

function List({ all }: { all: readonly Listed[] }) {
  const [query, setQuery] = useSearchParams();
  const q = query.get("q") ?? "";
  const shown = listed(all, q);
  return (
    <>
      <input
        className={css.filter}
        type="search"
        aria-label={t("ui.integrations.words")}
        placeholder={t("ui.integrations.words")}
        value={q}
        onChange={(event) => {
          const text = event.currentTarget.value;
          setQuery(text === "" ? {} : { q: text }, { replace: true });
        }}
      />
      {shown.length === 0 && <Empty title={t("ui.integrations.no_match")} text={t("ui.integrations.no_match_text")} />}
      {shown.length > 0 && (
        <>
          <div className={css.heads} aria-hidden="true">
            <span>{t("ui.views.integration")}</span>
            <span>{t("ui.views.service")}</span>
            <span>{t("ui.integrations.last")}</span>
            <span>{t("ui.integrations.state")}</span>
          </div>
          <ul className={css.list}>
            {shown.map((one) => (
              <Line key={one.integration.id} listed={one} />
            ))}
          </ul>
        </>
      )}
    </>
  );
}

/** One way in. Its signals are asked for while it is on the screen. */
function Line({ listed: { integration, service } }: { listed: Listed }) {
  const { ref, inViewport } = useInViewport<HTMLLIElement>();
  const { data } = useQuery({ ...latestSignalsQuery(integration.id), enabled: inViewport });
  const now = useNow();
  const how = data === undefined ? undefined : standing(data.items, now);
  const last = data?.items[0];
  return (
    <li ref={ref} className={`${css.row} ${how === "silent" ? css.silent : ""}`}>
      <div className={css.text}>
        <Link className={css.name} to={paths.integration(integration.id)}>
          {integration.name}
        </Link>
        <span className={css.small}>{dialectName(integration.dialect)}</span>
      </div>
      <Link className={css.service} to={paths.service(integration.service)}>
        {service}
      </Link>
      <span className={css.last}>
        {last !== undefined && (
          <>
            <span className={css.label}>{t("ui.integrations.last")} </span>
            <Age at={last.at} /> {t("ui.service.ago")}
          </>
        )}
      </span>
      <span className={css.state}>{how !== undefined && <How how={how} signals={data?.items ?? []} now={now} />}</span>
    </li>
  );
}

const GLYPHS: Readonly<Record<Standing, GlyphName>> = {
  never: "wait",
  silent: "silent",
  failed: "failed",
  well: "received",
};

const TONES: Readonly<Record<Standing, string | undefined>> = {
  never: "wb-faint",
  silent: css.unknown,
  failed: "wb-triggered",
  well: "wb-dim",
};

function How({ how, signals, now }: { how: Standing; signals: readonly Signal[]; now: number }) {
  const silent = how === "silent" ? silence(signals, now) : undefined;
  return (
    <>
      <Glyph name={GLYPHS[how]} className={TONES[how]} />
      <span className={TONES[how]}>
        {silent === undefined
          ? t(`ui.integrations.how.${how}`)
          : t("ui.integrations.silent", { silent: span(now - silent.since), usual: span(silent.usualMs) })}
      </span>
    </>
  );
}
