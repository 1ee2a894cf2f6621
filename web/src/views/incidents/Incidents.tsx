import { Button } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate, useSearchParams } from "react-router";

import { openIncidents, resolvedIncidents } from "../../api/incidents.ts";
import { words } from "../../api/problem.ts";
import { useMe } from "../../api/session.ts";
import type { Incident } from "../../api/types.ts";
import { useAct } from "../../components/act.ts";
import { useResolve } from "../../components/resolve.tsx";
import { useViewTitle } from "../../components/title.ts";
import { t } from "../../i18n.ts";
import { useCommands } from "../../ui/commands.ts";
import { ErrorNote, Loading } from "../../ui/Notes.tsx";
import { useNow } from "../../ui/now.ts";
import { paths } from "../../ui/paths.ts";
import { millis, span } from "../../ui/time.ts";
import { Aside } from "./Aside.tsx";
import { Filters } from "./Filters.tsx";
import css from "./Incidents.module.css";
import { group, type Groups, isFiltered, medianTook, neighbour, passes, readFilter, servicesOf } from "./model.ts";
import { Nothing } from "./Nothing.tsx";
import { Row } from "./Row.tsx";

const DAY = 24 * 3_600_000;

/** As many resolved ones as the list shows before somebody asks for more. */
const FEW = 5;

/** What is wrong, and who has it? */
export default function Incidents() {
  useViewTitle(t("ui.views.incidents"));
  const open = useQuery(openIncidents);
  const over = useInfiniteQuery(resolvedIncidents);
  return (
    <>
      <header className={css.head}>
        <h1>{t("ui.views.incidents")}</h1>
      </header>
      {open.data !== undefined && (
        <List
          open={open.data.items}
          more={(open.data.next ?? null) !== null}
          over={over.data?.pages.flatMap((page) => page.items) ?? []}
          older={over.hasNextPage ? () => void over.fetchNextPage() : undefined}
          isKnown={!over.isPending}
        />
      )}
      {open.data === undefined && open.isPending && <Loading rows={5} />}
      {open.data === undefined && open.isError && (
        <ErrorNote
          title={t("ui.incidents.failed")}
          detail={words(open.error).detail}
          again={() => void open.refetch()}
        />
      )}
    </>
  );
}

interface ListProps {
  open: readonly Incident[];
  /** There are more open ones than these. */
  more: boolean;
  over: readonly Incident[];
  older: (() => void) | undefined;
  /** Whether it is known what was resolved. */
  isKnown: boolean;
}

function List({ open, more, over, older, isKnown }: ListProps) {
  const me = useMe().user;
  const [query, setQuery] = useSearchParams();
  const filter = readFilter(query);
  const now = useNow();
  const held = useHeld(open);
  const [isAll, setIsAll] = useState(false);
  const recent = over.filter((one) => isAll || now - millis(one.resolved_at ?? one.updated_at) < DAY);
  const groups = group(
    open.filter((one) => !held.waiting.has(one.id) && passes(filter, me, one)),
    recent.filter((one) => passes(filter, me, one)),
  );
  const resolved = isAll ? groups.resolved : groups.resolved.slice(0, FEW);
  const shown = [...groups.triggered, ...groups.acknowledged, ...resolved];
  const selection = useSelection(shown);
  const search = (next: URLSearchParams) => {
    setQuery(next, { replace: true });
  };
  return (
    <>
      <Filters filter={filter} services={servicesOf([...open, ...over])} query={query} onChange={search} />
      <div className={css.wrap}>
        <div onPointerEnter={held.hold} onPointerLeave={held.release}>
          {held.waiting.size > 0 && (
            <button type="button" className={css.waiting} onClick={held.release}>
              {t("ui.incidents.waiting", { count: held.waiting.size })}
            </button>
          )}
          {more && <p className={css.more}>{t("ui.incidents.more", { n: open.length })}</p>}
          {isKnown && groups.triggered.length + groups.acknowledged.length === 0 && (
            <Nothing filtered={isFiltered(filter)} query={query} onChange={search} last={over[0]} />
          )}
          <GroupOf name="triggered" rows={groups.triggered} selected={selection.id} />
          <GroupOf name="acknowledged" rows={groups.acknowledged} selected={selection.id} />
          <Over groups={groups} rows={resolved} selected={selection.id} isAll={isAll}>
            <OverMore
              hidden={groups.resolved.length - resolved.length}
              hasOlder={older !== undefined || over.length > recent.length}
              isAll={isAll}
              older={older}
              onAll={() => {
                setIsAll(true);
              }}
            />
          </Over>
        </div>
        <Aside me={me.id} />
      </div>
      {selection.dialog}
    </>
  );
}

/** New rows wait while the pointer is over the list: nothing jumps away under it. */
function useHeld(open: readonly Incident[]) {
  const [known, setKnown] = useState<ReadonlySet<string>>();
  const waiting = new Set(
    known === undefined ? [] : open.map((one) => one.id).filter((id) => !known.has(id)),
  );
  return {
    waiting,
    hold: (event: React.PointerEvent) => {
      // A finger does not hover.
      if (event.pointerType === "mouse") {
        setKnown(new Set(open.map((one) => one.id)));
      }
    },
    release: () => {
      setKnown(undefined);
    },
  };
}

/** The selected row, which the keys act on; the address keeps it. */
function useSelection(shown: readonly Incident[]) {
  const [query, setQuery] = useSearchParams();
  const resolve = useResolve();
  const navigate = useNavigate();
  const act = useAct();
  const ids = shown.map((one) => one.id);
  const named = query.get("at");
  const incident = shown.find((one) => String(one.number) === named) ?? shown.find((one) => one.state === "triggered");
  const move = (step: 1 | -1) => {
    const isMoving = named !== null;
    const id = isMoving ? neighbour(ids, incident?.id, step) : (incident?.id ?? ids[0]);
    const next = shown.find((one) => one.id === id);
    if (next !== undefined) {
      const at = new URLSearchParams(query);
      at.set("at", String(next.number));
      setQuery(at, { replace: true });
      document.getElementById(rowId(next.id))?.focus();
    }
  };
  const down = () => {
    move(1);
  };
  const up = () => {
    move(-1);
  };
  const isOpen = incident !== undefined && incident.state !== "resolved";
  useCommands("view", [
    {
      keys: "a",
      text: t("ui.keys.acknowledge_selected"),
      isOff: incident?.state !== "triggered",
      run: () => {
        if (incident !== undefined) {
          act.acknowledge(incident);
        }
      },
    },
    {
      keys: "r",
      text: t("ui.keys.resolve_selected"),
      isOff: !isOpen,
      run: () => {
        if (incident !== undefined) {
          resolve.ask(incident);
        }
      },
    },
    { keys: "j", text: t("ui.keys.down"), repeats: true, run: down },
    { keys: "k", text: t("ui.keys.up"), repeats: true, run: up },
    { keys: "ArrowDown", text: "", repeats: true, run: down },
    { keys: "ArrowUp", text: "", repeats: true, run: up },
    {
      keys: "Enter",
      text: t("ui.keys.open"),
      isOff: incident === undefined,
      run: () => {
        if (incident !== undefined) {
          void navigate(paths.incident(incident.id));
        }
      },
    },
    {
      keys: "f",
      text: t("ui.keys.filter"),
      find: { text: t("ui.keys.filter"), glyph: "find" },
      run: () => {
        document.getElementById("filter")?.focus();
      },
    },
  ]);
  return { id: incident?.id, dialog: resolve.dialog };
}

/** The id of a row's link, for moving the focus. */
function rowId(id: string): string {
  return `row-${id}`;
}

interface GroupProps {
  name: keyof Groups;
  rows: readonly Incident[];
  selected: string | undefined;
}

function GroupOf({ name, rows, selected }: GroupProps) {
  if (rows.length === 0) {
    return null;
  }
  return (
    <section className={css.group} aria-labelledby={`group-${name}`}>
      <h2 id={`group-${name}`} className={`wb-${name}`}>
        {t(`ui.incidents.${name}`)}
      </h2>
      <Rows rows={rows} selected={selected} />
    </section>
  );
}

function Rows({ rows, selected }: { rows: readonly Incident[]; selected: string | undefined }) {
  // Rows that were there when the list was first shown are not new.
  const [seen] = useState<ReadonlySet<string>>(() => new Set(rows.map((one) => one.id)));
  return (
    <ul>
      {rows.map((incident) => (
        <Row
          key={incident.id}
          id={rowId(incident.id)}
          incident={incident}
          isSelected={incident.id === selected}
          isNew={!seen.has(incident.id)}
        />
      ))}
    </ul>
  );
}

interface OverProps {
  groups: Groups;
  rows: readonly Incident[];
  selected: string | undefined;
  isAll: boolean;
  children: React.ReactNode;
}

function Over({ groups, rows, selected, isAll, children }: OverProps) {
  const median = medianTook(groups.resolved);
  return (
    <section className={css.group} aria-labelledby="group-resolved">
      {rows.length > 0 && (
        <>
          <h2 id="group-resolved">
            <span className="wb-resolved">
              {isAll ? t("ui.incidents.resolved_all") : t("ui.incidents.resolved")}
            </span>
            {median !== undefined && (
              <small>{t("ui.incidents.median", { n: groups.resolved.length, median: span(median) })}</small>
            )}
          </h2>
          <Rows rows={rows} selected={selected} />
        </>
      )}
      {children}
    </section>
  );
}

interface OverMoreProps {
  hidden: number;
  hasOlder: boolean;
  isAll: boolean;
  older: (() => void) | undefined;
  onAll: () => void;
}

function OverMore({ hidden, hasOlder, isAll, older, onAll }: OverMoreProps) {
  if (!isAll) {
    return hidden === 0 && !hasOlder ? null : (
      <button type="button" className={`wb-link ${css.showMore}`} onClick={onAll}>
        {hidden > 0 ? t("ui.incidents.show_more", { n: hidden }) : t("ui.incidents.show_older")}
      </button>
    );
  }
  return older === undefined ? null : <Button onClick={older}>{t("ui.incidents.show_older")}</Button>;
}

