import { useQueries } from "@tanstack/react-query";

import { type MonitorDetail, previewQuery } from "../../api/monitors.ts";
import { t } from "../../i18n.ts";
import { exact } from "../../ui/figures.ts";
import { Section } from "../../ui/Section.tsx";
import { otherLimits } from "./model.ts";
import css from "./OtherLimits.module.css";

/** How often it would have fired in a week with a lower or a higher limit. */
export function OtherLimits({ monitor }: { monitor: MonitorDetail }) {
  const limits = otherLimits(monitor.threshold);
  const found = useQueries({
    queries: limits.map((threshold) =>
      previewQuery({
        target: monitor.target,
        side: monitor.side,
        threshold,
        for_s: monitor.for_s,
        // As far from the limit as it is now, in the same proportion.
        recovery: monitor.recovery == null ? null : (monitor.recovery * threshold) / monitor.threshold,
        recover_for_s: monitor.recover_for_s,
        every_s: monitor.every_s,
        silent_after_s: monitor.silent_after_s,
        on_silence: monitor.on_silence,
      }),
    ),
  });
  const counts = found.map((one) => one.data?.count);
  const most = Math.max(1, ...counts.map((count) => count ?? 0));
  if (limits.length === 0) {
    return null;
  }
  return (
    <Section id="limits" title={t("ui.monitor.other_limits")} small={t("ui.monitor.last_week")}>
      <ul className={css.limits}>
        {limits.map((limit, index) => {
          const count = counts[index];
          return (
            <li key={limit} data-present={limit === monitor.threshold || undefined}>
              <span>{exact(limit)}</span>
              <span className={css.track}>
                {count !== undefined && <i style={{ width: `${(100 * count) / most}%` }} />}
              </span>
              <span>{count === undefined ? "…" : t("ui.monitor.times_count", { count })}</span>
            </li>
          );
        })}
      </ul>
    </Section>
  );
}
