import { type ReactNode, useEffect, useState } from "react";

import { t } from "../i18n.ts";
import { Glyph } from "./Glyph.tsx";
import css from "./Notes.module.css";

interface ErrorNoteProps {
  /** What failed. */
  title: string;
  /** What still holds, and what to do. */
  detail?: string | undefined;
  again?: (() => void) | undefined;
}

/** An error where the thing would be; never a whole page for a part. */
export function ErrorNote({ title, detail, again }: ErrorNoteProps) {
  return (
    <div className={`${css.note} ${css.bad}`} role="alert">
      <b>{title}</b>
      <p>
        {detail}{" "}
        {again !== undefined && (
          <button type="button" className="wb-link" onClick={again}>
            {t("ui.again")}
          </button>
        )}
      </p>
    </div>
  );
}

/** Something to know that is not an error. */
export function Note({ children }: { children: ReactNode }) {
  return <div className={`${css.note} ${css.warn}`}>{children}</div>;
}

interface EmptyProps {
  title: string;
  text?: ReactNode;
  children?: ReactNode;
}

/** Nothing here, in words: a fact, its context, what to do. */
export function Empty({ title, text, children }: EmptyProps) {
  return (
    <div className={css.empty}>
      <b>{title}</b>
      {text !== undefined && <p>{text}</p>}
      {children}
    </div>
  );
}

/** Nothing for a moment, then bars of the coming rows' height. */
export function Loading({ rows = 3 }: { rows?: number }) {
  const [isSlow, setIsSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => {
      setIsSlow(true);
    }, 300);
    return () => {
      clearTimeout(timer);
    };
  }, []);
  if (!isSlow) {
    return <div aria-busy="true" />;
  }
  return (
    <div aria-busy="true">
      <span className="wb-sr" role="status">
        {t("ui.loading")}
      </span>
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className={css.bars} aria-hidden="true">
          <i />
          <i style={{ width: `${72 - ((row * 9) % 27)}%` }} />
          <i />
        </div>
      ))}
    </div>
  );
}

/** Under a field: a glyph and what to do. */
export function FieldError({ text }: { text: string }) {
  return (
    <span className={css.field}>
      <Glyph name="failed" />
      <span>{text}</span>
    </span>
  );
}
