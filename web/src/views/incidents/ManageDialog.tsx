import { Button, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { etagOf } from "../../api/directory.ts";
import { useSaving } from "../../api/edit.ts";
import { type FilterDraft, filterEditing, filtersQuery, useDeleteFilter, useSaveFilter } from "../../api/filters.ts";
import { words } from "../../api/problem.ts";
import { keys } from "../../api/queries.ts";
import { useMe } from "../../api/session.ts";
import type { SavedFilter } from "../../api/types.ts";
import { Conflict } from "../../components/Conflict.tsx";
import dialogs from "../../components/dialogs.module.css";
import { Modal } from "../../components/Modal.ts";
import { mayWrite } from "../../components/rights.ts";
import { t } from "../../i18n.ts";
import { ErrorNote } from "../../ui/Notes.tsx";
import { nameOf } from "../../ui/Owner.tsx";
import { toast } from "../../ui/toasts.ts";
import css from "./Filters.module.css";
import { type Filter, filterOf, isFiltered, isSameFilter, savedOf } from "./model.ts";

interface ManageDialogProps {
  isOpen: boolean;
  filter: Filter;
  onClose: () => void;
}

/** Renames, changes and deletes saved filters. */
export default function ManageDialog({ isOpen, filter, onClose }: ManageDialogProps) {
  const { data } = useQuery(filtersQuery);
  const all = data?.items ?? [];
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      size="lg"
      title={t("ui.saved.manage_title")}
      closeButtonProps={{ "aria-label": t("ui.close") }}
    >
      {all.length === 0 && <p className="wb-dim">{t("ui.saved.none")}</p>}
      <ul className={css.manage}>
        {all.map((one) => (
          <li key={one.id}>
            <One saved={one} filter={filter} />
          </li>
        ))}
      </ul>
    </Modal>
  );
}

function One({ saved, filter }: { saved: SavedFilter; filter: Filter }) {
  const me = useMe();
  const [isEditing, setIsEditing] = useState(false);
  const remove = useDeleteFilter();
  const restore = useSaveFilter();
  const { id, name, team, version } = saved;
  const isMine = team == null || mayWrite(me, team.id);
  const whose = team == null ? t("ui.saved.only_me") : t("ui.saved.of_team", { name: nameOf(team) });
  if (isEditing) {
    return (
      <Edit
        saved={saved}
        filter={filter}
        onDone={() => {
          setIsEditing(false);
        }}
      />
    );
  }
  const drop = () => {
    remove.mutate({ id, version }, {
      onSuccess: () => {
        toast({
          glyph: "stopped",
          tone: "dim",
          text: t("ui.saved.deleted", { name }),
          action: {
            label: t("ui.act.undo"),
            run: () => {
              restore.mutate({ name, query: savedOf(filterOf(saved.query)), ...(team == null ? {} : { team: team.id }) });
            },
          },
        });
      },
    });
  };
  return (
    <div className={css.saved}>
      <p>
        <b>{name}</b>
        <span className="wb-faint">{whose}</span>
      </p>
      {isMine ? (
        <>
          <Button
            onClick={() => {
              setIsEditing(true);
            }}
          >
            {t("ui.saved.edit")}
            <span className="wb-sr">{name}</span>
          </Button>
          <Button loading={remove.isPending} onClick={drop}>
            {t("ui.saved.delete")}
            <span className="wb-sr">{name}</span>
          </Button>
        </>
      ) : (
        <span className="wb-faint">{t("ui.saved.not_yours")}</span>
      )}
    </div>
  );
}

function Edit({ saved, filter, onDone }: { saved: SavedFilter; filter: Filter; onDone: () => void }) {
  const queries = useQueryClient();
  const [from] = useState(saved);
  const [name, setName] = useState(saved.name);
  const [isNow, setIsNow] = useState(false);
  const saving = useSaving<SavedFilter, FilterDraft>({
    ...filterEditing(from.id),
    onPresent: () => {
      void queries.invalidateQueries({ queryKey: keys.filters });
      onDone();
    },
  });
  const mayTake = isFiltered({ ...filter, within: "" }) && !isSameFilter(filterOf(from.query), { ...filter, within: "" });
  const { clash } = saving;
  const send = () => {
    if (name.trim() !== "") {
      saving.save(
        { name: name.trim(), query: isNow ? savedOf(filter) : savedOf(filterOf(from.query)) },
        etagOf(from.version),
      );
    }
  };
  if (clash !== undefined) {
    const theirs = clash.theirs.value;
    return (
      <Conflict
        name={from.name}
        differences={[
          ...(theirs.name === clash.mine.name
            ? []
            : [{ label: t("ui.saved.name"), mine: clash.mine.name, theirs: theirs.name }]),
          ...(isSameFilter(filterOf(theirs.query), filterOf(clash.mine.query))
            ? []
            : [{ label: t("ui.saved.query"), mine: inWords(clash.mine.query), theirs: inWords(theirs.query) }]),
        ]}
        isPending={saving.isPending}
        onTheirs={saving.takeTheirs}
        onMine={saving.keepMine}
      />
    );
  }
  return (
    <form
      className={dialogs.form}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <TextInput
        label={t("ui.saved.name")}
        value={name}
        maxLength={100}
        onChange={(event) => {
          setName(event.currentTarget.value);
        }}
      />
      {mayTake && (
        <label className={css.check}>
          <input
            type="checkbox"
            checked={isNow}
            onChange={(event) => {
              setIsNow(event.currentTarget.checked);
            }}
          />
          {t("ui.saved.take_now")}
        </label>
      )}
      {saving.error !== null && <ErrorNote title={words(saving.error).title} detail={words(saving.error).detail} />}
      <div className={dialogs.acts}>
        <Button variant="subtle" onClick={onDone}>
          {t("ui.cancel")}
        </Button>
        <Button type="submit" variant="filled" loading={saving.isPending}>
          {t("ui.saved.do")}
        </Button>
      </div>
    </form>
  );
}

/** A query as people can compare it. */
function inWords(query: Partial<SavedFilter["query"]>): string {
  return Object.entries(query)
    .filter(([, value]) => value !== null && value.length > 0)
    .map(([name, value]) => `${name}: ${Array.isArray(value) ? value.join(", ") : (value ?? "")}`)
    .join("; ");
}
