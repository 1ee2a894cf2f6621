import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { etagOf } from "../../api/directory.ts";
import { useSaving } from "../../api/edit.ts";
import { noteEditing, refresh, useDeleteNote } from "../../api/incidents.ts";
import { words } from "../../api/problem.ts";
import { useMe } from "../../api/session.ts";
import type { NoteMark, RecordEntry } from "../../api/types.ts";
import { Conflict } from "../../components/Conflict.tsx";
import { lazily } from "../../components/lazily.tsx";
import { Written } from "../../components/Written.tsx";
import { t } from "../../i18n.ts";
import { FieldError } from "../../ui/Notes.tsx";
import { useNow } from "../../ui/now.ts";
import { Say } from "../../ui/Say.tsx";
import { millis } from "../../ui/time.ts";
import { Left, When } from "../../ui/Times.tsx";
import box from "./NoteBox.module.css";
import { NoteText } from "./NoteText.tsx";
import css from "./Record.module.css";

const DeleteNoteDialog = lazily(() => import("./DeleteNoteDialog.tsx"));

/** What a person wrote: the only box in the record. Whoever wrote it may mend it for a while. */
export function NoteEntry({ id, entry }: { id: string; entry: RecordEntry }) {
  const me = useMe().user.id;
  const now = useNow();
  const [isEditing, setIsEditing] = useState(false);
  const { note } = entry;
  if (note?.deleted_at != null) {
    return (
      <p className={css.quote}>
        <i>
          <Say k="ui.record.deleted" values={{ at: <When at={note.deleted_at} /> }} />
        </i>
      </p>
    );
  }
  if (entry.erased) {
    return (
      <p className={css.quote}>
        <i>{t("ui.record.erased")}</i>
      </p>
    );
  }
  const text = entry.quote ?? "";
  if (isEditing && note != null) {
    return (
      <Edit
        id={id}
        note={note}
        text={text}
        onDone={() => {
          setIsEditing(false);
        }}
      />
    );
  }
  const mayEdit = note != null && entry.actor.id === me && millis(note.editable_until) > now;
  return (
    <>
      <div className={css.quote}>
        <Written text={text} />
      </div>
      <div className={css.under}>
        {note?.edited_at != null && (
          <span className="wb-faint">
            <Say k="ui.record.edited" values={{ at: <When at={note.edited_at} /> }} />
          </span>
        )}
        {mayEdit && (
          <>
            <button
              type="button"
              className="wb-link"
              onClick={() => {
                setIsEditing(true);
              }}
            >
              {t("ui.note.edit")}
            </button>
            <Delete id={id} note={note} />
            <span className="wb-faint">
              <Say k="ui.note.for" values={{ left: <Left at={note.editable_until} /> }} />
            </span>
          </>
        )}
      </div>
    </>
  );
}

function Delete({ id, note }: { id: string; note: NoteMark }) {
  const [isAsking, setIsAsking] = useState(false);
  const remove = useDeleteNote(id);
  return (
    <>
      <button
        type="button"
        className="wb-link"
        onClick={() => {
          setIsAsking(true);
        }}
      >
        {t("ui.note.delete")}
      </button>
      <DeleteNoteDialog
        isOpen={isAsking}
        isPending={remove.isPending}
        onClose={() => {
          setIsAsking(false);
        }}
        onDelete={() => {
          remove.mutate(note.id, {
            onSettled: () => {
              setIsAsking(false);
            },
          });
        }}
      />
    </>
  );
}

function Edit({ id, note, text, onDone }: { id: string; note: NoteMark; text: string; onDone: () => void }) {
  const queries = useQueryClient();
  // The version it was read at: a live refresh must not hide that somebody else changed it.
  const [from] = useState(note.version);
  const [typed, setTyped] = useState(text);
  const saving = useSaving({
    ...noteEditing(id, note.id),
    onPresent: () => {
      refresh(queries, id);
      onDone();
    },
  });
  const { clash } = saving;
  if (clash !== undefined) {
    return (
      <Conflict
        name={t("ui.note.this")}
        differences={[{ label: t("ui.note.label"), mine: clash.mine.text, theirs: clash.theirs.value.text }]}
        isPending={saving.isPending}
        onTheirs={saving.takeTheirs}
        onMine={saving.keepMine}
      />
    );
  }
  const send = () => {
    if (typed.trim() !== "" && !saving.isPending) {
      saving.save({ text: typed.trim() }, etagOf(from));
    }
  };
  return (
    <div className={css.edit}>
      <NoteText
        label={t("ui.note.edit_label")}
        text={typed}
        hasFocus
        error={saving.error !== null && <FieldError text={t("ui.note.failed", { why: words(saving.error).title })} />}
        onChange={setTyped}
        onSend={send}
        onLeave={onDone}
      />
      <div className={box.row}>
        <Button variant="subtle" onClick={onDone}>
          {t("ui.cancel")}
        </Button>
        <Button loading={saving.isPending} aria-disabled={typed.trim() === ""} onClick={send}>
          {t("ui.note.save")}
        </Button>
      </div>
    </div>
  );
}
