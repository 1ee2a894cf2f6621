import { t } from "../../i18n.ts";
import { span } from "../../ui/time.ts";
import css from "./SpanChoice.module.css";
import { SPANS } from "./spans.ts";

interface SpanChoiceProps {
  /** The word of the span that is shown; any other word is `own`. */
  value: string;
  /** Another span to choose from, in seconds. */
  own?: number | undefined;
  onChange: (word: string) => void;
}

/** How far back charts look. */
export function SpanChoice({ value, own, onChange }: SpanChoiceProps) {
  const isKnown = SPANS.some(({ seconds }) => seconds === own);
  const all: { word: string; text: string }[] = [
    ...(own === undefined || isKnown ? [] : [{ word: "own", text: span(own * 1_000) }]),
    ...SPANS.map(({ word }) => ({ word, text: t(`ui.lines.span_${word}`) })),
  ];
  return (
    <div className={css.choice} role="group" aria-label={t("ui.lines.span")}>
      {all.map(({ word, text }) => (
        <button
          key={word}
          type="button"
          aria-pressed={word === value}
          onClick={() => {
            onChange(word);
          }}
        >
          {text}
        </button>
      ))}
    </div>
  );
}
