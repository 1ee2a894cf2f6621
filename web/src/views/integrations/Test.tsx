import { Button } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";

import { freshKey } from "../../api/client.ts";
import {
  type Integration,
  SENT_SEVERITIES,
  type SentSeverity,
  signalsQuery,
  useTestEvent,
} from "../../api/integrations.ts";
import { policiesQuery } from "../../api/oncall.ts";
import { words } from "../../api/problem.ts";
import type { Service } from "../../api/services.ts";
import { useMe } from "../../api/session.ts";
import dialogs from "../../components/dialogs.module.css";
import { useHeld } from "../../components/held.ts";
import { Modal } from "../../components/Modal.ts";
import { loudness, peopleOf, useWorld } from "../../components/reached.ts";
import { t } from "../../i18n.ts";
import { Glyph } from "../../ui/Glyph.tsx";
import { ErrorNote, Note } from "../../ui/Notes.tsx";
import { nameOf } from "../../ui/Owner.tsx";
import { paths } from "../../ui/paths.ts";
import { outcomeOf, SEVERITY_OF } from "./model.ts";
import css from "./Test.module.css";

interface TestDialogProps {
  integration: Integration;
  service: Service;
  keyText: string;
  isOpen: boolean;
  onClose: () => void;
}

/** Sends a real event over the real address, and says beforehand whom that wakes. */
export default function TestDialog({ isOpen, onClose, ...rest }: TestDialogProps) {
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={t("ui.integration.test_title", { name: rest.integration.name })}
      closeButtonProps={{ "aria-label": t("ui.close") }}
    >
      <Form onClose={onClose} {...rest} />
    </Modal>
  );
}

function Form({ integration, service, keyText, onClose }: Omit<TestDialogProps, "isOpen">) {
  const me = useMe().user;
  const [severity, setSeverity] = useState<SentSeverity>("info");
  const [dedupKey] = useState(() => `watchbell-test-${freshKey().slice(0, 12)}`);
  const trigger = useTestEvent(integration.id);
  const resolve = useTestEvent(integration.id);
  const told = useTold(service, severity);
  const event = { key: keyText, dedupKey, severity, summary: t("ui.integration.test_summary", { name: me.name }) };
  if (trigger.isSuccess) {
    return (
      <div className={dialogs.form}>
        <Became integration={integration.id} dedupKey={dedupKey} isOver={resolve.isSuccess} />
        {resolve.isError && <ErrorNote title={words(resolve.error).title} detail={words(resolve.error).detail} />}
        <div className={dialogs.acts}>
          <Button variant={resolve.isSuccess ? "filled" : "subtle"} onClick={onClose}>
            {t("ui.close")}
          </Button>
          {!resolve.isSuccess && (
            <Button
              variant="filled"
              loading={resolve.isPending}
              onClick={() => {
                resolve.mutate({ ...event, action: "resolve" });
              }}
            >
              {t("ui.integration.test_resolve")}
            </Button>
          )}
        </div>
      </div>
    );
  }
  return (
    <div className={dialogs.form}>
      <p className="wb-dim">{t("ui.integration.test_text", { service: service.name })}</p>
      <fieldset className={css.choice}>
        <legend>{t("ui.integration.test_severity")}</legend>
        {SENT_SEVERITIES.map((one) => (
          <label key={one}>
            <input
              type="radio"
              name="severity"
              checked={one === severity}
              onChange={() => {
                setSeverity(one);
              }}
            />
            {t(`ui.integration.sent.${one}`)}
          </label>
        ))}
      </fieldset>
      <Note>
        <span role="status">{told}</span>
      </Note>
      {trigger.isError && <ErrorNote title={words(trigger.error).title} detail={words(trigger.error).detail} />}
      <div className={dialogs.acts}>
        <Button variant="subtle" data-autofocus onClick={onClose}>
          {t("ui.cancel")}
        </Button>
        <Button
          variant="filled"
          loading={trigger.isPending}
          onClick={() => {
            trigger.mutate({ ...event, action: "trigger" });
          }}
        >
          {t("ui.integration.test_do")}
        </Button>
      </div>
    </div>
  );
}

/** Whom the event will tell, in words. */
function useTold(service: Service, severity: SentSeverity): string {
  const { data: policies } = useQuery(policiesQuery);
  const world = useWorld();
  const held = useHeld();
  const loud = loudness(service.urgency, SEVERITY_OF[severity]);
  if (service.policy == null) {
    return t("ui.integration.tells.no_policy", { service: service.name });
  }
  if (loud === "none") {
    return t("ui.integration.tells.quiet");
  }
  if (held !== undefined) {
    return t("ui.integration.tells.held");
  }
  const policy = policies?.items.find((one) => one.id === service.policy);
  const people = policy === undefined || world === undefined ? [] : peopleOf(policy.steps[0]?.targets ?? [], world);
  return people.length === 0
    ? t("ui.integration.tells.policy", { policy: policy?.name ?? "" })
    : t(`ui.integration.tells.${loud}`, { names: people.map(nameOf).join(", ") });
}

interface BecameProps {
  integration: string;
  dedupKey: string;
  /** Whether it was ended again. */
  isOver: boolean;
}

/** What became of the test, as the server wrote it down. */
function Became({ integration, dedupKey, isOver }: BecameProps) {
  const { data } = useInfiniteQuery(signalsQuery(integration));
  const mine = (data?.pages.flatMap((page) => page.items) ?? []).filter((one) => one.dedup_key === dedupKey);
  const incident = mine.find((one) => one.incident != null)?.incident;
  return (
    <>
      <p className={css.came} role="status">
        <Glyph name={isOver ? "resolved" : "received"} className="wb-resolved" />
        {t(isOver ? "ui.integration.test_over" : "ui.integration.test_came")}
      </p>
      <ul className={css.became}>
        {mine.map((one) => {
          const outcome = outcomeOf(one);
          return <li key={one.id}>{outcome === undefined ? one.outcome : t(`ui.integration.outcome.${outcome}`)}</li>;
        })}
      </ul>
      {incident != null && (
        <Link className={`wb-link ${css.link}`} to={paths.incident(incident)}>
          {t("ui.integration.test_incident")}
        </Link>
      )}
    </>
  );
}
