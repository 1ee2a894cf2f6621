import "@mantine/core/styles/Popover.layer.css";
import "@mantine/core/styles/Combobox.layer.css";

import { Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import type { VariableBody } from "../../api/dashboards.ts";
import { expandQuery } from "../../api/metrics.ts";
import { t } from "../../i18n.ts";
import css from "./Board.module.css";
import { ALL, choicesOf, patternsOf, type Values } from "./model.ts";

interface VariableBarProps {
  variables: readonly VariableBody[];
  values: Values;
  onChoose: (variable: VariableBody, value: string) => void;
}

/** What the dashboard leaves open, each with its choices. */
export function VariableBar({ variables, values, onChoose }: VariableBarProps) {
  const patterns = patternsOf(variables, values);
  return variables.map((variable) => (
    <Choice
      key={variable.name}
      variable={variable}
      value={values.get(variable.name) ?? ALL}
      pattern={patterns.get(variable.name)}
      onChoose={(value) => {
        onChoose(variable, value);
      }}
    />
  ));
}

interface ChoiceProps {
  variable: VariableBody;
  value: string;
  /** Where its choices come from, unless it has a list of its own. */
  pattern: string | undefined;
  onChoose: (value: string) => void;
}

/** As many are shown at once; typing narrows them. */
const SHOWN = 100;

function Choice({ variable, value, pattern, onChoose }: ChoiceProps) {
  const { data, error } = useQuery({
    ...expandQuery(pattern === undefined ? [] : [pattern], 0),
    enabled: pattern !== undefined,
  });
  const own = "list" in variable.choices ? variable.choices.list : [];
  const found = pattern === undefined ? own : choicesOf(pattern, data?.results ?? []);
  const all = found.includes(value) || value === ALL ? found : [value, ...found];
  return (
    <Select
      className={css.variable ?? ""}
      label={variable.name}
      data={[{ value: ALL, label: t("ui.dashboard.all") }, ...all.map((one) => ({ value: one, label: one }))]}
      value={value}
      error={error === null ? undefined : t("ui.dashboard.choices_failed")}
      searchable
      limit={SHOWN}
      allowDeselect={false}
      nothingFoundMessage={t("ui.dashboard.no_choice")}
      comboboxProps={{ transitionProps: { duration: 0 } }}
      onChange={(next) => {
        if (next !== null) {
          onChoose(next);
        }
      }}
    />
  );
}
