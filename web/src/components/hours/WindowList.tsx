import { Button, TextInput } from "@mantine/core";
import type { ReactNode } from "react";

import { t } from "../../i18n.ts";
import css from "./Hours.module.css";
import { DAYS, type DraftWindow } from "./model.ts";

interface WindowFieldsProps {
  window: DraftWindow;
  n: number;
  onChange: (next: Partial<DraftWindow>) => void;
  /** Undefined where it has to stay. */
  onRemove: (() => void) | undefined;
  /** What else is set of it. */
  children?: ReactNode;
}

/** Some hours on some weekdays. */
function WindowFields({ window, n, onChange, onRemove, children }: WindowFieldsProps) {
  return (
    <div className={css.window} role="group" aria-label={t("ui.schedule_form.window", { n })}>
      <div className={css.days} role="group" aria-label={t("ui.schedule_form.weekdays")}>
        {DAYS.map((day) => (
          <button
            key={day}
            type="button"
            aria-pressed={window.days.includes(day)}
            onClick={() => {
              onChange({
                days: window.days.includes(day) ? window.days.filter((one) => one !== day) : [...window.days, day],
              });
            }}
          >
            {t(`ui.schedule.days.${day}`)}
          </button>
        ))}
      </div>
      <TextInput
        type="time"
        label={t("ui.schedule_form.from")}
        value={window.from}
        onChange={(event) => {
          onChange({ from: event.currentTarget.value });
        }}
      />
      <TextInput
        type="time"
        label={t("ui.schedule_form.to")}
        value={window.to}
        onChange={(event) => {
          onChange({ to: event.currentTarget.value });
        }}
      />
      {onRemove !== undefined && (
        <Button aria-label={t("ui.schedule_form.remove_window", { n })} onClick={onRemove}>
          {t("ui.schedule_form.take_out")}
        </Button>
      )}
      {children}
    </div>
  );
}

interface WindowListProps<T extends DraftWindow> {
  windows: readonly T[];
  /** How many there have to be. */
  least?: 0 | 1;
  /** A further one. */
  next: () => T;
  /** What else is set of each. */
  extra?: (window: T, onChange: (next: Partial<T>) => void) => ReactNode;
  onChange: (windows: T[]) => void;
}

/** Stretches of time in a list that grows and shrinks. */
export function WindowList<T extends DraftWindow>({ windows, least = 0, next, extra, onChange }: WindowListProps<T>) {
  return (
    <>
      {windows.map((window, index) => {
        const set = (change: Partial<T>) => {
          onChange(windows.map((one) => (one.key === window.key ? { ...one, ...change } : one)));
        };
        return (
          <WindowFields
            key={window.key}
            window={window}
            n={index + 1}
            onChange={(change) => {
              set(change as Partial<T>);
            }}
            onRemove={
              windows.length > least
                ? () => {
                    onChange(windows.filter((one) => one.key !== window.key));
                  }
                : undefined
            }
          >
            {extra?.(window, set)}
          </WindowFields>
        );
      })}
      <Button
        onClick={() => {
          onChange([...windows, next()]);
        }}
      >
        {windows.length === 0 ? t("ui.schedule_form.add_window") : t("ui.schedule_form.add_another_window")}
      </Button>
    </>
  );
}
