import { Button } from "@mantine/core";
import { Link } from "react-router";

import type { Edit } from "../../api/changes.ts";
import { useMe } from "../../api/session.ts";
import { mayWriteSomewhere } from "../../components/rights.ts";
import { t } from "../../i18n.ts";
import { paths } from "../../ui/paths.ts";
import { Say } from "../../ui/Say.tsx";
import { When } from "../../ui/Times.tsx";
import css from "./Changes.module.css";
import { Difference } from "./Difference.tsx";
import { differences, KINDS, whatOf } from "./model.ts";
import type { NamesById } from "./words.ts";

interface EntryProps {
  edit: Edit;
  names: NamesById;
  /** In the history of one object: its newest version. */
  present: Edit | undefined;
  onRestore: (edit: Edit) => void;
}

/** One change: who, when, what, and what it was before. */
export function Entry({ edit, names, present, onRestore }: EntryProps) {
  const me = useMe();
  const what = whatOf(edit);
  const fields = what === "made" || what === "deleted" ? [] : differences(edit.before, edit.object);
  const isErased = !edit.deleted && edit.object == null;
  const mayRestore = present !== undefined && present.version !== edit.version && !edit.deleted && !isErased && mayWriteSomewhere(me);
  return (
    <li className={css.entry}>
      <div className={css.line}>
        <p>
          <Say
            k={`ui.changes.said.${what}`}
            values={{
              who: <b>{whoOf(edit)}</b>,
              what: <Named edit={edit} isLinked={present === undefined} />,
              version: edit.restored_from,
            }}
          />
        </p>
        <p className={css.meta}>
          <When at={edit.at} /> <span>{t("ui.changes.version", { version: edit.version })}</span>
        </p>
      </div>
      {isErased && <p className="wb-dim">{t("ui.changes.erased")}</p>}
      {what === "changed" && !isErased && fields.length === 0 && <p className="wb-dim">{t("ui.changes.unseen")}</p>}
      {fields.length > 0 && edit.before != null && <Difference fields={fields} names={names} />}
      {mayRestore && (
        <div className={css.acts}>
          <Button
            onClick={() => {
              onRestore(edit);
            }}
          >
            {t("ui.changes.restore", { version: edit.version })}
          </Button>
        </div>
      )}
    </li>
  );
}

function whoOf({ actor }: Edit): string {
  return actor.name ?? (actor.kind === "system" ? t("ui.changes.watchbell") : t("ui.owner.gone"));
}

function Named({ edit, isLinked }: { edit: Edit; isLinked: boolean }) {
  const kind = KINDS.find((one) => one === edit.kind);
  const name = t("ui.changes.thing", { kind: kind === undefined ? "" : t(`ui.changes.kind.${kind}`), name: edit.name ?? "" });
  return isLinked && edit.id != null ? (
    <Link className="wb-link" to={paths.changes(edit.id)}>
      {name}
    </Link>
  ) : (
    <b>{name}</b>
  );
}
