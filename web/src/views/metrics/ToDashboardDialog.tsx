import "@mantine/core/styles/Popover.layer.css";
import "@mantine/core/styles/Combobox.layer.css";

import { Select, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";

import { dashboardsQuery, useAddChart } from "../../api/dashboards.ts";
import { ApiError } from "../../api/problem.ts";
import { useMe } from "../../api/session.ts";
import dialogs from "../../components/dialogs.module.css";
import { FormFooter } from "../../components/FormFooter.tsx";
import { Modal } from "../../components/Modal.ts";
import { mayWrite } from "../../components/rights.ts";
import { t } from "../../i18n.ts";
import { paths } from "../../ui/paths.ts";
import { toast } from "../../ui/toasts.ts";

interface ToDashboardDialogProps {
  isOpen: boolean;
  /** What the chart shows. */
  targets: readonly string[];
  onClose: () => void;
}

/** Stands for a dashboard that is not there yet. */
const NEW = "new";

/** Makes what is explored a chart of a dashboard. */
export default function ToDashboardDialog({ isOpen, onClose, targets }: ToDashboardDialogProps) {
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={t("ui.metrics.to_dashboard")}
      closeButtonProps={{ "aria-label": t("ui.close") }}
    >
      <Form targets={targets} onClose={onClose} />
    </Modal>
  );
}

function Form({ targets, onClose }: Omit<ToDashboardDialogProps, "isOpen">) {
  const me = useMe();
  const navigate = useNavigate();
  const { data } = useQuery(dashboardsQuery);
  const add = useAddChart();
  const mine = (data?.items ?? []).filter((one) => mayWrite(me, one.team));
  const [picked, setPicked] = useState<string>();
  const [title, setTitle] = useState(targets[0] ?? "");
  const to = picked ?? mine[0]?.id ?? NEW;
  const isNew = to === NEW;
  const submit = () => {
    if (isNew) {
      void navigate(paths.newDashboard(targets));
      return;
    }
    const chart = { title: title.trim(), targets: [...targets], unit: null, y_min: null, width: 1 };
    add.mutate(
      { id: to, chart },
      {
        onSuccess: ({ value }) => {
          onClose();
          toast({
            glyph: "resolved",
            tone: "resolved",
            text: t("ui.metrics.added", { name: value.name }),
            action: { label: t("ui.metrics.show_it"), run: () => void navigate(paths.dashboard(value.id)) },
          });
        },
      },
    );
  };
  const isBlank = !isNew && title.trim() === "";
  return (
    <form
      className={dialogs.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (!isBlank && data !== undefined) {
          submit();
        }
      }}
    >
      <Select
        label={t("ui.views.dashboard")}
        data={[
          ...mine.map((one) => ({ value: one.id, label: one.name })),
          { value: NEW, label: t("ui.metrics.new_dashboard") },
        ]}
        value={to}
        allowDeselect={false}
        comboboxProps={{ transitionProps: { duration: 0 } }}
        onChange={(next) => {
          setPicked(next ?? undefined);
        }}
      />
      {!isNew && (
        <TextInput
          label={t("ui.dashboard.chart_title")}
          value={title}
          autoComplete="off"
          data-autofocus
          onChange={(event) => {
            setTitle(event.currentTarget.value);
          }}
        />
      )}
      <FormFooter
        save={t(isNew ? "ui.metrics.go_on" : "ui.metrics.add_it")}
        isPending={add.isPending}
        onCancel={onClose}
        why={isBlank ? t("ui.dashboard.chart_lacks.title") : undefined}
        error={add.error}
        detail={add.error instanceof ApiError ? Object.values(add.error.fields).join(" ") || undefined : undefined}
      />
    </form>
  );
}
