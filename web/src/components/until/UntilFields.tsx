import { TextInput } from "@mantine/core";

import { t } from "../../i18n.ts";
import { city, when } from "../../ui/time.ts";
import css from "../choice.module.css";
import { type Choice, untilOf } from "./model.ts";
import type { Until } from "./until.ts";

interface UntilFieldsProps {
  choices: readonly Choice[];
  state: Until;
}

/** Chooses until when: one of a few moments, or any. */
export function UntilFields({ choices, state }: UntilFieldsProps) {
  const { choice, own, now, zone, setChoice, setOwn } = state;
  return (
    <>
      <fieldset className={css.choice}>
        <legend>{t("ui.until.label")}</legend>
        {choices.map((one, index) => {
          const at = one === "own" ? undefined : untilOf(one, own, now, zone);
          return (
            <label key={one}>
              <input
                type="radio"
                name="until"
                value={one}
                checked={one === choice}
                data-autofocus={index === 0 || undefined}
                onChange={() => {
                  setChoice(one);
                }}
              />
              <span>{t(`ui.until.choice.${one}`)}</span>
              {at !== undefined && <small>{when(at, now, zone)}</small>}
            </label>
          );
        })}
      </fieldset>
      {choice === "own" && (
        <TextInput
          type="datetime-local"
          label={t("ui.until.own")}
          description={t("ui.override.zone", { city: city(zone) })}
          value={own}
          onChange={(event) => {
            setOwn(event.currentTarget.value);
          }}
        />
      )}
    </>
  );
}
