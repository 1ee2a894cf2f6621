import { useEffect, useState } from "react";
import { Link, useLocation, useSearchParams } from "react-router";

import { useMe } from "../../api/session.ts";
import type { IncidentDetail, RecordEntry } from "../../api/types.ts";
import { useHeld } from "../../components/held.ts";
import { useLink } from "../../components/live.ts";
import { t } from "../../i18n.ts";
import { Glyph, type GlyphName } from "../../ui/Glyph.tsx";
import { useNow } from "../../ui/now.ts";
import { paths } from "../../ui/paths.ts";
import { Say } from "../../ui/Say.tsx";
import { Heading } from "../../ui/Section.tsx";
import { useStale } from "../../ui/stale.ts";
import { millis } from "../../ui/time.ts";
import { Clock, In, When } from "../../ui/Times.tsx";
import { anchorOf, KINDS, ofKind, readKind } from "./kinds.ts";
import { type Coming, coming, fold, type Outcomes, outcomeOf, outcomes, waits } from "./model.ts";
import { NoteEntry } from "./NoteEntry.tsx";
import css from "./Record.module.css";

/** What happened, in order; it ends with what comes next, which is not yet a fact. */
export function Record({ incident }: { incident: IncidentDetail }) {
  const { state } = useLink();
  // What was there when the view was opened is not new.
  const [seen] = useState(() => new Set(incident.record.map(idOf)));
  const known = outcomes(incident);
  const next = coming(incident);
  const held = useHeld();
  const [query, setQuery] = useSearchParams();
  const { hash } = useLocation();
  const kind = readKind(query);
  const linked = decodeURIComponent(hash.slice(1));
  const isThere = incident.record.some((entry) => anchorOf(entry) === linked);
  useEffect(() => {
    // The router moves to what is there at once; the record comes later.
    if (isThere) {
      document.getElementById(linked)?.scrollIntoView({ block: "center" });
    }
  }, [isThere, linked]);
  const shown = ofKind(incident.record, kind);
  const waiting = new Set(held === undefined ? [] : incident.pages.filter(waits).map((page) => page.id));
  return (
    <>
      <Heading
        id="record"
        title={t("ui.record.title")}
        right={state === "live" ? <LiveMark /> : undefined}
      />
      <div className={css.kinds} role="group" aria-label={t("ui.record.only")}>
        {(["all", ...KINDS] as const).map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={one === (kind ?? "all")}
            onClick={() => {
              const next = new URLSearchParams(query);
              next.delete("record");
              if (one !== "all") {
                next.set("record", one);
              }
              setQuery(next, { replace: true, preventScrollReset: true });
            }}
          >
            {t(`ui.record.kind.${one}`)}
          </button>
        ))}
      </div>
      <div role="log" aria-labelledby="record">
        {shown.length === 0 && <p className="wb-dim">{t("ui.record.none_of_kind")}</p>}
        <ol className={css.record}>
          {fold(shown, known).map((line) =>
            line.kind === "entry" ? (
              <Entry
                key={idOf(line.entry)}
                incident={incident.id}
                entry={line.entry}
                known={known}
                isNew={!seen.has(idOf(line.entry))}
                isLinked={anchorOf(line.entry) === linked}
                isHeld={line.entry.kind === "paged" && waiting.has(line.entry.page ?? "")}
              />
            ) : (
              <Receipts
                key={line.entries.map(idOf).at(0)}
                incident={incident.id}
                entries={line.entries}
                known={known}
                linked={linked}
              />
            ),
          )}
          {next !== undefined && (kind === undefined || kind === "pages") && <Next coming={next} />}
        </ol>
      </div>
    </>
  );
}

function idOf(entry: RecordEntry): string {
  return `${entry.stream} ${entry.seq}`;
}

function LiveMark() {
  return (
    <span className={css.live}>
      <i />
      {t("ui.record.live")}
    </span>
  );
}

interface Look {
  glyph: GlyphName;
  tone?: string;
  /** The sentence is bold: a state changed. */
  isHot?: boolean;
}

const LOOKS: Record<string, Look> = {
  monitor_fired: { glyph: "signal" },
  monitor_silent: { glyph: "signal" },
  monitor_recovered: { glyph: "signal" },
  alert_opened: { glyph: "signal" },
  alert_resolved: { glyph: "signal" },
  opened: { glyph: "triggered", tone: "wb-triggered", isHot: true },
  severity_raised: { glyph: "triggered", tone: "wb-triggered", isHot: true },
  step_executed: { glyph: "step" },
  escalation_exhausted: { glyph: "failed", tone: "wb-triggered" },
  escalation_hastened: { glyph: "step" },
  paged: { glyph: "page" },
  acknowledged: { glyph: "acknowledged", tone: "wb-acknowledged", isHot: true },
  unacknowledged: { glyph: "triggered", tone: "wb-triggered", isHot: true },
  reopened: { glyph: "triggered", tone: "wb-triggered", isHot: true },
  resolved: { glyph: "resolved", tone: "wb-resolved", isHot: true },
  reassigned: { glyph: "ring" },
  responders_asked: { glyph: "ring", isHot: true },
  responder_answered: { glyph: "said", isHot: true },
  noted: { glyph: "said" },
  note_edited: { glyph: "said" },
  note_deleted: { glyph: "said" },
  recalled: { glyph: "triggered", tone: "wb-triggered", isHot: true },
  escalated: { glyph: "step", isHot: true },
  snoozed: { glyph: "wait", tone: "wb-acknowledged", isHot: true },
  unsnoozed: { glyph: "wait", isHot: true },
  snooze_ended: { glyph: "triggered", tone: "wb-triggered", isHot: true },
  acknowledgement_expired: { glyph: "triggered", tone: "wb-triggered", isHot: true },
  escalation_restarted: { glyph: "step" },
  step_skipped: { glyph: "stopped" },
  deferred: { glyph: "wait" },
  deferral_ended: { glyph: "step" },
  fell_back: { glyph: "page", tone: "wb-triggered" },
  repeated: { glyph: "page" },
  held_back: { glyph: "wait" },
  confirmed: { glyph: "acknowledged", tone: "wb-acknowledged", isHot: true },
  dropped: { glyph: "stopped" },
  merged_into: { glyph: "hook", isHot: true },
  absorbed: { glyph: "hook" },
};

const ATTEMPTS: Record<string, Look> = {
  accepted: { glyph: "received" },
  retry: { glyph: "failed", tone: "wb-triggered" },
  given_up: { glyph: "failed", tone: "wb-triggered" },
  withheld: { glyph: "stopped" },
};

function lookOf(entry: RecordEntry, known: Outcomes): Look {
  if (entry.kind === "attempted") {
    const outcome = outcomeOf(entry, known) ?? (entry.next_at == null ? "accepted" : "retry");
    return ATTEMPTS[outcome] ?? { glyph: "page" };
  }
  return LOOKS[entry.kind] ?? { glyph: "ring" };
}

interface EntryProps {
  /** The incident whose record it is. */
  incident: string;
  entry: RecordEntry;
  known: Outcomes;
  isNew?: boolean;
  /** Somebody followed a link to it. */
  isLinked?: boolean;
  /** It tells of a page that waits because sending is held. */
  isHeld?: boolean;
}

function Entry({ incident, entry, known, isNew = false, isLinked = false, isHeld = false }: EntryProps) {
  const look = lookOf(entry, known);
  const classes = [look.isHot === true && css.hot, isNew && css.isNew, isLinked && css.linked];
  const isNote = entry.kind === "noted";
  const location = useLocation();
  return (
    <li id={anchorOf(entry)} className={classes.filter(Boolean).join(" ")}>
      <Link
        className={css.at}
        to={{ search: location.search, hash: anchorOf(entry) }}
        replace
        preventScrollReset
        title={t("ui.record.link")}
      >
        <When at={entry.at} seconds />
      </Link>
      <span className={css.glyph}>
        <Glyph name={look.glyph} className={look.tone} />
      </span>
      <div className={css.said}>
        {isNote ? <Author entry={entry} /> : entry.text}
        {entry.why != null && <span className={css.why}>{entry.why}</span>}
        {isHeld && <b className={`${css.why} wb-triggered`}>{t("ui.record.held_page")}</b>}
        {entry.quote != null && !isNote && <span className={css.why}>{entry.quote}</span>}
        {entry.via === "link" && <span className={css.why}>{t("ui.record.by_link", { from: entry.from ?? "" })}</span>}
        <Other entry={entry} />
        {isNote && <NoteEntry id={incident} entry={entry} />}
      </div>
    </li>
  );
}

function Author({ entry }: { entry: RecordEntry }) {
  const me = useMe().user.id;
  return <b>{entry.actor.id === me ? t("ui.owner.you") : (entry.actor.name ?? t("ui.owner.gone"))}</b>;
}

/** The way to the incident it was merged with. */
function Other({ entry: { other } }: { entry: RecordEntry }) {
  if (other?.number == null) {
    return null;
  }
  return (
    <Link className={`wb-link ${css.why}`} to={paths.incident(other.id)}>
      {t("ui.record.see", { number: other.number })}
    </Link>
  );
}

interface ReceiptsProps {
  incident: string;
  entries: readonly RecordEntry[];
  known: Outcomes;
  linked: string;
}

function Receipts({ incident, entries, known, linked }: ReceiptsProps) {
  const [isOpen, setIsOpen] = useState(false);
  const first = entries[0];
  if (isOpen || entries.some((entry) => anchorOf(entry) === linked)) {
    return entries.map((entry) => (
      <Entry
        key={idOf(entry)}
        incident={incident}
        entry={entry}
        known={known}
        isLinked={anchorOf(entry) === linked}
      />
    ));
  }
  return (
    <li>
      {first !== undefined && <When at={first.at} seconds className={css.at} />}
      <span className={css.glyph}>
        <Glyph name="received" />
      </span>
      <div className={css.said}>
        {t("ui.record.receipts", { count: entries.length })}{" "}
        <button
          type="button"
          className="wb-link"
          onClick={() => {
            setIsOpen(true);
          }}
        >
          {t("ui.record.show")}
        </button>
      </div>
    </li>
  );
}

function Next({ coming: next }: { coming: Coming }) {
  const now = useNow();
  const isStale = useStale();
  const isDue = millis(next.at) <= now && !isStale;
  const held = useHeld();
  return (
    <li className={css.next}>
      {held === undefined ? <Clock at={next.at} className={css.at} /> : <span className={css.at} />}
      <span className={css.glyph}>
        <Glyph name="wait" />
      </span>
      <div className={css.said}>
        {next.kind === "step" && t("ui.record.next_step", { step: next.step, who: next.who.join(", ") })}
        {next.kind === "message" && t("ui.record.next_message", { who: next.who, channel: next.channel })}
        {next.kind === "end" && t("ui.record.next_end")}
        <span className={css.why}>
          {held !== undefined ? (
            t("ui.record.held")
          ) : isDue ? (
            t("ui.record.due")
          ) : (
            <Say
              k={next.kind === "message" && next.asks ? "ui.record.unless_answered" : "ui.record.unless"}
              values={{ comes: <In at={next.at} /> }}
            />
          )}
        </span>
      </div>
    </li>
  );
}
