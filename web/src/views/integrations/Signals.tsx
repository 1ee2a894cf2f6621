import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { type Signal, signalsQuery } from "../../api/integrations.ts";
import { words } from "../../api/problem.ts";
import { t } from "../../i18n.ts";
import { Glyph, type GlyphName } from "../../ui/Glyph.tsx";
import { ErrorNote, Loading } from "../../ui/Notes.tsx";
import { paths } from "../../ui/paths.ts";
import { Section } from "../../ui/Section.tsx";
import { When } from "../../ui/Times.tsx";
import css from "./Came.module.css";
import { type Outcome, outcomeOf } from "./model.ts";

const GLYPHS: Readonly<Record<Outcome, GlyphName>> = {
  opened: "triggered",
  repeated: "signal",
  raised: "step",
  acknowledged: "acknowledged",
  resolved: "resolved",
  stray: "stopped",
  failed: "failed",
};

const TONES: Readonly<Partial<Record<Outcome, string>>> = {
  opened: "wb-triggered",
  acknowledged: "wb-acknowledged",
  resolved: "wb-resolved",
  failed: "wb-triggered",
};

/** What came through this way, newest first, and what became of it. */
export function Signals({ integration }: { integration: string }) {
  const found = useInfiniteQuery(signalsQuery(integration));
  const items = found.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Section id="signals" title={t("ui.integration.signals")} small={t("ui.integration.signals_small")}>
      {found.isPending && <Loading rows={3} />}
      {found.data === undefined && found.error !== null && (
        <ErrorNote
          title={t("ui.integration.signals_failed")}
          detail={words(found.error).detail}
          again={() => void found.refetch()}
        />
      )}
      {found.data !== undefined && items.length === 0 && (
        <p className={css.none}>{t("ui.integration.no_signals")}</p>
      )}
      {items.length > 0 && (
        <ul className={css.list}>
          {items.map((signal) => (
            <Line key={signal.id} signal={signal} />
          ))}
        </ul>
      )}
      {found.hasNextPage && (
        <Button className={css.more} loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
          {t("ui.integration.older")}
        </Button>
      )}
    </Section>
  );
}

function Line({ signal }: { signal: Signal }) {
  const outcome = outcomeOf(signal);
  const tone = outcome === undefined ? undefined : TONES[outcome];
  return (
    <li>
      <When at={signal.at} seconds className={css.when} />
      <Glyph name={outcome === undefined ? "signal" : GLYPHS[outcome]} className={tone} />
      <div className={css.what}>
        <span className={css.became}>
          {outcome === undefined ? signal.outcome : t(`ui.integration.outcome.${outcome}`)}
          {signal.incident != null && (
            <Link className="wb-link" to={paths.incident(signal.incident)}>
              {t("ui.integration.incident")}
            </Link>
          )}
        </span>
        <small>
          <span className="wb-mono">{signal.dedup_key}</span>
          {signal.remote != null && <span>{t("ui.integration.from", { remote: signal.remote })}</span>}
          {signal.reason != null && <span className="wb-triggered">{signal.reason}</span>}
        </small>
      </div>
    </li>
  );
}
