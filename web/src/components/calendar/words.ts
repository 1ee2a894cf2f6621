import { useQuery } from "@tanstack/react-query";

import { usersQuery } from "../../api/oncall.ts";
import type { Override } from "../../api/overrides.ts";
import { t } from "../../i18n.ts";
import { nameOf } from "../../ui/Owner.tsx";

/** What an override does, in words with names. */
export function useOverrideWords(): (change: Override["change"]) => string {
  const { data } = useQuery(usersQuery);
  const name = (id: string) => nameOf(data?.items.find((one) => one.id === id) ?? { id });
  return (change) => {
    switch (change.type) {
      case "replace":
        return typeof change.who === "string"
          ? t("ui.override.words.replace", { name: name(change.with), who: name(change.who) })
          : t("ui.override.words.replace_all", { name: name(change.with) });
      case "add":
      case "remove":
      case "shadow":
        return t(`ui.override.words.${change.type}`, { name: name(change.user) });
    }
  };
}
