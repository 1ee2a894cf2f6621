import { Button } from "@mantine/core";
import type { ReactNode } from "react";

import { t } from "../i18n.ts";
import { moved } from "../ui/lists.ts";
import css from "./Moves.module.css";

interface OrderProps<T> {
  list: readonly T[];
  index: number;
  /** What it is called. */
  what: string;
  onChange: (list: T[]) => void;
  /** What else can be done with it. */
  children?: ReactNode;
}

interface MovesProps<T> extends Omit<OrderProps<T>, "children"> {
  /** As many have to stay. */
  least?: number;
}

/** Moves one thing of an ordered list up or down, or takes it out. */
export function Moves<T>({ least = 0, ...rest }: MovesProps<T>) {
  const { list, index, what, onChange } = rest;
  const stays = list.length <= least;
  return (
    <Order {...rest}>
      <Button
        aria-disabled={stays}
        aria-label={stays ? t("ui.moves.only", { what }) : t("ui.moves.remove", { what })}
        onClick={() => {
          if (!stays) {
            onChange(list.filter((_, at) => at !== index));
          }
        }}
      >
        ×
      </Button>
    </Order>
  );
}

/** Moves one thing of an ordered list up or down. */
export function Order<T>({ list, index, what, onChange, children }: OrderProps<T>) {
  const isFirst = index === 0;
  const isLast = index === list.length - 1;
  return (
    <div className={css.moves}>
      <Button
        aria-disabled={isFirst}
        aria-label={isFirst ? t("ui.moves.is_first", { what }) : t("ui.moves.up", { what })}
        onClick={() => {
          if (!isFirst) {
            onChange(moved(list, index, -1));
          }
        }}
      >
        ↑
      </Button>
      <Button
        aria-disabled={isLast}
        aria-label={isLast ? t("ui.moves.is_last", { what }) : t("ui.moves.down", { what })}
        onClick={() => {
          if (!isLast) {
            onChange(moved(list, index, 1));
          }
        }}
      >
        ↓
      </Button>
      {children}
    </div>
  );
}
