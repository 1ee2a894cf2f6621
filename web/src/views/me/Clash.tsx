import type { UserChange, UserSaving } from "./saving.ts";

import { bodyOfUser } from "../../api/people.ts";
import type { User } from "../../api/types.ts";
import { Conflict } from "../../components/Conflict.tsx";
import { t } from "../../i18n.ts";
import { URGENCIES } from "./model.ts";
import { rulesText } from "./words.ts";

/** Where two edits of the account met: both versions of what one was changing. */
export function Clash({ saving, name }: { saving: UserSaving; name: string }) {
  const { clash } = saving;
  if (clash === undefined) {
    return null;
  }
  return (
    <Conflict
      name={name}
      differences={differences(clash.mine, clash.theirs.value)}
      isPending={saving.isPending}
      onMine={saving.keepMine}
      onTheirs={saving.takeTheirs}
    />
  );
}

function differences(mine: UserChange, theirs: User) {
  const now = bodyOfUser(theirs);
  const after: User = { ...theirs, rules: mine.rules ?? theirs.rules ?? null };
  const fields = [
    ...(["name", "email", "zone"] as const).map((field) => ({
      label: t(`ui.me.${field}`),
      mine: mine[field] ?? now[field],
      theirs: now[field],
    })),
    {
      label: t("ui.me.methods"),
      mine: (mine.methods ?? now.methods ?? []).map((one) => one.name).join(", "),
      theirs: (now.methods ?? []).map((one) => one.name).join(", "),
    },
    ...URGENCIES.map((urgency) => ({
      label: t(`ui.me.rules_${urgency}`),
      mine: rulesText(after, urgency),
      theirs: rulesText(theirs, urgency),
    })),
  ];
  return fields.filter((field) => field.mine !== field.theirs);
}
