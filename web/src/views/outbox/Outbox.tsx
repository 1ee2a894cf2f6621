import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "react-router";

import { incidentQuery, openIncidents } from "../../api/incidents.ts";
import { usersQuery } from "../../api/oncall.ts";
import { outboxQuery } from "../../api/outbox.ts";
import { words } from "../../api/problem.ts";
import { useViewTitle } from "../../components/title.ts";
import { t } from "../../i18n.ts";
import { Glyph } from "../../ui/Glyph.tsx";
import { Empty, ErrorNote, Loading } from "../../ui/Notes.tsx";
import { shortName } from "../../ui/Owner.tsx";
import { Messages } from "./Messages.tsx";
import { type Device, devices } from "./model.ts";
import css from "./Outbox.module.css";
import { Phone } from "./Phone.tsx";

/** As many phones as stand beside each other. */
const AT_MOST = 3;

/** What arrived on whose phone? Only in the demo. */
export default function Outbox() {
  useViewTitle(t("ui.views.outbox"));
  const { data, error, refetch } = useQuery(outboxQuery);
  const { data: users } = useQuery(usersQuery);
  const [query, setQuery] = useSearchParams();
  const coming = useComing();
  const dueOf = (device: Device) => coming.get(device.id) ?? coming.get(device.name);
  // Who has messages first, then who will have some.
  const all = devices(data ?? [], users?.items ?? []).sort(
    (a, b) => Number(b.messages.length > 0) - Number(a.messages.length > 0) || Number(dueOf(b) !== undefined) - Number(dueOf(a) !== undefined),
  );
  const named = all.find((one) => one.id === query.get("of"));
  const phones = all.filter((one) => one.isPerson);
  const chosen = named ?? phones[0];
  const shown = named === undefined ? phones.slice(0, AT_MOST) : [named, ...phones.filter((one) => one !== named)].slice(0, AT_MOST);
  return (
    <>
      <h1 className={css.title}>{t("ui.views.outbox")}</h1>
      <p className={css.demo}>
        <Glyph name="mail" />
        {t("ui.outbox.about")}
      </p>
      {data === undefined && error === null && <Loading />}
      {error !== null && data === undefined && (
        <ErrorNote title={t("ui.outbox.failed")} detail={words(error).detail} again={() => void refetch()} />
      )}
      {data === null && <Empty title={t("ui.outbox.no_demo")} />}
      {data !== undefined && data !== null && (
        <div className={css.columns}>
          <Messages items={data} devices={all} />
          <div>
            <div className={css.pick} role="group" aria-label={t("ui.outbox.whose")}>
              {all.map((device) => (
                <button
                  key={device.id}
                  type="button"
                  aria-pressed={device.id === chosen?.id}
                  onClick={() => {
                    const next = new URLSearchParams(query);
                    next.set("of", device.id);
                    setQuery(next, { replace: true });
                  }}
                >
                  {t("ui.outbox.pick", {
                    name: device.isPerson ? shortName(device) : device.name,
                    n: device.messages.length,
                  })}
                </button>
              ))}
            </div>
            <div className={css.phones}>
              {shown.map((device) => (
                <Phone key={device.id} device={device} coming={dueOf(device)} isChosen={device === chosen} />
              ))}
            </div>
          </div>
        </div>
      )}
    </>
  );
}

/** When each person will be told: by id for planned messages, by name for the next step. */
function useComing(): ReadonlyMap<string, string> {
  const { data: open } = useQuery(openIncidents);
  const first = open?.items.find((one) => one.state === "triggered");
  const { data: incident } = useQuery({ ...incidentQuery(first?.id ?? ""), enabled: first !== undefined });
  const found = new Map<string, string>();
  for (const target of incident?.next?.targets ?? []) {
    found.set(target, incident?.next?.at ?? "");
  }
  for (const page of incident?.pages ?? []) {
    const due = page.deliveries.find((one) => one.state === "planned")?.due_at;
    if (due !== undefined) {
      found.set(page.recipient.id, due);
    }
  }
  return found;
}
