import "@mantine/core/styles/Popover.layer.css";
import "@mantine/core/styles/Combobox.layer.css";

import { Button, Select, TextInput } from "@mantine/core";

import { Moves } from "../../components/Moves.tsx";
import { t } from "../../i18n.ts";
import css from "./Editor.module.css";
import { type DraftVariable, newVariable } from "./model.ts";

interface VariableFieldsProps {
  variables: DraftVariable[];
  refused: ReadonlyMap<number, string>;
  onChange: (variables: DraftVariable[]) => void;
}

/** What the charts leave open. */
export function VariableFields({ variables, refused, onChange }: VariableFieldsProps) {
  return (
    <fieldset className={css.charts}>
      <legend>{t("ui.dashboard.variables")}</legend>
      <p className={css.text}>{t("ui.dashboard.variables_text")}</p>
      {variables.length > 0 && (
        <ol className={css.variables}>
          {variables.map((variable, index) => (
            <One
              key={variable.key}
              variables={variables}
              index={index}
              refused={refused.get(index)}
              onChange={onChange}
            />
          ))}
        </ol>
      )}
      <Button
        onClick={() => {
          onChange([...variables, newVariable(variables)]);
        }}
      >
        {t("ui.dashboard.add_variable")}
      </Button>
    </fieldset>
  );
}

interface OneProps {
  variables: DraftVariable[];
  index: number;
  refused: string | undefined;
  onChange: (variables: DraftVariable[]) => void;
}

function One({ variables, index, refused, onChange }: OneProps) {
  const variable = variables[index];
  if (variable === undefined) {
    return null;
  }
  const change = (next: Partial<DraftVariable>) => {
    onChange(variables.map((one, at) => (at === index ? { ...one, ...next } : one)));
  };
  const text = (field: "name" | "text" | "usual") => ({
    value: variable[field],
    autoComplete: "off",
    spellCheck: false,
    classNames: { input: css.mono ?? "" },
    onChange: (event: { currentTarget: { value: string } }) => {
      change({ [field]: event.currentTarget.value });
    },
  });
  const isFound = variable.kind === "find";
  return (
    <li className={css.variable}>
      <TextInput label={t("ui.dashboard.variable_name")} leftSection="$" {...text("name")} />
      <Select
        label={t("ui.dashboard.variable_kind")}
        data={(["find", "list"] as const).map((kind) => ({ value: kind, label: t(`ui.dashboard.kind_${kind}`) }))}
        value={variable.kind}
        allowDeselect={false}
        comboboxProps={{ transitionProps: { duration: 0 } }}
        onChange={(kind) => {
          change({ kind: kind === "list" ? "list" : "find" });
        }}
      />
      <TextInput
        label={t(isFound ? "ui.dashboard.pattern" : "ui.dashboard.list")}
        placeholder={t(isFound ? "ui.dashboard.pattern_such_as" : "ui.dashboard.list_such_as")}
        {...text("text")}
      />
      <TextInput label={t("ui.dashboard.usual")} placeholder={t("ui.dashboard.all")} {...text("usual")} />
      <Moves
        list={variables}
        index={index}
        what={variable.name === "" ? t("ui.dashboard.variable") : variable.name}
        onChange={onChange}
      />
      {refused !== undefined && (
        <p className={css.refused} role="alert">
          {refused}
        </p>
      )}
    </li>
  );
}
