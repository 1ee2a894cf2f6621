import { Button } from "@mantine/core";
import { useEffect, useRef } from "react";

import { freshKey } from "../../api/client.ts";
import { type NewNote, useNote } from "../../api/incidents.ts";
import { words } from "../../api/problem.ts";
import { t } from "../../i18n.ts";
import { useDraft } from "../../ui/draft.ts";
import { Kbd } from "../../ui/Kbd.tsx";
import { FieldError } from "../../ui/Notes.tsx";
import css from "./NoteBox.module.css";
import { NoteText } from "./NoteText.tsx";

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
  return (
    <div className={css.box}>
      <NoteText
        id="note"
        label={t("ui.note.label")}
        text={text}
        error={note.isError && <FieldError text={t("ui.note.failed", { why: words(note.error).title })} />}
        onChange={setText}
        onSend={send}
        onLeave={(field) => {
          field.blur();
        }}
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
