import { Button } from "@mantine/core";

import type { Incident } from "../../api/types.ts";
import { t } from "../../i18n.ts";
import { Empty } from "../../ui/Notes.tsx";
import { useNow } from "../../ui/now.ts";
import { millis, span, when } from "../../ui/time.ts";
import { useZone } from "../../ui/zone.ts";
import { NONE, writeFilter } from "./model.ts";

interface NothingProps {
  filtered: boolean;
  query: URLSearchParams;
  onChange: (query: URLSearchParams) => void;
  /** The incident that was resolved last. */
  last?: Incident | undefined;
}

/** No open incident: something to be proud of, unless a filter hides them. */
export function Nothing({ filtered, query, onChange, last }: NothingProps) {
  const now = useNow();
  const zone = useZone();
  if (filtered) {
    return (
      <Empty title={t("ui.incidents.no_match")} text={t("ui.incidents.no_match_text")}>
        <Button
          onClick={() => {
            onChange(writeFilter(query, NONE));
          }}
        >
          {t("ui.incidents.drop_filters")}
        </Button>
      </Empty>
    );
  }
  const over =
    last?.resolved_at == null
      ? t("ui.incidents.nothing_ever")
      : t("ui.incidents.nothing_since", {
          number: last.number,
          when: when(last.resolved_at, now, zone),
          took: span(millis(last.resolved_at) - millis(last.opened_at)),
        });
  return <Empty title={t("ui.incidents.nothing")} text={over} />;
}
