import type { ReactNode } from "react";

import css from "./Check.module.css";

interface CheckProps {
  label: string;
  /** What it does. */
  text?: ReactNode;
  /** More stands below it once it is on. */
  isSwitch?: boolean;
  checked: boolean;
  onChange: (checked: boolean) => void;
}

/** A box to tick, with the words that belong to it. */
export function Check({ label, text, isSwitch = false, checked, onChange }: CheckProps) {
  return (
    <label className={css.check}>
      <input
        type="checkbox"
        role={isSwitch ? "switch" : undefined}
        checked={checked}
        onChange={(event) => {
          onChange(event.currentTarget.checked);
        }}
      />
      <span>
        {label}
        {text !== undefined && <small>{text}</small>}
      </span>
    </label>
  );
}
