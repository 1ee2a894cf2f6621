import { Button, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { etagOf } from "../../api/directory.ts";
import { useSaving } from "../../api/edit.ts";
import {
  type Integration,
  type IntegrationBody,
  integrationQuery,
  readIntegration,
  writeIntegration,
} from "../../api/integrations.ts";
import { ApiError, words } from "../../api/problem.ts";
import { keys } from "../../api/queries.ts";
import { Conflict } from "../../components/Conflict.tsx";
import dialogs from "../../components/dialogs.module.css";
import { Modal } from "../../components/Modal.ts";
import { t } from "../../i18n.ts";
import { ErrorNote, FieldError } from "../../ui/Notes.tsx";

interface RenameDialogProps {
  integration: Integration;
  isOpen: boolean;
  onClose: () => void;
}

/** Another name; address and key stay. */
export default function RenameDialog({ integration, isOpen, onClose }: RenameDialogProps) {
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={t("ui.integration.rename_title", { name: integration.name })}
      closeButtonProps={{ "aria-label": t("ui.close") }}
    >
      <Form integration={integration} onClose={onClose} />
    </Modal>
  );
}

function Form({ integration, onClose }: Omit<RenameDialogProps, "isOpen">) {
  // As it was when the dialog opened: an edit of others meanwhile is a clash, not typed over.
  const [from] = useState(integration);
  const [name, setName] = useState(from.name);
  const queries = useQueryClient();
  const saving = useSaving<Integration, IntegrationBody>({
    read: () => readIntegration(from.id),
    write: (body, etag) => writeIntegration(from.id, body, etag),
    onPresent: (now) => {
      queries.setQueryData(integrationQuery(from.id).queryKey, now);
      void queries.invalidateQueries({ queryKey: keys.config });
      onClose();
    },
  });
  const { clash } = saving;
  const isEmpty = name.trim() === "";
  const problem = saving.error instanceof ApiError ? saving.error.fields.name : undefined;
  const wrong = isEmpty ? t("ui.integration.name_first") : problem;
  return (
    <form
      className={dialogs.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (!isEmpty) {
          const { service, dialect } = from;
          saving.save({ service, dialect, name: name.trim() }, etagOf(from.version));
        }
      }}
    >
      <TextInput
        label={t("ui.integration.name")}
        value={name}
        data-autofocus
        error={wrong === undefined ? undefined : <FieldError text={wrong} />}
        onChange={(event) => {
          setName(event.currentTarget.value);
        }}
      />
      {saving.error !== null && problem === undefined && (
        <ErrorNote title={words(saving.error).title} detail={words(saving.error).detail} />
      )}
      {clash !== undefined && (
        <Conflict
          name={from.name}
          differences={
            clash.mine.name === clash.theirs.value.name
              ? []
              : [{ label: t("ui.integration.name"), mine: clash.mine.name, theirs: clash.theirs.value.name }]
          }
          isPending={saving.isPending}
          onMine={saving.keepMine}
          onTheirs={saving.takeTheirs}
        />
      )}
      <div className={dialogs.acts}>
        <Button variant="subtle" onClick={onClose}>
          {t("ui.cancel")}
        </Button>
        <Button type="submit" variant="filled" loading={saving.isPending}>
          {t("ui.integration.rename_do")}
        </Button>
      </div>
    </form>
  );
}
