import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { useNavigate } from "react-router";

import { useCreateIntegration } from "../../api/integrations.ts";
import { ApiError, words } from "../../api/problem.ts";
import type { Service } from "../../api/services.ts";
import { USUAL_DIALECT } from "../../components/dialects.ts";
import dialogs from "../../components/dialogs.module.css";
import { Modal } from "../../components/Modal.ts";
import { t } from "../../i18n.ts";
import { useDraft } from "../../ui/draft.ts";
import { ErrorNote, FieldError } from "../../ui/Notes.tsx";
import { paths } from "../../ui/paths.ts";

interface NewIntegrationProps {
  service: Service;
  isOpen: boolean;
  onClose: () => void;
}

/** A new way in: it needs a name; the address and the key come next. */
export default function NewIntegration({ service, isOpen, onClose }: NewIntegrationProps) {
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={t("ui.integration.new", { service: service.name })}
      closeButtonProps={{ "aria-label": t("ui.close") }}
    >
      <Form service={service} onClose={onClose} />
    </Modal>
  );
}

function Form({ service, onClose }: Omit<NewIntegrationProps, "isOpen">) {
  const [name, setName] = useDraft(`integration.${service.id}`);
  const [isEmpty, setIsEmpty] = useState(false);
  const create = useCreateIntegration();
  const navigate = useNavigate();
  const problem = create.error instanceof ApiError ? create.error.fields.name : undefined;
  const wrong = isEmpty ? t("ui.integration.name_first") : problem;
  const send = () => {
    if (name.trim() === "") {
      setIsEmpty(true);
      document.getElementById("integration-name")?.focus();
      return;
    }
    create.mutate(
      { service: service.id, name: name.trim(), dialect: USUAL_DIALECT },
      {
        onSuccess: (made) => {
          setName("");
          void navigate(paths.integration(made.id));
        },
      },
    );
  };
  return (
    <form
      className={dialogs.form}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <p className="wb-dim">{t("ui.integration.new_text")}</p>
      <TextInput
        id="integration-name"
        label={t("ui.integration.name")}
        description={t("ui.integration.name_text")}
        value={name}
        data-autofocus
        error={wrong === undefined ? undefined : <FieldError text={wrong} />}
        onChange={(event) => {
          setIsEmpty(false);
          setName(event.currentTarget.value);
        }}
      />
      {create.isError && problem === undefined && (
        <ErrorNote title={words(create.error).title} detail={words(create.error).detail} />
      )}
      <div className={dialogs.acts}>
        <Button variant="subtle" onClick={onClose}>
          {t("ui.cancel")}
        </Button>
        <Button type="submit" variant="filled" loading={create.isPending}>
          {t("ui.integration.create")}
        </Button>
      </div>
    </form>
  );
}
