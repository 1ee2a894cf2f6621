import { Button } from "@mantine/core";
import { type ReactNode, useEffect, useRef } from "react";

import { t } from "../i18n.ts";
import css from "./Conflict.module.css";

/** One field in both versions, as people read it. */
export interface Difference {
  label: string;
  mine: ReactNode;
  theirs: ReactNode;
}

interface ConflictProps {
  /** What was edited, by name. */
  name: string;
  /** Only the fields that differ. */
  differences: readonly Difference[];
  isPending: boolean;
  onTheirs: () => void;
  onMine: () => void;
}

/** Two people edited the same thing: both versions beside each other; nothing was overwritten yet. */
export function Conflict({ name, differences, isPending, onTheirs, onMine }: ConflictProps) {
  const section = useRef<HTMLElement>(null);
  // Who saved stands at the end of a form, which may be long: on a phone this would be out of sight.
  useEffect(() => {
    section.current?.scrollIntoView({ block: "center" });
  }, []);
  return (
    <section ref={section} className={css.conflict} role="alert">
      <b>{t("ui.conflict.title", { name })}</b>
      <p>{differences.length === 0 ? t("ui.conflict.same") : t("ui.conflict.text")}</p>
      {differences.length > 0 && (
        <table>
          <thead>
            <tr>
              <th scope="col">{t("ui.conflict.field")}</th>
              <th scope="col">{t("ui.conflict.theirs")}</th>
              <th scope="col">{t("ui.conflict.mine")}</th>
            </tr>
          </thead>
          <tbody>
            {differences.map(({ label, mine, theirs }) => (
              <tr key={label}>
                <th scope="row">{label}</th>
                <td>{theirs}</td>
                <td>{mine}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <div className={css.acts}>
        <Button onClick={onTheirs}>{t("ui.conflict.take_theirs")}</Button>
        <Button loading={isPending} onClick={onMine}>
          {t("ui.conflict.keep_mine")}
        </Button>
      </div>
    </section>
  );
}
