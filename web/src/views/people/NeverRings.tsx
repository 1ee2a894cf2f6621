import { useQuery } from "@tanstack/react-query";

import { channelsQuery } from "../../api/me.ts";
import type { User } from "../../api/types.ts";
import { deadRules } from "../../components/neverRings.ts";
import { t } from "../../i18n.ts";
import { Glyph } from "../../ui/Glyph.tsx";
import css from "./People.module.css";

/** That rules of somebody never ring, because this server cannot send over their ways. */
export function NeverRings({ user }: { user: User }) {
  const { data } = useQuery(channelsQuery);
  const count = deadRules(user, data?.items ?? []);
  return (
    count > 0 && (
      <p className={css.unconfirmed}>
        <Glyph name="wait" />
        <span>{t("ui.people.never_ring", { count })}</span>
      </p>
    )
  );
}
