import { useQuery } from "@tanstack/react-query";

import { onCallQuery } from "../../api/oncall.ts";
import { useWatches } from "../../components/onCall.ts";
import { untilOf } from "../../components/shifts.ts";
import { t } from "../../i18n.ts";
import { Kbd } from "../../ui/Kbd.tsx";
import { useNow } from "../../ui/now.ts";
import { Owner } from "../../ui/Owner.tsx";
import { When } from "../../ui/Times.tsx";
import css from "./Aside.module.css";

/** Beside the list: who is on call, and what the keys do. */
export function Aside({ me }: { me: string }) {
  const { data } = useQuery(onCallQuery);
  const watches = useWatches(data?.items ?? []);
  const now = useNow();
  return (
    <aside className={css.aside} aria-label={t("ui.incidents.beside")}>
      {watches.length > 0 && (
        <section>
          <h2>
            {t("ui.on_call.now")} <small>{t("ui.on_call.until")}</small>
          </h2>
          <ul>
            {watches.map(({ now: present, ahead }) => {
              const until = untilOf(ahead, now);
              return (
                <li key={present.schedule.id}>
                  <div>
                    <span className={css.schedule}>{present.schedule.name}</span>
                    {present.people.map((person) => (
                      <div key={person.user.id}>
                        <Owner person={person.user} me={me} />
                      </div>
                    ))}
                    {present.people.length === 0 && (
                      <b className="wb-triggered">{t("ui.on_call.nobody")}</b>
                    )}
                  </div>
                  {until !== undefined && <When at={until} />}
                </li>
              );
            })}
          </ul>
        </section>
      )}
      <p className={css.keys}>
        <span>
          <Kbd keys="j" />
          <Kbd keys="k" /> {t("ui.keys.short_move")}
        </span>
        <span>
          <Kbd keys="a" /> {t("ui.keys.short_acknowledge")}
        </span>
        <span>
          <Kbd keys="?" /> {t("ui.keys.short_all")}
        </span>
      </p>
    </aside>
  );
}
