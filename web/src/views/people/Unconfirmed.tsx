import { useQuery } from "@tanstack/react-query";

import { rechecksQuery } from "../../api/rechecks.ts";
import type { User } from "../../api/types.ts";
import { Glyph } from "../../ui/Glyph.tsx";
import { Say } from "../../ui/Say.tsx";
import { When } from "../../ui/Times.tsx";
import css from "./People.module.css";

/** The contact methods of somebody that left their monthly test unanswered. */
export function Unconfirmed({ user }: { user: Pick<User, "id"> }) {
  const { data } = useQuery(rechecksQuery);
  const overdue = (data ?? []).filter((one) => one.user === user.id && one.overdue);
  return overdue.map((one) => (
    <p key={one.method} className={css.unconfirmed}>
      <Glyph name="wait" />
      <span>
        <Say k="ui.people.unconfirmed" values={{ name: one.name, when: <When at={one.confirmed_at} /> }} />
      </span>
    </p>
  ));
}
