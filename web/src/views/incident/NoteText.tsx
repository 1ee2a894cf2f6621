import { Button, Textarea } from "@mantine/core";
import { type KeyboardEvent, useState } from "react";

import { Written } from "../../components/Written.tsx";
import { t } from "../../i18n.ts";
import css from "./NoteBox.module.css";

/** Whether a field grows by itself; measuring what is written costs a slow phone a quarter of a second. */
const GROWS = typeof CSS !== "undefined" && CSS.supports("field-sizing", "content");

interface NoteTextProps {
  id?: string;
  label: string;
  text: string;
  error?: React.ReactNode;
  onChange: (text: string) => void;
  onSend: () => void;
  onLeave: (field: HTMLTextAreaElement) => void;
  hasFocus?: boolean;
}

/** The field of a note, and what it will look like. */
export function NoteText({ id, label, text, error, onChange, onSend, onLeave, hasFocus = false }: NoteTextProps) {
  const [isShown, setIsShown] = useState(false);
  const isPreview = isShown && text.trim() !== "";
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      onSend();
    } else if (event.key === "Escape") {
      event.stopPropagation();
      onLeave(event.currentTarget);
    }
  };
  return (
    <>
      {isPreview ? (
        <div className={css.preview} role="region" aria-label={t("ui.note.preview_of")} tabIndex={0}>
          <Written text={text} />
        </div>
      ) : (
        <Textarea
          {...(id === undefined ? {} : { id })}
          aria-label={label}
          placeholder={t("ui.note.placeholder")}
          autosize={!GROWS}
          rows={2}
          minRows={2}
          maxRows={10}
          classNames={{ input: css.grows ?? "" }}
          value={text}
          autoFocus={hasFocus}
          error={error}
          onChange={(event) => {
            onChange(event.currentTarget.value);
          }}
          onKeyDown={onKeyDown}
        />
      )}
      {text.trim() !== "" && (
        <Button
          variant="subtle"
          className={css.toggle ?? ""}
          aria-pressed={isPreview}
          onClick={() => {
            setIsShown(!isShown);
          }}
        >
          {isPreview ? t("ui.note.write") : t("ui.note.preview")}
        </Button>
      )}
    </>
  );
}
