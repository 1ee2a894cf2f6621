import { Link } from "react-router";

import type { Incident, Me } from "../api/types.ts";
import { t } from "../i18n.ts";
import { Glyph } from "../ui/Glyph.tsx";
import { Kbd } from "../ui/Kbd.tsx";
import { useNow } from "../ui/now.ts";
import { Disc } from "../ui/Owner.tsx";
import { paths } from "../ui/paths.ts";
import { Say } from "../ui/Say.tsx";
import { clock, when, zoneName } from "../ui/time.ts";
import { useZone } from "../ui/zone.ts";
import { useLink } from "./live.ts";
import { useMyWatches } from "./onCall.ts";
import { untilOfPerson } from "./shifts.ts";
import { useShownTitle } from "./title.ts";
import css from "./WatchLine.module.css";

interface WatchLineProps {
  me: Me;
  /** What is open; undefined while it is not known. */
  open: readonly Incident[] | undefined;
  /** There are more than these. */
  more: boolean;
  onFind: () => void;
}

/** The same strip on every view: what nobody has, what somebody has, am I on call, is this live. */
export function WatchLine({ me, open, more, onFind }: WatchLineProps) {
  return (
    <header className={css.watch}>
      <PhoneTitle />
      <div className={css.counts} role="status">
        {open !== undefined && <Counts open={open} more={more} />}
      </div>
      <MyWatch me={me} />
      <Lamp />
      <Clocks />
      <button type="button" className={`${css.find} wb-wide`} onClick={onFind}>
        <span>{t("ui.find.title")}</span>
        <Kbd keys={t("ui.find.keys")} />
      </button>
    </header>
  );
}

function PhoneTitle() {
  const { text, back } = useShownTitle();
  return (
    <div className={css.phoneTitle}>
      {back === undefined ? (
        <Glyph name="logo" size={22} />
      ) : (
        <Link to={back} className={css.back} aria-label={t("ui.frame.back")}>
          <Glyph name="back" />
        </Link>
      )}
      <b className="wb-cut">{text}</b>
    </div>
  );
}

function Counts({ open, more }: { open: readonly Incident[]; more: boolean }) {
  const triggered = open.filter((one) => one.state === "triggered").length;
  const acknowledged = open.length - triggered;
  const plus = more ? "+" : "";
  return (
    <>
      {triggered > 0 ? (
        <Link to={paths.incidents()} className={css.red}>
          <Glyph name="triggered" />
          {t("ui.watch.triggered", { count: triggered, n: `${triggered}${plus}` })}
        </Link>
      ) : (
        <Link to={paths.incidents()} className={css.calm}>
          <Glyph name="resolved" className="wb-resolved" />
          {t("ui.watch.none")}
        </Link>
      )}
      {acknowledged > 0 && (
        <Link to={paths.incidents()}>
          <Glyph name="acknowledged" className="wb-acknowledged" />
          <b className="wb-acknowledged">
            {acknowledged}
            {plus}
          </b>
          <span className="wb-dim">{t("ui.watch.acknowledged")}</span>
        </Link>
      )}
    </>
  );
}

function MyWatch({ me }: { me: Me }) {
  const now = useNow();
  const zone = useZone();
  const watches = useMyWatches(me.user.id);
  const first = watches[0];
  const ends = watches
    .map((watch) => untilOfPerson(watch.ahead, me.user.id, now))
    .filter((end) => end !== undefined);
  const until = ends.length === watches.length ? Math.min(...ends) : undefined;
  return (
    <Link to={paths.onCall()} className={`${css.mine} wb-wide`}>
      {first === undefined ? (
        <span className="wb-dim">{t("ui.watch.off_call")}</span>
      ) : (
        <>
          <Disc person={me.user} isMe />
          <span className="wb-cut">
            <Say
              k={until === undefined ? "ui.watch.on_call" : "ui.watch.on_call_until"}
              values={{
                you: <b>{t("ui.watch.you")}</b>,
                schedule: watches.map((watch) => watch.now.schedule.name).join(", "),
                until: until === undefined ? "" : when(until, now, zone),
              }}
            />
          </span>
        </>
      )}
    </Link>
  );
}

/** Whether what is shown is live. */
function Lamp() {
  const { state } = useLink();
  const isLive = state === "live";
  return (
    <span className={css.lamp} data-state={state}>
      {isLive || state === "connecting" ? <i /> : <Glyph name="wait" />}
      <span className={css.lampWord}>{t(`ui.link.${state}`)}</span>
    </span>
  );
}

function Clocks() {
  const now = useNow();
  const zone = useZone();
  return (
    <span className={css.clocks}>
      <b className="wb-wide">{clock(now, zone, true)}</b>
      <b className="wb-narrow">{clock(now, zone)}</b>
      <span className="wb-wide wb-faint">{zoneName(now, zone)}</span>
      {zone !== "UTC" && (
        <span className={`${css.utc} wb-faint`}>
          {t("ui.time.utc", { clock: clock(now, "UTC") })}
        </span>
      )}
    </span>
  );
}
