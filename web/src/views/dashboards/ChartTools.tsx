import { Button } from "@mantine/core";

import { Moves } from "../../components/Moves.tsx";
import { t } from "../../i18n.ts";
import css from "./Editor.module.css";
import { type DraftChart, WIDTHS } from "./model.ts";

interface ChartToolsProps {
  charts: readonly DraftChart[];
  index: number;
  onChange: (charts: DraftChart[]) => void;
  onEdit: () => void;
  /** It is carried by the pointer, or let go. */
  onCarry: (isCarried: boolean) => void;
}

/** Moves, widens, changes or removes one chart. */
export function ChartTools({ charts, index, onChange, onEdit, onCarry }: ChartToolsProps) {
  const chart = charts[index];
  const what = chart === undefined || chart.title === "" ? t("ui.dashboard.untitled") : chart.title;
  return (
    <div className={css.tools} role="group" aria-label={t("ui.dashboard.tools", { what })}>
      <span
        className={css.handle}
        draggable
        aria-hidden="true"
        title={t("ui.dashboard.carry")}
        onDragStart={(event) => {
          // Firefox carries nothing that has no data.
          event.dataTransfer.setData("text/plain", what);
          event.dataTransfer.effectAllowed = "move";
          onCarry(true);
        }}
        onDragEnd={() => {
          onCarry(false);
        }}
      >
        ⠿
      </span>
      <div className={css.widths} role="group" aria-label={t("ui.dashboard.width", { what })}>
        {WIDTHS.map((width) => (
          <button
            key={width}
            type="button"
            aria-label={t("ui.dashboard.columns", { count: width })}
            aria-pressed={width === chart?.width}
            onClick={() => {
              onChange(charts.map((one, at) => (at === index ? { ...one, width } : one)));
            }}
          >
            {width}
          </button>
        ))}
      </div>
      <Button onClick={onEdit}>
        {t("ui.dashboard.change")}
        <span className="wb-sr">{what}</span>
      </Button>
      <Moves list={charts} index={index} what={what} onChange={onChange} />
    </div>
  );
}
