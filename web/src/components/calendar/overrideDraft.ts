/** An override that is being written. Pure. */
import type { Override, OverrideBody } from "../../api/overrides.ts";
import { localText, momentOf } from "../../ui/localTime.ts";
import { millis } from "../../ui/time.ts";

/** What an override can do, the usual first. */
export const KINDS = ["replace", "add", "remove", "shadow"] as const;

/** What is being written, as it stands in the fields. */
export interface Draft {
  kind: (typeof KINDS)[number];
  /** Who is concerned; empty while nobody is chosen. */
  user: string;
  /** Who is replaced; empty for everybody. */
  instead: string;
  from: string;
  to: string;
  /** The one rotation it changes; empty for the whole schedule. */
  rotation: string;
}

/** With what an editor begins. */
interface Beginning {
  from: number;
  to: number;
  who?: string | undefined;
  edited?: Override | undefined;
}

/** What stands in the fields at first. */
export function draftOf({ from, to, who, edited }: Beginning, zone: string): Draft {
  if (edited !== undefined) {
    return draftOfBody(edited, zone);
  }
  const times = { from: localText(from, zone), to: localText(to, zone), rotation: "" };
  return who === undefined
    ? { kind: "add", user: "", instead: "", ...times }
    : { kind: "replace", user: "", instead: who, ...times };
}

/** An override that is there, in the fields. */
export function draftOfBody(body: OverrideBody, zone: string): Draft {
  const { change } = body;
  return {
    kind: change.type,
    user: change.type === "replace" ? change.with : change.user,
    instead: change.type === "replace" ? (change.who ?? "") : "",
    from: localText(millis(body.from), zone),
    to: localText(millis(body.to), zone),
    rotation: body.rotation ?? "",
  };
}

/** The span in the fields; undefined while it is none. */
export function spanOfDraft(draft: Draft, zone: string): { from: number; to: number } | undefined {
  const from = momentOf(draft.from, zone);
  const to = momentOf(draft.to, zone);
  return from === undefined || to === undefined || from >= to ? undefined : { from, to };
}

/** What still keeps it from being saved; the first thing only. */
export function lacks(draft: Draft, zone: string): "user" | "same" | "times" | "order" | undefined {
  if (draft.user === "") {
    return "user";
  }
  if (draft.kind === "replace" && draft.user === draft.instead) {
    return "same";
  }
  if (momentOf(draft.from, zone) === undefined || momentOf(draft.to, zone) === undefined) {
    return "times";
  }
  return spanOfDraft(draft, zone) === undefined ? "order" : undefined;
}

/** What was written, as the API takes it. */
export function bodyOf(draft: Draft, zone: string): OverrideBody {
  const span = spanOfDraft(draft, zone) ?? { from: 0, to: 0 };
  return {
    from: new Date(span.from).toISOString(),
    to: new Date(span.to).toISOString(),
    rotation: draft.rotation === "" ? null : draft.rotation,
    change:
      draft.kind === "replace"
        ? { type: "replace", with: draft.user, who: draft.instead === "" ? null : draft.instead }
        : { type: draft.kind, user: draft.user },
  };
}
