import { Button, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";

import { mergePreview, useMerge } from "../../api/incidents.ts";
import { words } from "../../api/problem.ts";
import { flatten, rowsQuery } from "../../api/rows.ts";
import type { Incident, IncidentDetail, Merging } from "../../api/types.ts";
import dialogs from "../../components/dialogs.module.css";
import { Modal } from "../../components/Modal.ts";
import { t } from "../../i18n.ts";
import { ErrorNote, Loading } from "../../ui/Notes.tsx";
import { nameOf } from "../../ui/Owner.tsx";
import { paths } from "../../ui/paths.ts";
import { level, Severity } from "../../ui/Severity.tsx";
import { StateGlyph } from "../../ui/State.tsx";
import { toast } from "../../ui/toasts.ts";
import css from "./Merge.module.css";
import { numberIn } from "./model.ts";

interface MergeDialogProps {
  incident: IncidentDetail;
  isOpen: boolean;
  onClose: () => void;
}

/** Merges this incident into another: finds it, says what will happen, and asks for the name. */
export default function MergeDialog({ incident, isOpen, onClose }: MergeDialogProps) {
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      size="lg"
      title={t("ui.merge.title", { number: incident.number })}
      closeButtonProps={{ "aria-label": t("ui.close") }}
    >
      <Form incident={incident} onClose={onClose} />
    </Modal>
  );
}

/** As many as are offered at once. */
const OFFERED = 8;

const TYPING_MS = 250;

function Form({ incident, onClose }: Omit<MergeDialogProps, "isOpen">) {
  const [typed, setTyped] = useState("");
  const [into, setInto] = useState<Incident>();
  const [asked] = useDebouncedValue(typed.trim(), TYPING_MS);
  const number = numberIn(asked);
  // A number is looked for among the open ones; the server searches words.
  const search = asked === "" || number !== undefined ? {} : { q: asked };
  const { data, isPending } = useInfiniteQuery(rowsQuery({ state: ["triggered", "acknowledged"], ...search }));
  if (into !== undefined) {
    return (
      <Confirm
        incident={incident}
        into={into}
        onBack={() => {
          setInto(undefined);
        }}
        onClose={onClose}
      />
    );
  }
  const found = flatten(data)
    .filter((one) => one.id !== incident.id && (number === undefined || String(one.number).startsWith(number)))
    // Most likely it is about the same service.
    .sort((a, b) => Number(b.service.id === incident.service.id) - Number(a.service.id === incident.service.id))
    .slice(0, OFFERED);
  return (
    <div className={dialogs.form}>
      <TextInput
        label={t("ui.merge.search")}
        description={t("ui.merge.text")}
        value={typed}
        type="search"
        data-autofocus
        onChange={(event) => {
          setTyped(event.currentTarget.value);
        }}
      />
      {isPending && <Loading rows={3} />}
      <ul className={css.found} aria-label={t("ui.merge.found")}>
        {found.map((one) => (
          <li key={one.id}>
            <button
              type="button"
              onClick={() => {
                setInto(one);
              }}
            >
              <StateGlyph state={one.state} />
              <span className={css.name}>
                <b>{t("ui.incident.number", one)}</b> {one.title}
                <small>
                  {one.service.name} · {one.owner == null ? t("ui.owner.nobody") : nameOf(one.owner)}
                </small>
              </span>
              <Severity severity={one.severity} />
            </button>
          </li>
        ))}
      </ul>
      {!isPending && found.length === 0 && <p className="wb-dim">{t("ui.merge.none")}</p>}
    </div>
  );
}

interface ConfirmProps {
  incident: IncidentDetail;
  into: Incident;
  onBack: () => void;
  onClose: () => void;
}

function Confirm({ incident, into, onBack, onClose }: ConfirmProps) {
  const navigate = useNavigate();
  const preview = useQuery(mergePreview(incident.id, into.id));
  const merge = useMerge(incident.id);
  const [typed, setTyped] = useState("");
  const name = t("ui.incident.number", incident);
  const isSame = typed.trim().toLocaleUpperCase() === name;
  const mayGo = isSame && preview.data !== undefined;
  const send = () => {
    if (!mayGo) {
      return;
    }
    merge.mutate(into.id, {
      onSuccess: () => {
        onClose();
        toast({ glyph: "hook", tone: "dim", text: t("ui.merge.done", { name, into: into.number }) });
        void navigate(paths.incident(into.id));
      },
    });
  };
  const error = preview.error ?? merge.error;
  return (
    <form
      className={dialogs.form}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <p>
        <b>{t("ui.merge.into", { name, into: into.number })}</b> {into.title}
      </p>
      {preview.isPending && <Loading rows={2} />}
      {preview.data !== undefined && <Means merging={preview.data} incident={incident} into={into} />}
      {error !== null && <ErrorNote title={words(error).title} detail={words(error).detail} />}
      {preview.data !== undefined && (
        <TextInput
          label={t("ui.merge.type", { name })}
          value={typed}
          autoComplete="off"
          data-autofocus
          onChange={(event) => {
            setTyped(event.currentTarget.value);
          }}
        />
      )}
      <div className={dialogs.acts}>
        <Button variant="subtle" onClick={onBack}>
          {t("ui.merge.other")}
        </Button>
        <Button
          type="submit"
          data-danger={mayGo || undefined}
          aria-disabled={!mayGo}
          aria-describedby="merge-why"
          loading={merge.isPending}
        >
          {t("ui.merge.do")}
        </Button>
      </div>
      <p id="merge-why" className="wb-sr">
        {isSame ? "" : t("ui.merge.type_first")}
      </p>
    </form>
  );
}

/** What the merge does, in the order people ask: to this one, to the other one, to whoever has it. */
function Means({ merging, incident, into }: { merging: Merging; incident: IncidentDetail; into: Incident }) {
  const { number } = into;
  const name = t("ui.incident.number", incident);
  return (
    <ul className={css.means}>
      <li>{t("ui.merge.moves", { count: merging.alert_count, number })}</li>
      <li>{t("ui.merge.ends", { name, count: merging.merged.cancelled })}</li>
      {merging.severity !== into.severity && (
        <li>{t("ui.merge.worse", { number, level: level(merging.severity) })}</li>
      )}
      <li>{merging.recalled ? t("ui.merge.recalled", { number }) : t("ui.merge.keeps", { number })}</li>
      <li>
        <b>{t("ui.merge.final")}</b>
      </li>
    </ul>
  );
}
