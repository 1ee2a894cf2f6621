import { t } from "../i18n.ts";
import css from "./Severity.module.css";

/** How bad, from the worst. */
export const SEVERITIES = ["critical", "major", "moderate", "minor", "info"] as const;

/** How bad it is. */
export type SeverityName = (typeof SEVERITIES)[number];

/** 1 for the worst. */
export function level(severity: SeverityName): number {
  return SEVERITIES.indexOf(severity) + 1;
}

/** Rising bars, filled from the left: severity has no hue, colour says whether anyone has it. */
export function Severity({ severity, word = false }: { severity: SeverityName; word?: boolean }) {
  const n = level(severity);
  return (
    <span className={css.severity} data-level={n}>
      <svg viewBox="0 0 19 12" aria-hidden="true">
        {SEVERITIES.map((_, bar) => (
          <rect
            key={bar}
            x={bar * 4}
            y={8 - bar * 2}
            width="3"
            height={4 + bar * 2}
            fill="currentColor"
            fillOpacity={bar + n > 5 ? 0.22 : 1}
          />
        ))}
      </svg>
      {word
        ? t("ui.severity.word", { n, word: t(`severity.${severity}`) })
        : t("ui.severity.short", { n })}
    </span>
  );
}
