import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { Link } from "react-router";

import { openIncidents } from "../../api/incidents.ts";
import { onCallQuery } from "../../api/oncall.ts";
import { words } from "../../api/problem.ts";
import { summaryQuery } from "../../api/rows.ts";
import { useHeld } from "../../components/held.ts";
import { useLink } from "../../components/live.ts";
import { useViewTitle } from "../../components/title.ts";
import { t } from "../../i18n.ts";
import { useCommands } from "../../ui/commands.ts";
import { ErrorNote, Loading } from "../../ui/Notes.tsx";
import { useNow } from "../../ui/now.ts";
import { shortName } from "../../ui/Owner.tsx";
import { Readout, Readouts } from "../../ui/Readouts.tsx";
import { clock } from "../../ui/time.ts";
import { Running, When } from "../../ui/Times.tsx";
import { useZone } from "../../ui/zone.ts";
import { paths } from "../../ui/paths.ts";
import { board } from "./model.ts";
import { Row } from "./Row.tsx";
import css from "./Wall.module.css";

const DAY = 24 * 3_600_000;
const HOUR = 3_600_000;

/** For a room: what is wrong and who has it, to be read from its other end. */
export default function Wall() {
  useViewTitle(t("ui.views.wall"));
  const screen = useRef<HTMLDivElement>(null);
  const { isFull, fill } = useFull(screen);
  const { data, error, isPending, refetch } = useQuery(openIncidents);
  useCommands("view", [
    { keys: "w", text: t("ui.wall.fill"), find: { text: t("ui.wall.fill"), glyph: "wall" }, run: fill },
  ]);
  return (
    <div ref={screen} className={css.wall} data-full={isFull || undefined}>
      <header className={css.head}>
        <h1>{t("ui.views.wall")}</h1>
        <Line />
        {!isFull && (
          <Button className={css.fill ?? ""} onClick={fill}>
            {t("ui.wall.fill")}
          </Button>
        )}
        <Now />
      </header>
      {data !== undefined && <Board open={data.items} />}
      {isPending && <Loading rows={5} />}
      {data === undefined && error !== null && (
        <ErrorNote title={t("ui.incidents.failed")} detail={words(error).detail} again={() => void refetch()} />
      )}
    </div>
  );
}

/** The whole screen, which then does not go dark. */
function useFull(screen: React.RefObject<HTMLDivElement | null>) {
  const [isFull, setIsFull] = useState(false);
  useEffect(() => {
    let lock: WakeLockSentinel | undefined;
    const changed = () => {
      const isNow = document.fullscreenElement !== null;
      setIsFull(isNow);
      if (isNow && "wakeLock" in navigator) {
        // A browser may refuse; the screen then dims as it does otherwise.
        navigator.wakeLock.request("screen").then(
          (got) => {
            lock = got;
          },
          () => undefined,
        );
      } else {
        void lock?.release();
        lock = undefined;
      }
    };
    document.addEventListener("fullscreenchange", changed);
    return () => {
      document.removeEventListener("fullscreenchange", changed);
      void lock?.release();
    };
  }, []);
  return {
    isFull,
    fill: () => {
      if (document.fullscreenElement === null) {
        screen.current?.requestFullscreen().catch(() => undefined);
      } else {
        void document.exitFullscreen();
      }
    },
  };
}

/** Whether what stands here is the present: on a wall nobody looks into a corner to find out. */
function Line() {
  const { state, asOf } = useLink();
  const held = useHeld();
  if (held !== undefined) {
    return <b className="wb-triggered">{t("ui.wall.held")}</b>;
  }
  if (state === "reconnecting" || state === "offline") {
    return (
      <b className="wb-triggered">
        {t("ui.wall.as_of")} <When at={asOf} seconds />
      </b>
    );
  }
  return null;
}

function Now() {
  const zone = useZone();
  return <span className={css.clock}>{clock(useNow(), zone, true)}</span>;
}

function Board({ open }: { open: Parameters<typeof board>[0] }) {
  const { rows, more, triggered, acknowledged, oldest } = board(open);
  const now = useNow();
  const since = new Date(now - (now % HOUR) - DAY).toISOString();
  const { data: day } = useQuery(summaryQuery({ since }));
  return (
    <>
      <div className={css.counts}>
        <Readouts>
          <Readout label={t("ui.wall.triggered")} wrong={triggered > 0}>
            {triggered}
          </Readout>
          <Readout label={t("state.acknowledged")}>{acknowledged}</Readout>
          <Readout label={t("ui.wall.oldest")} wrong={oldest !== undefined}>
            {oldest === undefined ? t("ui.wall.nobody_waits") : <Running at={oldest.opened_at} />}
          </Readout>
          <Readout label={t("ui.wall.day")}>{day?.total ?? "…"}</Readout>
        </Readouts>
      </div>
      <div className={css.columns}>
        <section aria-label={t("ui.views.incidents")}>
          {rows.length === 0 ? (
            <p className={css.calm}>{t("ui.incidents.nothing")}</p>
          ) : (
            <ul>
              {rows.map((incident) => (
                <Row key={incident.id} incident={incident} />
              ))}
            </ul>
          )}
          {more > 0 && (
            <p className={css.more}>
              <Link to={paths.incidents()}>{t("ui.wall.more", { count: more })}</Link>
            </p>
          )}
        </section>
        <OnCall />
      </div>
    </>
  );
}

function OnCall() {
  const { data } = useQuery(onCallQuery);
  const schedules = data?.items ?? [];
  if (schedules.length === 0) {
    return null;
  }
  return (
    <section className={css.onCall} aria-labelledby="wall-on-call">
      <h2 id="wall-on-call">{t("ui.on_call.now")}</h2>
      <dl>
        {schedules.map(({ schedule, people }) => (
          <div key={schedule.id}>
            <dt>{schedule.name}</dt>
            <dd className={people.length === 0 ? "wb-triggered" : undefined}>
              {people.length === 0
                ? t("ui.on_call.nobody")
                : people.map((person) => (people.length === 1 ? person.user.name : shortName(person.user))).join(", ")}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
