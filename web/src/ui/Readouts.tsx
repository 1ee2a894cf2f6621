import type { ReactNode } from "react";

import css from "./Readouts.module.css";

/** An instrument panel, not a row of cards: small label, large value, a hairline above and below. */
export function Readouts({ children }: { children: ReactNode }) {
  return <dl className={css.readouts}>{children}</dl>;
}

interface ReadoutProps {
  label: string;
  /** Under or beside the value, small. */
  small?: ReactNode;
  /** It is the thing that is wrong. */
  wrong?: boolean;
  /** Takes the room that is left. */
  wide?: boolean;
  /** Only on the phone, or only where there is more room. */
  only?: "narrow" | "wide";
  children: ReactNode;
}

/** One value. */
export function Readout({ label, small, wrong = false, wide = false, only, children }: ReadoutProps) {
  const classes = [css.one, wide && css.wide, only === "narrow" && css.narrow, only === "wide" && css.desk];
  return (
    <div className={classes.filter(Boolean).join(" ")}>
      <dt>{label}</dt>
      <dd className={wrong ? css.wrong : undefined}>
        {children}
        {small !== undefined && <small>{small}</small>}
      </dd>
    </div>
  );
}
