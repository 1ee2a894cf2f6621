import { Button, Textarea } from "@mantine/core";
import { type KeyboardEvent, useEffect, useRef } from "react";

import { freshKey } from "../../api/client.ts";
import { type NewNote, useNote } from "../../api/incidents.ts";
import { words } from "../../api/problem.ts";
import { t } from "../../i18n.ts";
import { useDraft } from "../../ui/draft.ts";
import { Kbd } from "../../ui/Kbd.tsx";
import { FieldError } from "../../ui/Notes.tsx";
import css from "./NoteBox.module.css";

/** What people say becomes part of the record. What was typed is never lost. */
export function NoteBox({ id }: { id: string }) {
  const [text, setText] = useDraft(`note.${id}`);
  const latest = useRef(text);
  useEffect(() => {
    latest.current = text;
  });
  const sending = useRef<NewNote>(undefined);
  const note = useNote(id);
  const send = () => {
    const written = text.trim();
    if (written === "" || note.isPending) {
      return;
    }
    // The same words again after a lost answer are the same note.
    const one = sending.current?.text === written ? sending.current : { text: written, key: freshKey() };
    sending.current = one;
    note.mutate(one, {
      onSuccess: () => {
        sending.current = undefined;
        // What was typed meanwhile stays.
        if (latest.current.trim() === written) {
          setText("");
        }
      },
    });
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      send();
    } else if (event.key === "Escape") {
      event.currentTarget.blur();
    }
  };
  return (
    <div className={css.box}>
      <Textarea
        id="note"
        aria-label={t("ui.note.label")}
        placeholder={t("ui.note.placeholder")}
        autosize
        minRows={2}
        maxRows={10}
        value={text}
        error={note.isError && <FieldError text={t("ui.note.failed", { why: words(note.error).title })} />}
        onChange={(event) => {
          setText(event.currentTarget.value);
        }}
        onKeyDown={onKeyDown}
      />
      <div className={css.row}>
        <span className="wb-wide">
          <Kbd keys="n" /> {t("ui.note.hint")} <Kbd keys="Ctrl Enter" /> {t("ui.note.hint_send")}
        </span>
        <Button loading={note.isPending} onClick={send}>
          {note.isError ? t("ui.note.again") : t("ui.note.do")}
        </Button>
      </div>
    </div>
  );
}
