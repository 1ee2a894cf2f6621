import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";

import { words } from "../../api/problem.ts";
import { sendingQuery, useResume } from "../../api/system.ts";
import dialogs from "../../components/dialogs.module.css";
import { Modal } from "../../components/Modal.ts";
import { t } from "../../i18n.ts";
import { ErrorNote, Loading } from "../../ui/Notes.tsx";
import { nameOf } from "../../ui/Owner.tsx";
import { Section } from "../../ui/Section.tsx";
import { Age } from "../../ui/Times.tsx";
import { toast } from "../../ui/toasts.ts";
import css from "./System.module.css";

/** What has been due for longer may be dropped; nothing is, at first. */
const DROPS = [null, 600, 3_600] as const;

/** Sending that is held: what would go out, and letting it go. */
export function Held() {
  const { data, error } = useQuery(sendingQuery);
  const [isOpen, setIsOpen] = useState(false);
  return (
    <Section id="held" title={t("ui.system.held")}>
      {data === undefined && error === null && <Loading rows={2} />}
      {error !== null && <ErrorNote {...words(error)} />}
      {data !== undefined && (
        <>
          <p>{data.why}</p>
          <p className="wb-dim">
            {t("ui.system.held_due", { deliveries: data.deliveries_due, steps: data.wake_ups_due })}
          </p>
          <ul className={css.list}>
            {data.deliveries.map((due) => (
              <li key={`${due.incident} ${due.recipient.id} ${due.channel} ${due.due_at}`}>
                {t("ui.system.due_line", { number: due.number, title: due.title, name: nameOf(due.recipient), channel: due.channel })}{" "}
                <span className="wb-dim"><Age at={due.due_at} /></span>
              </li>
            ))}
          </ul>
          <Button
            onClick={() => {
              setIsOpen(true);
            }}
          >
            {t("ui.system.resume")}
          </Button>
        </>
      )}
      <Modal opened={isOpen} onClose={() => { setIsOpen(false); }} title={t("ui.system.resume_title")} closeButtonProps={{ "aria-label": t("ui.close") }}>
        <Form onDone={() => { setIsOpen(false); }} />
      </Modal>
    </Section>
  );
}

function Form({ onDone }: { onDone: () => void }) {
  const resume = useResume();
  const [drop, setDrop] = useState<number | null>(null);
  const id = useId();
  return (
    <div className={dialogs.form}>
      <p>{t("ui.system.resume_text")}</p>
      <div className={css.field}>
        <label htmlFor={id}>{t("ui.system.drop")}</label>
        <select
          id={id}
          className={css.select}
          value={drop ?? ""}
          onChange={(event) => {
            setDrop(event.currentTarget.value === "" ? null : Number(event.currentTarget.value));
          }}
        >
          {DROPS.map((seconds) => (
            <option key={seconds} value={seconds ?? ""}>
              {seconds === null ? t("ui.system.drop_nothing") : t("ui.system.drop_older", { minutes: seconds / 60 })}
            </option>
          ))}
        </select>
      </div>
      {resume.error !== null && <ErrorNote {...words(resume.error)} />}
      <div className={dialogs.acts}>
        <Button variant="subtle" data-autofocus onClick={onDone}>
          {t("ui.cancel")}
        </Button>
        <Button
          variant="filled"
          loading={resume.isPending}
          onClick={() => {
            resume.mutate(drop, {
              onSuccess: ({ dropped }) => {
                toast({ glyph: "resolved", tone: "resolved", text: t("ui.system.resumed", { count: dropped }) });
                onDone();
              },
            });
          }}
        >
          {t("ui.system.do_resume")}
        </Button>
      </div>
    </div>
  );
}
