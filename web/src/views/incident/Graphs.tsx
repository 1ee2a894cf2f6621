import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { graphsQuery } from "../../api/graphs.ts";
import type { IncidentDetail } from "../../api/types.ts";
import { Coming, Graph, preload } from "../../components/graph/Graph.tsx";
import { t } from "../../i18n.ts";
import { ErrorNote } from "../../ui/Notes.tsx";
import css from "./Graphs.module.css";
import { episodes } from "./model.ts";

/** As many graphs as are shown before somebody asks for more. */
const FEW = 3;

/** What the monitors of an incident saw. Nothing, and no room for it, where none is part of it. */
export function Graphs({ incident }: { incident: IncidentDetail }) {
  const { data, isError, refetch } = useQuery(graphsQuery(incident.id));
  const [isAll, setIsAll] = useState(false);
  const expected = episodes(incident.alerts);
  useEffect(() => {
    if (expected > 0) {
      preload();
    }
  }, [expected]);
  if (data === undefined) {
    if (expected === 0) {
      return null;
    }
    return isError ? (
      <ErrorNote title={t("ui.graph.failed")} detail={t("ui.graph.failed_detail")} again={() => void refetch()} />
    ) : (
      <div className={css.graphs}>
        {Array.from({ length: Math.min(FEW, expected) }, (_, index) => (
          <Coming key={index} />
        ))}
      </div>
    );
  }
  const { items } = data;
  if (items.length === 0) {
    return null;
  }
  return (
    <div className={css.graphs}>
      {items.slice(0, isAll ? undefined : FEW).map((graph) => (
        <Graph key={graph.key} graph={graph} />
      ))}
      {items.length > FEW && !isAll && (
        <button
          type="button"
          className={`wb-link ${css.all}`}
          onClick={() => {
            setIsAll(true);
          }}
        >
          {t("ui.graph.show_all", { n: items.length })}
        </button>
      )}
    </div>
  );
}
