import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";

import { type Dashboard, readDashboard, useCreateDashboard, writeDashboard } from "../../api/dashboards.ts";
import { teamsQuery } from "../../api/directory.ts";
import type { Read } from "../../api/edit.ts";
import { ApiError } from "../../api/problem.ts";
import { useMe } from "../../api/session.ts";
import { Conflict } from "../../components/Conflict.tsx";
import { FormFooter } from "../../components/FormFooter.tsx";
import { useFormSaving } from "../../components/formSaving.ts";
import { mayWrite } from "../../components/rights.ts";
import { t } from "../../i18n.ts";
import { Loading } from "../../ui/Notes.tsx";
import board from "./Board.module.css";
import { ChartDialog } from "./ChartDialog.tsx";
import { ChartTools } from "./ChartTools.tsx";
import { differences } from "./differences.ts";
import css from "./Editor.module.css";
import { bodyOf, chartOf, chosen, type Draft, draftOf, emptyDraft, filled, inTargets, lacks, newChart, put, refusedBy, variableOf } from "./model.ts";
import { Panel } from "./Panel.tsx";
import { Settings } from "./Settings.tsx";
import { VariableFields } from "./VariableFields.tsx";

interface EditorProps {
  isOpen: boolean;
  /** What is edited; a new one when left out. */
  from?: Read<Dashboard>;
  /** What the first chart of a new one shows. */
  targets: readonly string[];
  onDone: (id: string) => void;
  onCancel: () => void;
}

/** The board itself while it is edited: each chart is moved, widened, changed and removed where it stands. */
export default function Editor(props: EditorProps) {
  const me = useMe();
  const { data } = useQuery(teamsQuery);
  const mine = data?.items.filter((team) => mayWrite(me, team.id) || team.id === props.from?.value.team);
  // A new one begins with one's only team.
  return mine === undefined ? <Loading rows={5} /> : <Form {...props} teams={mine} />;
}

interface Team {
  id: string;
  name: string;
}

function Form({ from, targets, teams, onDone, onCancel }: EditorProps & { teams: readonly Team[] }) {
  const only = teams.length === 1 ? (teams[0]?.id ?? "") : "";
  const [draft, setDraft] = useState<Draft>(() => (from === undefined ? emptyDraft(only, targets) : draftOf(from.value)));
  const change = (next: Partial<Draft>) => {
    setDraft((before) => ({ ...before, ...next }));
  };
  const save = useFormSaving({
    from,
    read: readDashboard,
    write: writeDashboard,
    create: useCreateDashboard(),
    said: (name) => t("ui.dashboard.saved", { name }),
    onPresent: (present) => {
      setDraft(draftOf(present));
    },
    onDone,
  });
  const lacking = lacks(draft);
  const refused = refusedBy(save.error instanceof ApiError ? save.error.fields : {});
  const teamName = (id: string) => teams.find((team) => team.id === id)?.name ?? "";
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (lacking === undefined) {
      save.run(bodyOf(draft));
    }
  };
  return (
    <form className={css.form} onSubmit={submit}>
      {save.clash !== undefined && (
        <Conflict
          name={save.clash.theirs.value.name}
          differences={differences(save.clash.mine, save.clash.theirs.value, teamName)}
          isPending={save.isPending}
          onMine={save.keepMine}
          onTheirs={save.takeTheirs}
        />
      )}
      <Settings draft={draft} teams={teams} fields={refused.own} isNew={from === undefined} onChange={change} />
      <VariableFields
        variables={draft.variables}
        refused={refused.variables}
        onChange={(variables) => {
          change({ variables });
        }}
      />
      <Charts draft={draft} refused={refused.charts} onChange={change} />
      <FormFooter
        isLong
        save={t(from === undefined ? "ui.dashboard.create" : "ui.dashboard.save")}
        isPending={save.isPending}
        onCancel={onCancel}
        why={lacking === undefined ? undefined : t(`ui.dashboard.lacks.${lacking}`)}
        error={save.error}
      />
    </form>
  );
}

interface ChartsProps {
  draft: Draft;
  refused: ReadonlyMap<number, string>;
  onChange: (next: Partial<Draft>) => void;
}

function Charts({ draft, refused, onChange }: ChartsProps) {
  const { charts } = draft;
  // The one that is written; a new one is put at the end when it is done.
  const [edited, setEdited] = useState<number>();
  // By the pointer, and what it is over.
  const [carried, setCarried] = useState<number>();
  const [over, setOver] = useState<number>();
  const variables = draft.variables.map(variableOf);
  const values = inTargets(variables, chosen(variables, new URLSearchParams()));
  const frame = { spanS: draft.spanS, everyMs: false as const };
  return (
    <fieldset className={css.charts}>
      <legend>{t("ui.dashboard.charts")}</legend>
      <div className={board.board}>
        {charts.map((one, index) => {
          const chart = chartOf(one);
          return (
            <div
              key={one.key}
              className={css.place}
              data-width={one.width}
              data-under={(carried !== undefined && over === index) || undefined}
              onDragOver={(event) => {
                if (carried !== undefined) {
                  event.preventDefault();
                  setOver(index);
                }
              }}
              onDrop={(event) => {
                event.preventDefault();
                if (carried !== undefined) {
                  onChange({ charts: put(charts, carried, index) });
                }
              }}
            >
              <Panel
                chart={{ ...chart, targets: chart.targets.map((target) => filled(target, values)) }}
                {...frame}
                tools={
                  <ChartTools
                    charts={charts}
                    index={index}
                    onChange={(next) => {
                      onChange({ charts: next });
                    }}
                    onEdit={() => {
                      setEdited(index);
                    }}
                    onCarry={(isCarried) => {
                      setCarried(isCarried ? index : undefined);
                    }}
                  />
                }
              />
              {refused.has(index) && (
                <p className={css.refused} role="alert">
                  {refused.get(index)}
                </p>
              )}
            </div>
          );
        })}
      </div>
      <Button
        onClick={() => {
          setEdited(charts.length);
        }}
      >
        {t("ui.dashboard.add_chart")}
      </Button>
      {edited !== undefined && (
        <ChartDialog
          chart={charts[edited] ?? newChart(charts)}
          isNew={edited === charts.length}
          onClose={() => {
            setEdited(undefined);
          }}
          onDone={(chart) => {
            const next = [...charts];
            next[edited] = chart;
            onChange({ charts: next });
            setEdited(undefined);
          }}
        />
      )}
    </fieldset>
  );
}
