import { useQuery } from "@tanstack/react-query";

import { graphsQuery } from "../../api/graphs.ts";
import { policyQuery } from "../../api/incidents.ts";
import { useMe } from "../../api/session.ts";
import type { IncidentDetail } from "../../api/types.ts";
import { isBeyond, limit, present } from "../../components/graph/model.ts";
import { useHeld } from "../../components/held.ts";
import { t } from "../../i18n.ts";
import { short } from "../../ui/figures.ts";
import { useNow } from "../../ui/now.ts";
import { nameOf } from "../../ui/Owner.tsx";
import { Readout, Readouts } from "../../ui/Readouts.tsx";
import { Say } from "../../ui/Say.tsx";
import { millis, span } from "../../ui/time.ts";
import { In, Running, When } from "../../ui/Times.tsx";
import { episodes, track } from "./model.ts";
import { Track } from "./Track.tsx";

/** Takes the room of a line. */
const NOTHING_YET = "\u00A0";

/** The readouts: open for, owner, and when the next person is woken. */
export function Summary({ incident }: { incident: IncidentDetail }) {
  const me = useMe().user.id;
  const { state, owner, opened_at, resolved_at, acknowledged_at } = incident;
  const isMine = owner?.id === me;
  return (
    <Readouts>
      {state === "resolved" && resolved_at != null ? (
        <Readout
          label={t("ui.incident.was_open_for")}
          small={<Say k="ui.incident.until" values={{ when: <When at={resolved_at} seconds /> }} />}
        >
          {span(millis(resolved_at) - millis(opened_at))}
        </Readout>
      ) : (
        <Readout
          label={t("ui.incident.open_for")}
          small={<Say k="ui.incident.since" values={{ when: <When at={opened_at} seconds /> }} />}
        >
          <Running at={opened_at} />
        </Readout>
      )}
      <Readout
        label={t("ui.incident.owner")}
        wrong={owner == null && state === "triggered"}
        small={
          owner != null && acknowledged_at != null ? (
            <Say k="ui.incident.since" values={{ when: <When at={acknowledged_at} seconds /> }} />
          ) : undefined
        }
      >
        {owner == null
          ? state === "resolved"
            ? t("ui.incident.no_owner")
            : t("ui.owner.nobody")
          : isMine
            ? t("ui.owner.you")
            : nameOf(owner)}
      </Readout>
      {state !== "resolved" && <ValueNow incident={incident} />}
      {acknowledged_at != null && (
        <Readout label={t("ui.incident.taken_after")}>{span(millis(acknowledged_at) - millis(opened_at))}</Readout>
      )}
      {incident.open_alert_count > 1 && (
        <Readout label={t("ui.incident.alerts")} small={t("ui.incident.of", { n: incident.alert_count })}>
          {t("ui.incident.firing", { n: incident.open_alert_count })}
        </Readout>
      )}
      <NextReadout incident={incident} />
      <Escalation incident={incident} />
    </Readouts>
  );
}

/** What the first monitor sees at present; its room is kept while that is still asked for. */
function ValueNow({ incident }: { incident: IncidentDetail }) {
  const { data } = useQuery(graphsQuery(incident.id));
  const graph = data?.items.find((one) => one.is_live) ?? data?.items[0];
  if (graph === undefined) {
    return data === undefined && episodes(incident.alerts) > 0 ? (
      <Readout label={t("ui.incident.value_now")}>{NOTHING_YET}</Readout>
    ) : null;
  }
  const value = present(graph)?.value;
  return (
    <Readout
      label={t("ui.incident.value_now")}
      wrong={value !== undefined && isBeyond(graph.side, graph.threshold, value)}
      small={t("ui.graph.fires", { limit: limit(graph) })}
    >
      {value === undefined ? t("ui.incident.no_value") : short(value)}
    </Readout>
  );
}

/** On a phone the track has no room: the next mark stands as a value. */
function NextReadout({ incident }: { incident: IncidentDetail }) {
  const { next, state } = incident;
  const held = useHeld();
  if (state !== "triggered") {
    return null;
  }
  if (held !== undefined) {
    return (
      <Readout only="narrow" label={t("ui.incident.next_page")} small={next?.targets.join(", ")} wrong>
        {t("ui.incident.held")}
      </Readout>
    );
  }
  if (next == null) {
    return (
      <Readout only="narrow" label={t("ui.incident.next_page")} wrong>
        {t("ui.incident.none")}
      </Readout>
    );
  }
  return (
    <Readout
      only="narrow"
      label={next.targets.length === 0 ? t("ui.incident.policy_end") : t("ui.incident.next_page")}
      small={next.targets.join(", ")}
    >
      <In at={next.at} />
    </Readout>
  );
}

function Escalation({ incident }: { incident: IncidentDetail }) {
  const now = useNow();
  const held = useHeld();
  const policyId = incident.policy?.id ?? "";
  const { data: policy } = useQuery({
    ...policyQuery(policyId),
    enabled: policyId !== "" && incident.next != null,
  });
  const found = track(incident, policy, now, held !== undefined);
  if (found === undefined || incident.state !== "triggered") {
    return null;
  }
  return (
    <Readout wide only="wide" label={t("ui.incident.escalation")}>
      <Track track={found} now={now} />
    </Readout>
  );
}
