import type { ReactNode } from "react";

import css from "./Section.module.css";

interface SectionProps {
  id: string;
  title: string;
  small?: ReactNode;
  right?: ReactNode;
  children: ReactNode;
}

/** A part of a view under its heading: told apart by type and space, not by a box. */
export function Section({ id, title, small, right, children }: SectionProps) {
  return (
    <section aria-labelledby={id}>
      <Heading id={id} title={title} small={small} right={right} />
      {children}
    </section>
  );
}

/** The heading alone. */
export function Heading({ id, title, small, right }: Omit<SectionProps, "children">) {
  return (
    <div className={css.heading}>
      <h2 id={id}>{title}</h2>
      {small !== undefined && <span className={css.small}>{small}</span>}
      {right !== undefined && <span className={css.right}>{right}</span>}
    </div>
  );
}
