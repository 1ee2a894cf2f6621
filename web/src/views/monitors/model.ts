/** Monitors, apart from how they look. Pure. */
import type { MonitorBody, MonitorDetail, MonitorEpisode, MonitorSummary, PreviewBody } from "../../api/monitors.ts";
import type { Chart, Line, Marked } from "../../components/graph/lines.ts";
import { addDays, dateIn, millis, startOfDay } from "../../ui/time.ts";

/** How a monitor is, the worst first. */
export const STATES = ["firing", "silent", "failed", "no_series", "unknown", "well"] as const;

/** How a monitor is. */
export type MonitorState = (typeof STATES)[number];

/** A word of the API as one that is known here. */
export function stateOf(word: string): MonitorState {
  return STATES.find((one) => one === word) ?? "unknown";
}

/** The worst first, then by name. */
export function sorted(monitors: readonly MonitorSummary[]): MonitorSummary[] {
  const rank = (one: MonitorSummary) => STATES.indexOf(stateOf(one.state));
  return [...monitors].sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
}

/** Those that fit what was typed, in name, target or service. */
export function matching(
  monitors: readonly MonitorSummary[],
  typed: string,
  serviceName: (id: string) => string,
): MonitorSummary[] {
  const wanted = typed.trim().toLowerCase();
  return monitors.filter((one) =>
    [one.name, one.target, serviceName(one.service)].some((text) => text.toLowerCase().includes(wanted)),
  );
}

/** What a form holds: texts, as they are typed. */
export interface Draft {
  service: string;
  name: string;
  description: string;
  target: string;
  side: "above" | "below";
  threshold: string;
  forS: string;
  recovery: string;
  recoverForS: string;
  everyS: string;
  severity: MonitorDetail["severity"];
  silentAfterS: string;
  onSilence: MonitorDetail["on_silence"];
  runbook: string;
}

/** A new one, as the server would set what is left out. */
export function emptyDraft(target: string, service: string): Draft {
  return {
    service,
    name: "",
    description: "",
    target,
    side: "above",
    threshold: "",
    forS: "120",
    recovery: "",
    recoverForS: "",
    everyS: "30",
    severity: "major",
    silentAfterS: "300",
    onSilence: "keep",
    runbook: "",
  };
}

/** What is set, to be edited. */
export function draftOf(monitor: MonitorDetail): Draft {
  return {
    service: monitor.service,
    name: monitor.name,
    description: monitor.description,
    target: monitor.target,
    side: monitor.side === "below" ? "below" : "above",
    threshold: String(monitor.threshold),
    forS: String(monitor.for_s),
    recovery: monitor.recovery == null ? "" : String(monitor.recovery),
    recoverForS: monitor.recover_for_s === monitor.for_s ? "" : String(monitor.recover_for_s),
    everyS: String(monitor.every_s),
    severity: monitor.severity,
    silentAfterS: String(monitor.silent_after_s),
    onSilence: monitor.on_silence,
    runbook: monitor.runbook_url ?? "",
  };
}

/** A number as people type it; a comma may stand for the point. */
export function numberOf(text: string): number | undefined {
  const value = Number(text.trim().replace("−", "-").replace(",", "."));
  return text.trim() === "" || !Number.isFinite(value) ? undefined : value;
}

/** Seconds as people type them: whole, and not less than none. */
function secondsOf(text: string): number | undefined {
  const value = numberOf(text);
  return value !== undefined && Number.isInteger(value) && value >= 0 ? value : undefined;
}

/** What a draft still lacks: the fields that hold nothing that can be sent. */
export function lacks(draft: Draft): (keyof Draft)[] {
  const found: (keyof Draft)[] = [];
  for (const field of ["service", "name", "target"] as const) {
    if (draft[field].trim() === "") {
      found.push(field);
    }
  }
  if (numberOf(draft.threshold) === undefined) {
    found.push("threshold");
  }
  if (draft.recovery.trim() !== "" && numberOf(draft.recovery) === undefined) {
    found.push("recovery");
  }
  for (const field of ["forS", "everyS", "silentAfterS"] as const) {
    if (secondsOf(draft[field]) === undefined) {
      found.push(field);
    }
  }
  if (draft.recoverForS.trim() !== "" && secondsOf(draft.recoverForS) === undefined) {
    found.push("recoverForS");
  }
  return found;
}

function rule(draft: Draft) {
  return {
    target: draft.target.trim(),
    side: draft.side,
    threshold: numberOf(draft.threshold) ?? 0,
    for_s: secondsOf(draft.forS) ?? 0,
    recovery: numberOf(draft.recovery) ?? null,
    recover_for_s: secondsOf(draft.recoverForS) ?? null,
    every_s: secondsOf(draft.everyS) ?? 30,
    silent_after_s: secondsOf(draft.silentAfterS) ?? 300,
    on_silence: draft.onSilence,
  };
}

/** What is sent. */
export function bodyOf(draft: Draft): MonitorBody {
  return {
    ...rule(draft),
    service: draft.service,
    name: draft.name.trim(),
    description: draft.description,
    severity: draft.severity,
    runbook_url: draft.runbook.trim() === "" ? null : draft.runbook.trim(),
  };
}

/** What is judged while somebody types; nothing as long as it cannot be. */
export function previewOf(draft: Draft): PreviewBody | undefined {
  const missing = lacks(draft).filter((field) => field !== "service" && field !== "name");
  return missing.length > 0 ? undefined : rule(draft);
}

/** The field of the form that a field of the API's problem is about. */
export function fieldOf(path: string): keyof Draft | undefined {
  const fields: Readonly<Record<string, keyof Draft>> = {
    service: "service",
    name: "name",
    description: "description",
    target: "target",
    threshold: "threshold",
    for_s: "forS",
    recovery: "recovery",
    recover_for_s: "recoverForS",
    every_s: "everyS",
    silent_after_s: "silentAfterS",
    runbook_url: "runbook",
  };
  return fields[path];
}

/** Series of an answer as lines; those of the second half of the targets are of another time. */
export function linesOf(series: readonly { target: string; points: Line["points"] }[], shifted: string): Line[] {
  const isPast = (name: string) => name.startsWith(shifted);
  const present = series.filter((one) => !isPast(one.target));
  const past = series.filter((one) => isPast(one.target));
  return [
    ...present.map((one) => ({ name: one.target, points: one.points })),
    // Of many series the past would be a thicket.
    ...(present.length <= 2 ? past : []).map((one) => ({ name: one.target, points: one.points, isPast: true })),
  ];
}

/** The chart of a monitor over the last seconds. */
export function chartOf(
  monitor: Pick<MonitorDetail, "side" | "threshold" | "recovery">,
  lines: readonly Line[],
  until: number,
  spanS: number,
  episodes: readonly Pick<MonitorEpisode, "state" | "at" | "until">[],
): Chart {
  const [from, to] = [(until - spanS) * 1_000, until * 1_000];
  const marked = episodes
    .map(
      (one): Marked => ({
        kind: one.state === "silent" ? "silent" : "firing",
        from: millis(one.at),
        to: one.until == null ? to : millis(one.until),
      }),
    )
    .filter((one) => one.to > from && one.from < to);
  const { side, threshold, recovery } = monitor;
  return { lines, from, to, limit: { side, threshold, recovery: recovery ?? null }, marked };
}

/** One day of a month: for how much of it something fired, and whether it was silent. */
export interface HistoryDay {
  date: string;
  firingMs: number;
  isSilent: boolean;
}

/** The last days with how long each was bad. */
export function days(episodes: readonly MonitorEpisode[], now: number, zone: string, count = 30): HistoryDay[] {
  const today = dateIn(now, zone);
  return Array.from({ length: count }, (_, index) => {
    const date = addDays(today, index - count + 1);
    const [from, to] = [startOfDay(date, zone), startOfDay(addDays(date, 1), zone)];
    const within = episodes.filter((one) => millis(one.at) < to && (one.until == null || millis(one.until) > from));
    const firingMs = within
      .filter((one) => one.state === "firing")
      .reduce((sum, one) => {
        const end = one.until == null ? now : millis(one.until);
        return sum + Math.max(0, Math.min(end, to) - Math.max(millis(one.at), from));
      }, 0);
    return { date, firingMs, isSilent: within.some((one) => one.state === "silent") };
  });
}

/** How long all of them fired together. */
export function firedMs(episodes: readonly MonitorEpisode[], now: number): number {
  return episodes
    .filter((one) => one.state === "firing")
    .reduce((sum, one) => sum + (one.until == null ? now : millis(one.until)) - millis(one.at), 0);
}

/** Other limits worth a look: around the one that is set, the set one in the middle. */
export function otherLimits(threshold: number): number[] {
  const factors = threshold === 0 ? [] : [0.8, 0.9, 1, 1.2, 1.5];
  return factors.map((factor) => Number((threshold * factor).toPrecision(3))).sort((a, b) => a - b);
}
