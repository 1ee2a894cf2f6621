import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useId, useRef, useState } from "react";

import { findQuery, functionsQuery } from "../../api/metrics.ts";
import { t } from "../../i18n.ts";
import { Glyph } from "../../ui/Glyph.tsx";
import css from "./TargetField.module.css";
import { type Offer, offers, patternOf, taken, typedAt } from "./model.ts";

interface TargetFieldProps {
  n: number;
  value: string;
  onChange: (text: string) => void;
  onRemove: (() => void) | undefined;
}

/** One target expression; names and functions are offered while one types. */
export function TargetField({ n, value, onChange, onRemove }: TargetFieldProps) {
  const field = useRef<HTMLInputElement>(null);
  const list = useId();
  // Where the caret stands; nothing is offered before one types or after Escape.
  const [caret, setCaret] = useState<number>();
  const [chosen, setChosen] = useState(0);
  const typed = typedAt(value, caret ?? 0);
  const isOpen = caret !== undefined;
  const { data: functions } = useQuery(functionsQuery);
  const { data: nodes } = useQuery({ ...findQuery(patternOf(typed.word)), enabled: isOpen });
  const found = isOpen ? offers(typed.word, functions?.items ?? [], nodes ?? []) : [];
  const at = Math.min(chosen, found.length - 1);
  const take = (offer: Offer) => {
    const next = taken(value, typed, offer);
    onChange(next.text);
    setChosen(0);
    setCaret(offer.text.endsWith(".") ? next.caret : undefined);
    requestAnimationFrame(() => {
      field.current?.focus();
      field.current?.setSelectionRange(next.caret, next.caret);
    });
  };
  const onKey = (event: KeyboardEvent) => {
    // Also while offers are on their way: they must not open over what one goes to next.
    if (event.key === "Escape" && isOpen) {
      event.stopPropagation();
      setCaret(undefined);
      return;
    }
    const offer = found[at];
    if (offer === undefined) {
      return;
    }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      setChosen((at + (event.key === "ArrowDown" ? 1 : found.length - 1)) % found.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      take(offer);
    }
  };
  return (
    <div className={css.field}>
      <label htmlFor={`${list}-field`}>{t("ui.metrics.target", { n })}</label>
      <div className={css.line}>
        <input
          ref={field}
          id={`${list}-field`}
          className="wb-mono"
          role="combobox"
          aria-expanded={found.length > 0}
          aria-controls={list}
          aria-autocomplete="list"
          aria-activedescendant={found.length > 0 ? `${list}-${at}` : undefined}
          value={value}
          spellCheck={false}
          autoComplete="off"
          autoCapitalize="off"
          onChange={(event) => {
            onChange(event.currentTarget.value);
            setCaret(event.currentTarget.selectionStart ?? event.currentTarget.value.length);
            setChosen(0);
          }}
          onKeyDown={onKey}
          onBlur={() => {
            setCaret(undefined);
          }}
        />
        {onRemove !== undefined && (
          <button type="button" className={css.remove} aria-label={t("ui.metrics.remove", { n })} onClick={onRemove}>
            <Glyph name="close" />
          </button>
        )}
      </div>
      <ul id={list} role="listbox" aria-label={t("ui.metrics.offers")} className={css.offers} hidden={found.length === 0}>
        {found.map((offer, index) => (
          <li
            key={offer.text}
            id={`${list}-${index}`}
            role="option"
            aria-selected={index === at}
            onPointerDown={(event) => {
              // The field keeps the focus.
              event.preventDefault();
              take(offer);
            }}
          >
            <span className="wb-mono">{offer.text}</span>
            <small>{offer.takes}</small>
          </li>
        ))}
      </ul>
    </div>
  );
}
