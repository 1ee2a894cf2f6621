import { useQuery } from "@tanstack/react-query";

import { words } from "../../api/problem.ts";
import { type Selection, summaryQuery, useIsAwaited } from "../../api/rows.ts";
import { t } from "../../i18n.ts";
import { ErrorNote, Loading } from "../../ui/Notes.tsx";
import { SEVERITIES, Severity } from "../../ui/Severity.tsx";
import type { State } from "../../ui/State.tsx";
import css from "./Incidents.module.css";
import { useList } from "./list.ts";
import { type Filter, isFiltered, mayShow, OPEN } from "./model.ts";
import { Nothing } from "./Nothing.tsx";
import { Over } from "./Over.tsx";
import { Section } from "./Section.tsx";

interface GroupsProps {
  filter: Filter;
  selection: Selection;
  query: URLSearchParams;
  onChange: (query: URLSearchParams) => void;
}

const ALONE: Readonly<Record<string, readonly State[]>> = {
  triggered: ["triggered"],
  acknowledged: ["acknowledged"],
};

const TITLES = {
  triggered: "ui.incidents.triggered",
  acknowledged: "ui.incidents.acknowledged",
} as const;

/** Loudest first: what nobody has, what somebody has, what is over. */
export function ByState({ filter, selection, query, onChange }: GroupsProps) {
  const shelf = useList().shelf.use();
  const open = OPEN.filter((state) => mayShow(filter, state));
  const isOverShown = mayShow(filter, "resolved");
  const isEmpty = open.every((state) => shelf[state]?.isKnown === true && shelf[state].rows.length === 0);
  // What comes later stands below what is there: nothing is pushed aside.
  const awaited = {
    triggered: useIsAwaited({ ...selection, state: ["triggered"] }),
    acknowledged: useIsAwaited({ ...selection, state: ["acknowledged"] }),
  };
  const isAfter = (states: readonly State[]) => states.some((state) => awaited[state as keyof typeof awaited]);
  const isOverKnown = !isOverShown || shelf.resolved?.isKnown === true;
  return (
    <>
      {open.length > 0 && isEmpty && isOverKnown && (
        <Nothing filtered={isFiltered(filter)} query={query} onChange={onChange} last={shelf.resolved?.rows[0]} />
      )}
      {open.map((state, index) => (
        <div key={state} hidden={isAfter(open.slice(0, index))}>
          <Section
            name={state}
            title={<span className={`wb-${state}`}>{t(TITLES[state as keyof typeof TITLES])}</span>}
            selection={{ ...selection, state: [state] }}
            states={ALONE[state] ?? OPEN}
          />
        </div>
      ))}
      {isOverShown && (
        <div hidden={isAfter(open)}>
          <Over selection={{ ...selection, state: ["resolved"] }} isAlone={open.length === 0} />
        </div>
      )}
    </>
  );
}

/** As many groups as begin open; more would ask for too much at once. */
const OPEN_GROUPS = 6;

/** What a list by severity or service shows: what is open, unless something else was asked for. */
function ofGroups(filter: Filter, selection: Selection) {
  const states = filter.state.length === 0 ? OPEN : (filter.state as State[]);
  return { states, selection: { ...selection, state: [...states] } };
}

/** How bad, worst first. */
export function BySeverity({ filter, selection, query, onChange }: GroupsProps) {
  const of = ofGroups(filter, selection);
  const summary = useQuery(summaryQuery(of.selection));
  if (summary.data === undefined) {
    return <Unknown error={summary.error} again={() => void summary.refetch()} />;
  }
  const counts = new Map(summary.data.severities.map((one) => [one.severity, one.count]));
  if (summary.data.total === 0) {
    return <Nothing filtered={isFiltered(filter)} query={query} onChange={onChange} />;
  }
  return SEVERITIES.filter((severity) => (counts.get(severity) ?? 0) > 0).map((severity) => (
    <Section
      key={severity}
      name={severity}
      title={<Severity severity={severity} word />}
      count={counts.get(severity) ?? 0}
      selection={{ ...of.selection, severity: [severity] }}
      states={of.states}
      canFold
    />
  ));
}

/** By service, those with the worst first. */
export function ByService({ filter, selection, query, onChange }: GroupsProps) {
  const of = ofGroups(filter, selection);
  const summary = useQuery(summaryQuery(of.selection));
  if (summary.data === undefined) {
    return <Unknown error={summary.error} again={() => void summary.refetch()} />;
  }
  if (summary.data.total === 0) {
    return <Nothing filtered={isFiltered(filter)} query={query} onChange={onChange} />;
  }
  return summary.data.services.map(({ service, count, worst }, index) => (
    <Section
      key={service.id}
      name={service.id}
      title={service.name ?? service.id}
      count={count}
      small={
        <span className={css.worst}>
          {t("ui.incidents.count", { count })}
          {worst != null && <Severity severity={worst} />}
        </span>
      }
      selection={{ ...of.selection, service: [service.id] }}
      states={of.states}
      isFolded={index >= OPEN_GROUPS}
      canFold
    />
  ));
}

function Unknown({ error, again }: { error: unknown; again: () => void }) {
  return error === null ? (
    <Loading rows={5} />
  ) : (
    <ErrorNote title={t("ui.incidents.failed")} detail={words(error).detail} again={again} />
  );
}
