import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { policyQuery, useEscalate } from "../../api/incidents.ts";
import { words } from "../../api/problem.ts";
import type { IncidentDetail, Policy } from "../../api/types.ts";
import css from "../../components/choice.module.css";
import dialogs from "../../components/dialogs.module.css";
import { FormFooter } from "../../components/FormFooter.tsx";
import { useHeld } from "../../components/held.ts";
import { Modal } from "../../components/Modal.ts";
import { peopleOf, useWorld, type World } from "../../components/reached.ts";
import { t } from "../../i18n.ts";
import { ErrorNote, Loading, Note } from "../../ui/Notes.tsx";
import { nameOf } from "../../ui/Owner.tsx";
import { toast } from "../../ui/toasts.ts";

interface EscalateDialogProps {
  incident: IncidentDetail;
  isOpen: boolean;
  onClose: () => void;
}

/** Executes a step of the policy now, without waiting for its time. */
export default function EscalateDialog({ incident, isOpen, onClose }: EscalateDialogProps) {
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={t("ui.escalate.title", { number: incident.number })}
      closeButtonProps={{ "aria-label": t("ui.close") }}
    >
      <Body incident={incident} onClose={onClose} />
    </Modal>
  );
}

type BodyProps = Omit<EscalateDialogProps, "isOpen">;

function Body({ incident, onClose }: BodyProps) {
  const id = incident.policy?.id ?? "";
  const world = useWorld();
  const { data: policy, error, refetch } = useQuery({ ...policyQuery(id), enabled: id !== "" });
  if (id === "") {
    return <p>{t("ui.facts.no_policy")}</p>;
  }
  if (error !== null && policy === undefined) {
    return <ErrorNote title={t("ui.policy.one_failed")} detail={words(error).detail} again={() => void refetch()} />;
  }
  return policy === undefined || world === undefined ? (
    <Loading rows={3} />
  ) : (
    <Form incident={incident} policy={policy} world={world} onClose={onClose} />
  );
}

function Form({ incident, policy, world, onClose }: BodyProps & { policy: Policy; world: World }) {
  const held = useHeld();
  const escalate = useEscalate(incident.id);
  const last = Math.max(0, ...incident.pages.map((page) => page.step ?? 0));
  const following = incident.next?.step ?? (last % policy.steps.length) + 1;
  const [step, setStep] = useState(following > policy.steps.length ? 1 : following);
  const isOther = policy.version !== incident.policy?.version;
  return (
    <form
      className={dialogs.form}
      onSubmit={(event) => {
        event.preventDefault();
        escalate.mutate(step, {
          onSuccess: () => {
            onClose();
            const text = t(held === undefined ? "ui.escalate.done" : "ui.escalate.done_held", { step });
            toast({ about: incident.id, glyph: "step", tone: "dim", text });
          },
        });
      }}
    >
      <p className="wb-dim">{t(incident.owner == null ? "ui.escalate.text" : "ui.escalate.text_owner", { name: nameOf(incident.owner ?? { id: "" }) })}</p>
      <fieldset className={css.choice}>
        <legend>{t("ui.escalate.step")}</legend>
        {policy.steps.map(({ targets }, index) => {
          const people = peopleOf(targets, world).map((person) => nameOf(person));
          return (
            <label key={index}>
              <input
                type="radio"
                name="step"
                checked={step === index + 1}
                data-autofocus={step === index + 1 || undefined}
                onChange={() => {
                  setStep(index + 1);
                }}
              />
              <span>
                {t("ui.track.step", { step: index + 1 })}: {people.length === 0 ? t("ui.on_call.nobody") : people.join(", ")}
              </span>
              {index + 1 === following && <small>{t("ui.escalate.following")}</small>}
            </label>
          );
        })}
      </fieldset>
      {isOther && <Note>{t("ui.escalate.other_version")}</Note>}
      <FormFooter
        save={t("ui.escalate.do", { step })}
        isPending={escalate.isPending}
        onCancel={onClose}
        error={escalate.error}
      />
    </form>
  );
}
