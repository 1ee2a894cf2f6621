/** The record cut down to what somebody looks for. Pure. */
import type { RecordEntry } from "../../api/types.ts";

/** What somebody may look for in the record. */
export const KINDS = ["notes", "pages", "people", "signals"] as const;

/** What somebody looks for. */
export type Kind = (typeof KINDS)[number];

/** The kinds of entries each has. What people did stands with what happened to the incident by it. */
const OF: Readonly<Record<Kind, ReadonlySet<string>>> = {
  notes: new Set(["noted", "note_edited", "note_deleted"]),
  pages: new Set([
    "step_executed", "paged", "attempted", "dropped", "escalation_exhausted", "escalation_hastened",
    "escalation_restarted", "recalled", "escalated", "snooze_ended", "acknowledgement_expired", "step_skipped",
    "deferred", "deferral_ended", "fell_back", "repeated", "held_back",
  ]),
  people: new Set([
    "opened", "acknowledged", "unacknowledged", "resolved", "reopened", "reassigned", "merged_into", "absorbed",
    "severity_raised", "recalled", "escalated", "snoozed", "unsnoozed", "snooze_ended", "acknowledgement_expired",
    "confirmed", "responders_asked", "responder_answered",
  ]),
  signals: new Set([
    "alert_opened", "alert_resolved", "monitor_fired", "monitor_silent", "monitor_recovered", "severity_raised",
  ]),
};

/** Reads the kind from the address. */
export function readKind(query: URLSearchParams): Kind | undefined {
  return KINDS.find((kind) => kind === query.get("record"));
}

/** The entries of a kind; all where none is asked for. */
export function ofKind(record: readonly RecordEntry[], kind: Kind | undefined): readonly RecordEntry[] {
  return kind === undefined ? record : record.filter((entry) => OF[kind].has(entry.kind));
}

/** Where an entry stands in the document, and in the address of a link to it. */
export function anchorOf(entry: RecordEntry): string {
  return `entry-${entry.id}`;
}
