import "@mantine/core/styles/Popover.layer.css";
import "@mantine/core/styles/Combobox.layer.css";

import { Button, Select, Textarea, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";

import { freshKey } from "../../api/client.ts";
import { servicesQuery } from "../../api/directory.ts";
import { useDeclare } from "../../api/incidents.ts";
import { policiesQuery } from "../../api/oncall.ts";
import { ApiError, words } from "../../api/problem.ts";
import { useMe } from "../../api/session.ts";
import { useHeld } from "../../components/held.ts";
import dialogs from "../../components/dialogs.module.css";
import { Modal } from "../../components/Modal.ts";
import { mayWrite } from "../../components/rights.ts";
import { t } from "../../i18n.ts";
import { ErrorNote, FieldError } from "../../ui/Notes.tsx";
import { paths } from "../../ui/paths.ts";
import { SEVERITIES, type SeverityName } from "../../ui/Severity.tsx";

interface DeclareDialogProps {
  isOpen: boolean;
  onClose: () => void;
}

/** Declares an incident by hand, and says before whom it pages. */
export default function DeclareDialog({ isOpen, onClose }: DeclareDialogProps) {
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={t("ui.declare.title")}
      closeButtonProps={{ "aria-label": t("ui.close") }}
    >
      <Form onClose={onClose} />
    </Modal>
  );
}

function isSeverity(text: string | null): text is SeverityName {
  return SEVERITIES.some((one) => one === text);
}

function Form({ onClose }: { onClose: () => void }) {
  const me = useMe();
  const navigate = useNavigate();
  const { data: services } = useQuery(servicesQuery);
  const [service, setService] = useState<string | null>(null);
  const [title, setTitle] = useState("");
  const [summary, setSummary] = useState("");
  const [severity, setSeverity] = useState<SeverityName>("major");
  const [isTried, setIsTried] = useState(false);
  const [key] = useState(freshKey);
  const declare = useDeclare();
  const mine = (services?.items ?? []).filter(({ team }) => mayWrite(me, team));
  const isWhole = service !== null && title.trim() !== "";
  const send = () => {
    setIsTried(true);
    if (service === null || title.trim() === "") {
      return;
    }
    declare.mutate(
      { service, title: title.trim(), summary: summary.trim(), severity, key },
      {
        onSuccess: ({ id }) => {
          onClose();
          void navigate(paths.incident(id));
        },
      },
    );
  };
  if (services !== undefined && mine.length === 0) {
    return <p className="wb-dim">{t("ui.declare.not_yours")}</p>;
  }
  const fields = declare.error instanceof ApiError ? declare.error.fields : {};
  return (
    <form
      className={dialogs.form}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Select
        label={t("ui.declare.service")}
        placeholder={t("ui.declare.choose")}
        data={mine.map(({ id, name }) => ({ value: id, label: name }))}
        value={service}
        searchable
        data-autofocus
        nothingFoundMessage={t("ui.declare.no_service")}
        comboboxProps={{ transitionProps: { duration: 0 } }}
        error={isTried && service === null && <FieldError text={t("ui.declare.service_first")} />}
        onChange={setService}
      />
      <TextInput
        label={t("ui.declare.what")}
        value={title}
        error={
          (isTried && title.trim() === "" && <FieldError text={t("ui.declare.title_first")} />) ||
          (fields.title !== undefined && <FieldError text={fields.title} />)
        }
        onChange={(event) => {
          setTitle(event.currentTarget.value);
        }}
      />
      <Textarea
        label={t("ui.declare.more")}
        autosize
        minRows={2}
        maxRows={8}
        value={summary}
        onChange={(event) => {
          setSummary(event.currentTarget.value);
        }}
      />
      <Select
        label={t("ui.declare.severity")}
        data={SEVERITIES.map((one, index) => ({
          value: one,
          label: t("ui.severity.word", { n: index + 1, word: t(`severity.${one}`) }),
        }))}
        value={severity}
        allowDeselect={false}
        comboboxProps={{ transitionProps: { duration: 0 } }}
        onChange={(value) => {
          if (isSeverity(value)) {
            setSeverity(value);
          }
        }}
      />
      <Pages policy={mine.find(({ id }) => id === service)?.policy} isChosen={service !== null} />
      {declare.isError && <ErrorNote title={words(declare.error).title} detail={words(declare.error).detail} />}
      <div className={dialogs.acts}>
        <Button variant="subtle" onClick={onClose}>
          {t("ui.cancel")}
        </Button>
        <Button type="submit" variant="filled" aria-disabled={!isWhole} loading={declare.isPending}>
          {t("ui.declare.do")}
        </Button>
      </div>
    </form>
  );
}

/** What declaring it does to people. */
function Pages({ policy, isChosen }: { policy: string | null | undefined; isChosen: boolean }) {
  const held = useHeld();
  const { data: policies } = useQuery(policiesQuery);
  if (!isChosen) {
    return <p className="wb-dim">{t("ui.declare.pages")}</p>;
  }
  const name = policies?.items.find(({ id }) => id === policy)?.name;
  if (name === undefined) {
    return <p className="wb-dim">{t("ui.declare.pages_nobody")}</p>;
  }
  return (
    <p className="wb-dim">
      {held === undefined ? t("ui.declare.pages_by", { name }) : t("ui.declare.held", { name })}
    </p>
  );
}
