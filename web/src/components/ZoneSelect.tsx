import { Select } from "@mantine/core";
import type { ReactNode } from "react";

import { t } from "../i18n.ts";

interface ZoneSelectProps {
  label: string;
  value: string;
  /** What an empty choice means; without it one has to be chosen. */
  none?: string;
  /** What it is used for. */
  description?: string;
  error?: ReactNode;
  onChange: (zone: string) => void;
}

/** As many as a list can show at once; the rest is found by typing. */
const SHOWN = 40;

let known: readonly string[] | undefined;

/** The zones this browser knows, UTC first. */
function zones(): readonly string[] {
  known ??= ["UTC", ...Intl.supportedValuesOf("timeZone").filter((zone) => zone !== "UTC")];
  return known;
}

/** Chooses a time zone by a part of its name. */
export function ZoneSelect({ label, value, none, description, error, onChange }: ZoneSelectProps) {
  const all = zones().includes(value) || value === "" ? zones() : [value, ...zones()];
  return (
    <Select
      label={label}
      description={description}
      data={[...all]}
      value={value === "" ? null : value}
      placeholder={none ?? t("ui.zone.choose")}
      error={error}
      searchable
      clearable={none !== undefined}
      allowDeselect={none !== undefined}
      clearButtonProps={{ "aria-label": t("ui.zone.clear") }}
      limit={SHOWN}
      nothingFoundMessage={t("ui.zone.unknown")}
      comboboxProps={{ transitionProps: { duration: 0 } }}
      onChange={(zone) => {
        onChange(zone ?? "");
      }}
    />
  );
}
