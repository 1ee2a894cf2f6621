import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { type Edit, previewQuery, useRestore } from "../../api/changes.ts";
import { ApiError, words } from "../../api/problem.ts";
import dialogs from "../../components/dialogs.module.css";
import { Modal } from "../../components/Modal.ts";
import { t } from "../../i18n.ts";
import { ErrorNote, Loading, Note } from "../../ui/Notes.tsx";
import { toast } from "../../ui/toasts.ts";
import css from "./Changes.module.css";
import { Difference } from "./Difference.tsx";
import { differences } from "./model.ts";
import { fieldText, type NamesById } from "./words.ts";

interface RestoreDialogProps {
  isOpen: boolean;
  /** The version that is to come back. */
  edit: Edit;
  /** The newest version; perhaps the deletion. */
  present: Edit;
  names: NamesById;
  onClose: () => void;
}

/** What would change if an earlier version came back, whether it can, and doing it. */
export default function RestoreDialog({ isOpen, edit, present, names, onClose }: RestoreDialogProps) {
  const wanted = { object: edit.id ?? "", version: edit.version, present: present.version };
  const { data: preview, error } = useQuery(previewQuery(wanted));
  const restore = useRestore();
  const name = edit.name ?? "";
  const fields = present.deleted ? [] : differences(present.object, edit.object);
  const isSame = preview?.changed === false;
  const failed = restore.error ?? error;
  const may = preview?.changed === true;
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      size="lg"
      title={t("ui.changes.restore_title", { name, version: edit.version })}
      closeButtonProps={{ "aria-label": t("ui.close") }}
    >
      <div className={dialogs.form}>
        {preview === undefined && error === null && <Loading rows={2} />}
        {isSame && <p>{t("ui.changes.same")}</p>}
        {present.deleted ? (
          <Note>{t("ui.changes.revive", { name })}</Note>
        ) : (
          !isSame && (
            <div className={css.preview}>
              <Difference
                fields={fields}
                names={names}
                labels={{ before: t("ui.changes.now"), after: t("ui.changes.then", { version: edit.version }) }}
              />
            </div>
          )
        )}
        {edit.kind === "user" && present.deleted && <p className="wb-dim">{t("ui.changes.revive_user")}</p>}
        {failed !== null && <Refusal error={failed} />}
        {may && <p className="wb-dim">{t("ui.changes.restore_text")}</p>}
        <div className={dialogs.acts}>
          <Button variant="subtle" onClick={onClose}>
            {isSame || failed !== null ? t("ui.close") : t("ui.cancel")}
          </Button>
          <Button
            variant="filled"
            aria-disabled={!may}
            aria-describedby="restore-why"
            loading={restore.isPending}
            onClick={() => {
              if (may) {
                restore.mutate(wanted, {
                  onSuccess: () => {
                    toast({ glyph: "resolved", tone: "resolved", text: t("ui.changes.restored", { name, version: edit.version }) });
                    onClose();
                  },
                });
              }
            }}
          >
            {t("ui.changes.do_restore", { version: edit.version })}
          </Button>
        </div>
        <p id="restore-why" className="wb-sr">
          {may ? "" : t("ui.changes.cannot")}
        </p>
      </div>
    </Modal>
  );
}

/** Why it cannot come back, each reason under its field. */
function Refusal({ error }: { error: Error }) {
  const reasons = error instanceof ApiError ? Object.entries(error.fields) : [];
  if (reasons.length === 0) {
    return <ErrorNote {...words(error)} />;
  }
  return (
    <div role="alert">
      <b className="wb-triggered">{t("ui.changes.refused")}</b>
      <ul className={css.reasons}>
        {reasons.map(([path, reason]) => (
          <li key={path}>{t("ui.changes.reason", { field: fieldText(path.replace(/\[\d+\]/gu, "").split(".")), reason })}</li>
        ))}
      </ul>
    </div>
  );
}
