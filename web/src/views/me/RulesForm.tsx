import { Button, TextInput } from "@mantine/core";
import { useState } from "react";

import type { Read } from "../../api/edit.ts";
import { words } from "../../api/problem.ts";
import type { User } from "../../api/types.ts";
import { hoursLack } from "../../components/hours/model.ts";
import { t } from "../../i18n.ts";
import { Glyph } from "../../ui/Glyph.tsx";
import { ErrorNote, FieldError } from "../../ui/Notes.tsx";
import { toast } from "../../ui/toasts.ts";
import { Clash } from "./Clash.tsx";
import css from "./Me.module.css";
import { draftOfExtras, type DraftRule, draftOfRules, faultsOf, isAgainWrong, methodsOf, newRule, type Urgency, withRules } from "./model.ts";
import { RulesMore } from "./RulesMore.tsx";
import { useUserSaving } from "./saving.ts";

interface RulesFormProps {
  urgency: Urgency;
  from: Read<User>;
  isOpen: boolean;
  onClose: () => void;
}

/** The rules of one urgency: after how long, over what. Loaded by those who change them. */
export default function RulesForm({ urgency, from, onClose }: RulesFormProps) {
  const user = from.value;
  const methods = methodsOf(user);
  const [rules, setRules] = useState<DraftRule[]>(() => draftOfRules(user, urgency));
  const [extras, setExtras] = useState(() => draftOfExtras(user, urgency));
  const saving = useUserSaving(from, () => {
    toast({ glyph: "resolved", tone: "resolved", text: t("ui.me.rules_saved") });
    onClose();
  });
  const faults = faultsOf(rules, methods);
  const isWrong = faults.some((fault) => fault !== undefined) || isAgainWrong(extras) || hoursLack(extras.quiet) !== undefined;
  const set = (key: number, change: Partial<DraftRule>) => {
    setRules(rules.map((one) => (one.key === key ? { ...one, ...change } : one)));
  };
  return (
    <form
      className={css.form}
      aria-label={t(`ui.me.rules_${urgency}`)}
      onSubmit={(event) => {
        event.preventDefault();
        if (!isWrong) {
          saving.run({ rules: withRules(user, urgency, rules, extras) });
        }
      }}
    >
      <h3>{t(`ui.me.rules_${urgency}`)}</h3>
      <Clash saving={saving} name={user.name} />
      {rules.length === 0 && <p className="wb-dim">{t(`ui.me.no_rules_${urgency}`)}</p>}
      <ol className={css.rules}>
        {rules.map((rule, index) => {
          const fault = faults[index];
          return (
            <li key={rule.key}>
              <TextInput
                label={t("ui.me.after_minutes")}
                inputMode="decimal"
                value={rule.minutes}
                rightSection={<span aria-hidden="true">{t("ui.me.min")}</span>}
                aria-invalid={fault === "delay"}
                onChange={(event) => {
                  set(rule.key, { minutes: event.currentTarget.value });
                }}
              />
              <label className={css.field}>
                {t("ui.me.over")}
                <select
                  className={css.select}
                  value={methods.some((one) => one.id === rule.method) ? rule.method : ""}
                  onChange={(event) => {
                    set(rule.key, { method: event.currentTarget.value });
                  }}
                >
                  {!methods.some((one) => one.id === rule.method) && <option value="">{t("ui.me.choose")}</option>}
                  {methods.map((one) => (
                    <option key={one.id} value={one.id}>
                      {one.name}
                    </option>
                  ))}
                </select>
              </label>
              <button
                type="button"
                className={css.remove}
                aria-label={t("ui.me.remove_rule", { n: index + 1 })}
                onClick={() => {
                  setRules(rules.filter((one) => one.key !== rule.key));
                }}
              >
                <Glyph name="close" size={14} />
              </button>
              {fault !== undefined && (
                <p className={css.fault}>
                  <FieldError text={t(`ui.me.fault.${fault}`)} />
                </p>
              )}
            </li>
          );
        })}
      </ol>
      {methods.length > 0 && (
        <Button
          onClick={() => {
            setRules([...rules, nextRule(rules, methods.map((one) => one.id))]);
          }}
        >
          {t("ui.me.add_rule")}
        </Button>
      )}
      <RulesMore urgency={urgency} extras={extras} zone={user.zone} onChange={setExtras} />
      {saving.error !== null && <ErrorNote {...words(saving.error)} />}
      <div className={css.acts}>
        <Button variant="subtle" onClick={onClose}>
          {t("ui.cancel")}
        </Button>
        <Button type="submit" variant="filled" aria-disabled={isWrong} aria-describedby="rules-why" loading={saving.isPending}>
          {t("ui.me.save")}
        </Button>
        <p id="rules-why" className={css.why}>
          {isWrong ? t("ui.me.mend_first") : ""}
        </p>
      </div>
    </form>
  );
}

/** A rule that tells something new: the first method at once, then five minutes after the last. */
function nextRule(rules: readonly DraftRule[], methods: readonly string[]): DraftRule {
  const last = rules.at(-1);
  const method = methods.find((one) => !rules.some((rule) => rule.method === one)) ?? methods[0] ?? "";
  const minutes = last === undefined ? 0 : Number(last.minutes.replace(",", ".")) + 5;
  return newRule(method, Number.isFinite(minutes) ? String(minutes) : "");
}
