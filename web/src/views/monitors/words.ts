/** Monitors in words. */
import type { MonitorBody, MonitorDetail } from "../../api/monitors.ts";
import type { Difference } from "../../components/Conflict.tsx";
import { t } from "../../i18n.ts";
import { exact } from "../../ui/figures.ts";
import type { GlyphName } from "../../ui/Glyph.tsx";
import { span } from "../../ui/time.ts";
import type { MonitorState } from "./model.ts";

/** How each state is drawn. */
export const LOOKS: Readonly<Record<MonitorState, { glyph: GlyphName; tone: string }>> = {
  firing: { glyph: "firing", tone: "triggered" },
  silent: { glyph: "silent", tone: "nodata" },
  failed: { glyph: "failed", tone: "triggered" },
  no_series: { glyph: "silent", tone: "nodata" },
  unknown: { glyph: "wait", tone: "dim" },
  well: { glyph: "well", tone: "well" },
};

/** `over 500 for 2 min`. */
export function limitWords(side: string, threshold: number, forS: number): string {
  const limit = t(side === "below" ? "ui.graph.under" : "ui.graph.over", { limit: exact(threshold) });
  return forS === 0 ? limit : t("ui.monitor.for_long", { limit, time: span(forS * 1_000) });
}

/** `recovers under 400 for 2 min`. */
export function recoveryWords(monitor: MonitorDetail): string {
  const isAbove = monitor.side !== "below";
  const level = exact(monitor.recovery ?? monitor.threshold);
  const limit = t(isAbove ? "ui.graph.recovers_under" : "ui.graph.recovers_over", { limit: level });
  return monitor.recover_for_s === 0
    ? limit
    : t("ui.monitor.for_long", { limit, time: span(monitor.recover_for_s * 1_000) });
}

/** The fields in which an edit and the present differ. */
export function differences(mine: MonitorBody, theirs: MonitorDetail, serviceName: (id: string) => string): Difference[] {
  const seconds = (value: number) => t("ui.monitor.seconds", { count: value });
  const orNone = (value: number | null | undefined) => (value == null ? t("ui.monitor.none") : exact(value));
  const all: [string, string, string][] = [
    [t("ui.monitor.name"), mine.name, theirs.name],
    [t("ui.monitor.service"), serviceName(mine.service), serviceName(theirs.service)],
    [t("ui.monitor.target"), mine.target, theirs.target],
    [t("ui.monitor.side"), t(`ui.monitor.side_${mine.side ?? "above"}`), t(`ui.monitor.side_${theirs.side}`)],
    [t("ui.monitor.threshold"), exact(mine.threshold), exact(theirs.threshold)],
    [t("ui.monitor.for"), seconds(mine.for_s ?? 0), seconds(theirs.for_s)],
    [t("ui.monitor.recovery"), orNone(mine.recovery), orNone(theirs.recovery)],
    [t("ui.monitor.recover_for"), seconds(mine.recover_for_s ?? mine.for_s ?? 0), seconds(theirs.recover_for_s)],
    [t("ui.monitor.every"), seconds(mine.every_s ?? 30), seconds(theirs.every_s)],
    [t("ui.monitor.severity"), t(`severity.${mine.severity ?? "major"}`), t(`severity.${theirs.severity}`)],
    [t("ui.monitor.silent_after"), seconds(mine.silent_after_s ?? 300), seconds(theirs.silent_after_s)],
    [t("ui.monitor.on_silence"), t(`ui.monitor.silence_${mine.on_silence ?? "keep"}`), t(`ui.monitor.silence_${theirs.on_silence}`)],
    [t("ui.monitor.description"), mine.description ?? "", theirs.description],
    [t("ui.monitor.runbook"), mine.runbook_url ?? "", theirs.runbook_url ?? ""],
  ];
  return all.filter(([, a, b]) => a !== b).map(([label, a, b]) => ({ label, mine: a, theirs: b }));
}
