/** What the list shows, apart from how it looks. Pure. */
import type { Incident, Me } from "../../api/types.ts";
import { level } from "../../ui/Severity.tsx";
import { millis } from "../../ui/time.ts";

/** What the address says about which incidents to show. */
export interface Filter {
  mine: boolean;
  teams: boolean;
  bad: boolean;
  service: string;
  q: string;
}

/** The filters that are on or off, in the order of their chips. */
export const SWITCHES = ["mine", "teams", "bad"] as const;

/** Reads the filter from the address. */
export function readFilter(query: URLSearchParams): Filter {
  return {
    mine: query.has("mine"),
    teams: query.has("teams"),
    bad: query.has("bad"),
    service: query.get("service") ?? "",
    q: query.get("q") ?? "",
  };
}

/** The address with a filter changed; what is off is left out. */
export function writeFilter(query: URLSearchParams, change: Partial<Filter>): URLSearchParams {
  const next = new URLSearchParams(query);
  for (const [name, value] of Object.entries(change)) {
    if (value === false || value === "") {
      next.delete(name);
    } else {
      next.set(name, value === true ? "1" : value);
    }
  }
  return next;
}

/** Whether anything is filtered at all. */
export function isFiltered(filter: Filter): boolean {
  return filter.mine || filter.teams || filter.bad || filter.service !== "" || filter.q !== "";
}

/** Whether the filter lets an incident through. */
export function passes(filter: Filter, me: Me["user"], incident: Incident): boolean {
  const text = `${incident.title} ${incident.service.name ?? ""} INC-${incident.number}`.toLocaleLowerCase();
  return (
    (!filter.mine || incident.owner?.id === me.id) &&
    (!filter.teams || me.teams.some((membership) => membership.team === incident.team.id)) &&
    (!filter.bad || level(incident.severity) <= 2) &&
    (filter.service === "" || incident.service.id === filter.service) &&
    filter.q
      .toLocaleLowerCase()
      .split(/\s+/u)
      .every((word) => text.includes(word))
  );
}

/** The groups of the list, loudest first. */
export interface Groups {
  triggered: Incident[];
  acknowledged: Incident[];
  resolved: Incident[];
}

/** Worst first, then what has waited longest; what is over by when it ended, newest first. */
export function group(open: readonly Incident[], over: readonly Incident[]): Groups {
  const urgent = (a: Incident, b: Incident) =>
    level(a.severity) - level(b.severity) || millis(a.opened_at) - millis(b.opened_at);
  const ended = (incident: Incident) => millis(incident.resolved_at ?? incident.updated_at);
  return {
    triggered: open.filter((one) => one.state === "triggered").sort(urgent),
    acknowledged: open.filter((one) => one.state === "acknowledged").sort(urgent),
    resolved: [...open.filter((one) => one.state === "resolved"), ...over]
      .filter((one, index, all) => all.findIndex((other) => other.id === one.id) === index)
      .sort((a, b) => ended(b) - ended(a)),
  };
}

/** The middle of how long they took, in milliseconds. */
export function medianTook(over: readonly Incident[]): number | undefined {
  const took = over
    .flatMap((one) => (one.resolved_at == null ? [] : [millis(one.resolved_at) - millis(one.opened_at)]))
    .sort((a, b) => a - b);
  return took[Math.floor((took.length - 1) / 2)];
}

/** Each service that has an incident here, by name. */
export function servicesOf(incidents: readonly Incident[]): { id: string; name: string }[] {
  const names = new Map(incidents.map((one) => [one.service.id, one.service.name ?? one.service.id]));
  return [...names].map(([id, name]) => ({ id, name })).sort((a, b) => a.name.localeCompare(b.name));
}

/** The row before or after the selected one. */
export function neighbour(ids: readonly string[], selected: string | undefined, step: 1 | -1): string | undefined {
  const at = selected === undefined ? -1 : ids.indexOf(selected);
  if (at < 0) {
    return ids[0];
  }
  return ids[Math.min(ids.length - 1, Math.max(0, at + step))];
}
