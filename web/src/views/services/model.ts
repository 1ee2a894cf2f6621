/** Services as the views show them, apart from how they look. Pure. */
import type { Service, ServicePath, Way } from "../../api/services.ts";
import type { Incident } from "../../api/types.ts";
import { level } from "../../ui/Severity.tsx";
import type { State } from "../../ui/State.tsx";

/** What the address says about which services to show. */
export interface Filter {
  team: string;
  q: string;
}

/** One service with what is wrong there. */
export interface Row {
  service: Service;
  /** Open incidents, those nobody has first. */
  open: Incident[];
  /** The loudest of them; resolved when there is none. */
  state: State;
}

function stateOf(open: readonly Incident[]): State {
  if (open.some((one) => one.state === "triggered")) {
    return "triggered";
  }
  return open.length > 0 ? "acknowledged" : "resolved";
}

const LOUD: Readonly<Record<State, number>> = { triggered: 0, acknowledged: 1, resolved: 2 };

/** The services that pass the filter: the loudest first, then by name. */
export function rows(services: readonly Service[], incidents: readonly Incident[], { team, q }: Filter): Row[] {
  const wanted = q.trim().toLocaleLowerCase().split(/\s+/u);
  return services
    .filter((one) => team === "" || one.team === team)
    .filter((one) => {
      const text = `${one.name} ${one.description ?? ""}`.toLocaleLowerCase();
      return wanted.every((word) => text.includes(word));
    })
    .map((service) => {
      const open = byLoudness(incidents.filter((one) => one.service.id === service.id));
      return { service, open, state: stateOf(open) };
    })
    .sort((a, b) => LOUD[a.state] - LOUD[b.state] || a.service.name.localeCompare(b.service.name));
}

/** Open incidents: those nobody has first, the worst of them above. */
export function byLoudness(incidents: readonly Incident[]): Incident[] {
  return [...incidents].sort((a, b) => LOUD[a.state] - LOUD[b.state] || level(a.severity) - level(b.severity));
}

/** What became of events, in the order people ask for it. */
export const OUTCOMES = ["repeated", "raised", "acknowledged", "resolved", "stray", "failed", "opened"] as const;

/** One of these. */
export type Outcome = (typeof OUTCOMES)[number];

/** How many events had each outcome; those there are none of are left out. */
export function outcomes(path: ServicePath): { outcome: Outcome; count: number }[] {
  return OUTCOMES.flatMap((outcome) => {
    const count = path.events.find((one) => one.outcome === outcome)?.count ?? 0;
    return count === 0 ? [] : [{ outcome, count }];
  });
}

/** All events of a path. */
export function eventCount(path: ServicePath): number {
  return path.events.reduce((sum, one) => sum + one.count, 0);
}

/** What nobody has any more to do with. */
export function resolvedCount({ incidents }: ServicePath): number {
  return incidents.count - incidents.triggered - incidents.acknowledged;
}

/** How large the band is drawn. */
export const BAND = { width: 1_320, height: 118, post: 6, least: 10, most: 98 } as const;

/** A post of the band: how high it is, and how much of that is still open. */
export interface Post {
  x: number;
  height: number;
  open: number;
}

/** Events, alerts, incidents and pages as posts: by the logarithm, or the first would hide the others. */
export function posts(path: ServicePath): Post[] {
  const { alerts, incidents, pages } = path;
  const openIncidents = incidents.count === 0 ? 0 : (incidents.triggered + incidents.acknowledged) / incidents.count;
  const openAlerts = alerts.count === 0 ? 0 : alerts.open / alerts.count;
  const counts = [
    { count: eventCount(path), share: openAlerts },
    { count: alerts.count, share: openAlerts },
    { count: incidents.count, share: openIncidents },
    { count: pages.count, share: openIncidents },
  ];
  const highest = Math.log1p(Math.max(...counts.map((one) => one.count), 1));
  const { width, post, least, most } = BAND;
  return counts.map(({ count, share }, index) => {
    const height = count === 0 ? 2 : least + ((most - least) * Math.log1p(count)) / highest;
    // What is open must be seen, however little it is.
    const open = count === 0 || share === 0 ? 0 : Math.max(3, height * share * 0.6);
    return { x: (index * (width + post)) / 4, height, open };
  });
}

/** The band between two posts, or after the last one, as an SVG path. */
export function flow(x: number, to: number, from: number, end: number): string {
  const middle = BAND.height / 2;
  const start = x + BAND.post;
  const [bend, first, second] = [0.47, 0.73, 0.79].map((part) => start + (to - start) * part) as [number, number, number];
  const top = (height: number) => round(middle - height / 2);
  const foot = (height: number) => round(middle + height / 2);
  return (
    `M${round(start)} ${top(from)}H${round(bend)}C${round(first)} ${top(from)} ${round(second)} ${top(end)} ${round(to)} ${top(end)}` +
    `V${foot(end)}C${round(second)} ${foot(end)} ${round(first)} ${foot(from)} ${round(bend)} ${foot(from)}H${round(start)}z`
  );
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Counts in few bars: a week by the hour would be too fine to see. */
export function gathered(counts: readonly number[], bars: number): number[] {
  const size = Math.max(1, Math.ceil(counts.length / bars));
  return Array.from({ length: Math.ceil(counts.length / size) }, (_, index) =>
    counts.slice(index * size, (index + 1) * size).reduce((sum, one) => sum + one, 0),
  );
}

/** The ways that are worth a row: every integration, and the monitors if there are any or they sent. */
export function shownWays(ways: readonly Way[], monitors: number): Way[] {
  return ways.filter((way) => way.integration != null || way.count > 0 || monitors > 0);
}
