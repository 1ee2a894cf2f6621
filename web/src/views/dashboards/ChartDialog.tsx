import { Button, TextInput } from "@mantine/core";
import { useState } from "react";

import { FormFooter } from "../../components/FormFooter.tsx";
import dialogs from "../../components/dialogs.module.css";
import { Modal } from "../../components/Modal.ts";
import { TargetField } from "../../components/targets/TargetField.tsx";
import { t } from "../../i18n.ts";
import css from "./Editor.module.css";
import { chartOf, type DraftChart, TARGETS_MAX } from "./model.ts";

interface ChartDialogProps {
  chart: DraftChart;
  isNew: boolean;
  onClose: () => void;
  onDone: (chart: DraftChart) => void;
}

/** What one chart shows. */
export function ChartDialog({ chart, isNew, onClose, onDone }: ChartDialogProps) {
  return (
    <Modal
      opened
      size="lg"
      onClose={onClose}
      title={t(isNew ? "ui.dashboard.add_chart" : "ui.dashboard.change_chart")}
      closeButtonProps={{ "aria-label": t("ui.close") }}
    >
      <Form chart={chart} isNew={isNew} onClose={onClose} onDone={onDone} />
    </Modal>
  );
}

function Form({ chart, isNew, onClose, onDone }: ChartDialogProps) {
  const [draft, setDraft] = useState(chart);
  const change = (next: Partial<DraftChart>) => {
    setDraft((before) => ({ ...before, ...next }));
  };
  const { targets } = draft;
  const lacking = draft.title.trim() === "" ? "title" : chartOf(draft).targets.length === 0 ? "targets" : undefined;
  return (
    <form
      className={dialogs.form}
      onSubmit={(event) => {
        event.preventDefault();
        // The form of the whole dashboard is not meant.
        event.stopPropagation();
        if (lacking === undefined) {
          onDone({ ...draft, targets: chartOf(draft).targets });
        }
      }}
    >
      <TextInput
        label={t("ui.dashboard.chart_title")}
        description={t("ui.dashboard.chart_title_text")}
        value={draft.title}
        autoComplete="off"
        data-autofocus
        onChange={(event) => {
          change({ title: event.currentTarget.value });
        }}
      />
      {targets.map((target, at) => (
        <TargetField
          key={at}
          n={at + 1}
          value={target}
          onChange={(text) => {
            change({ targets: targets.map((one, index) => (index === at ? text : one)) });
          }}
          onRemove={
            targets.length > 1
              ? () => {
                  change({ targets: targets.filter((_, index) => index !== at) });
                }
              : undefined
          }
        />
      ))}
      {targets.length < TARGETS_MAX && (
        <div>
          <Button
            onClick={() => {
              change({ targets: [...targets, ""] });
            }}
          >
            {t("ui.metrics.add")}
          </Button>
        </div>
      )}
      <div className={css.two}>
        <TextInput
          label={t("ui.dashboard.unit")}
          placeholder={t("ui.dashboard.unit_such_as")}
          value={draft.unit}
          autoComplete="off"
          onChange={(event) => {
            change({ unit: event.currentTarget.value });
          }}
        />
        <TextInput
          label={t("ui.dashboard.y_min")}
          placeholder={t("ui.dashboard.y_min_zero")}
          inputMode="decimal"
          value={draft.yMin}
          autoComplete="off"
          onChange={(event) => {
            change({ yMin: event.currentTarget.value });
          }}
        />
      </div>
      <FormFooter
        save={t(isNew ? "ui.dashboard.add_chart" : "ui.dashboard.take")}
        isPending={false}
        onCancel={onClose}
        why={lacking === undefined ? undefined : t(`ui.dashboard.chart_lacks.${lacking}`)}
      />
    </form>
  );
}
