/** What the list shows, apart from how it looks. Pure. */
import type { Selection } from "../../api/rows.ts";
import type { Incident, SavedQuery } from "../../api/types.ts";
import { level, type SeverityName } from "../../ui/Severity.tsx";
import type { State } from "../../ui/State.tsx";
import { millis } from "../../ui/time.ts";

/** What the address says about which incidents to show; what is empty does not narrow. */
export interface Filter {
  state: readonly string[];
  service: readonly string[];
  team: readonly string[];
  severity: readonly string[];
  urgency: string;
  /** A user's id, or `me`. */
  owner: string;
  q: string;
  since: string;
  until: string;
  /** How long ago at most they opened: moves on with the clock, so it is not saved. */
  within: "" | Within;
}

/** The spans that are offered, in ms. */
export const WITHIN = { "1h": 3_600_000, "24h": 86_400_000, "7d": 604_800_000 } as const;

/** The name of a span. */
export type Within = keyof typeof WITHIN;

/** How the list is divided. */
export type Grouping = "state" | "severity" | "service";

/** Everything. */
export const NONE: Filter = {
  state: [], service: [], team: [], severity: [], urgency: "", owner: "", q: "", since: "", until: "", within: "",
};

const LISTS = ["state", "service", "team", "severity"] as const;
const WORDS = ["urgency", "owner", "q", "since", "until"] as const;

/** The worst two. */
export const BAD: readonly SeverityName[] = ["critical", "major"];

function isWithin(text: string): text is Within {
  return text in WITHIN;
}

/** Reads the filter from the address. */
export function readFilter(query: URLSearchParams): Filter {
  const list = (name: string) => (query.get(name) ?? "").split(",").filter((one) => one !== "");
  const within = query.get("within") ?? "";
  return {
    ...NONE,
    ...Object.fromEntries(LISTS.map((name) => [name, list(name)])),
    ...Object.fromEntries(WORDS.map((name) => [name, query.get(name) ?? ""])),
    within: isWithin(within) ? within : "",
  };
}

/** The address with a filter changed; what does not narrow is left out. */
export function writeFilter(query: URLSearchParams, change: Partial<Filter>): URLSearchParams {
  const next = new URLSearchParams(query);
  for (const [name, value] of Object.entries<string | readonly string[]>(change)) {
    const text = typeof value === "string" ? value : value.join(",");
    if (text === "") {
      next.delete(name);
    } else {
      next.set(name, text);
    }
  }
  return next;
}

/** Whether anything is filtered at all. */
export function isFiltered(filter: Filter): boolean {
  return writeFilter(new URLSearchParams(), filter).size > 0;
}

/** Whether two lists hold the same, in any order. */
export function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((one) => b.includes(one));
}

/** As finely as the moving start of a span is asked for: a new question each second helps nobody. */
const STEP_MS = 300_000;

/** What to ask the server for. */
export function selectionOf(filter: Filter, now: number): Selection {
  const given = Object.entries({ ...filter, within: "" }).filter(([, value]) => value.length > 0);
  const from = now - (now % STEP_MS);
  const since = filter.within === "" ? {} : { since: new Date(from - WITHIN[filter.within]).toISOString() };
  return { ...Object.fromEntries(given), ...since };
}

/** The filter as it is saved. */
export function savedOf(filter: Filter): SavedQuery {
  const orNull = (text: string) => (text === "" ? null : text);
  return {
    state: filter.state as SavedQuery["state"],
    service: [...filter.service],
    team: [...filter.team],
    severity: filter.severity as SavedQuery["severity"],
    urgency: orNull(filter.urgency) as SavedQuery["urgency"],
    owner: orNull(filter.owner),
    q: orNull(filter.q),
    since: orNull(filter.since),
    until: orNull(filter.until),
  };
}

/** A saved filter as it is used; what was not saved does not narrow. */
export function filterOf(saved: Partial<SavedQuery>): Filter {
  const { state, service, team, severity, urgency, owner, q, since, until } = saved;
  return {
    ...NONE,
    state: state ?? [],
    service: service ?? [],
    team: team ?? [],
    severity: severity ?? [],
    urgency: urgency ?? "",
    owner: owner ?? "",
    q: q ?? "",
    since: since ?? "",
    until: until ?? "",
  };
}

/** Whether two filters show the same. */
export function isSameFilter(a: Filter, b: Filter): boolean {
  const text = (filter: Filter) => writeFilter(new URLSearchParams(), filter);
  const [one, other] = [text(a), text(b)];
  return one.size === other.size && [...one].every(([name, value]) => isSame(value.split(","), (other.get(name) ?? "").split(",")));
}

/** How the address divides the list. */
export function readGrouping(query: URLSearchParams): Grouping {
  const group = query.get("group");
  return group === "severity" || group === "service" ? group : "state";
}

/** The states that are not over. */
export const OPEN: readonly State[] = ["triggered", "acknowledged"];

/** Whether incidents of a state can be part of what is shown. */
export function mayShow(filter: Filter, state: State): boolean {
  return filter.state.length === 0 || filter.state.includes(state);
}

/** Worst first, then what has waited longest. */
export function urgent(a: Incident, b: Incident): number {
  return level(a.severity) - level(b.severity) || millis(a.opened_at) - millis(b.opened_at);
}

/** When it was over, or last changed. */
export function endedAt(incident: Incident): number {
  return millis(incident.resolved_at ?? incident.updated_at);
}

/** The middle of how long they took, in milliseconds. */
export function medianTook(over: readonly Incident[]): number | undefined {
  const took = over
    .flatMap((one) => (one.resolved_at == null ? [] : [millis(one.resolved_at) - millis(one.opened_at)]))
    .sort((a, b) => a - b);
  return took[Math.floor((took.length - 1) / 2)];
}

/** The row before or after the selected one. */
export function neighbour(ids: readonly string[], selected: string | undefined, step: 1 | -1): string | undefined {
  const at = selected === undefined ? -1 : ids.indexOf(selected);
  if (at < 0) {
    return ids[0];
  }
  return ids[Math.min(ids.length - 1, Math.max(0, at + step))];
}
