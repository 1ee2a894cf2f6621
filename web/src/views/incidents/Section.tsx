import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";

import { words } from "../../api/problem.ts";
import { flatten, PAGE_ROWS, type Selection, useRows } from "../../api/rows.ts";
import { t } from "../../i18n.ts";
import { Glyph } from "../../ui/Glyph.tsx";
import { ErrorNote, Loading } from "../../ui/Notes.tsx";
import type { State } from "../../ui/State.tsx";
import { millis } from "../../ui/time.ts";
import css from "./Incidents.module.css";
import { useList } from "./list.ts";
import { urgent } from "./model.ts";
import { Rows } from "./Rows.tsx";

interface SectionProps {
  name: string;
  title: ReactNode;
  small?: ReactNode;
  /** Which of the selected incidents stand here. */
  selection: Selection;
  states: readonly State[];
  /** How many there are, when it is known before they are asked for. */
  count?: number;
  /** Begins closed: nothing is asked for until it is opened. */
  isFolded?: boolean;
  /** Can be closed. */
  canFold?: boolean;
}

/** Some of the incidents under a heading, live, as many as somebody looks at. */
export function Section({ name, title, small, selection, states, count, isFolded = false, canFold = false }: SectionProps) {
  const [isOpen, setIsOpen] = useState(!isFolded);
  const rows = useRows(selection, () => lookedAt(name), isOpen);
  const { heldSince, release } = useList();
  const all = useMemo(
    () => flatten(rows.data).filter((one) => states.includes(one.state)),
    [rows.data, states],
  );
  const isWhole = rows.data?.pages.length === 1 && !rows.hasNextPage;
  const shown = useMemo(() => {
    const here = all.filter((one) => heldSince === undefined || millis(one.opened_at) <= heldSince);
    // What is not all there cannot be sorted: it would jump with each page that comes.
    return isWhole ? [...here].sort(urgent) : here;
  }, [all, heldSince, isWhole]);
  const waiting = all.length - shown.length;
  if (isOpen && rows.data !== undefined && all.length === 0) {
    return <Rows name={name} rows={shown} isKnown total={0} />;
  }
  return (
    <section className={css.group} aria-labelledby={`group-${name}`}>
      <h2 id={`group-${name}`}>
        {canFold ? (
          <button
            type="button"
            className={css.fold}
            aria-expanded={isOpen}
            onClick={() => {
              setIsOpen(!isOpen);
            }}
          >
            <Glyph name="back" size={14} />
            {title}
          </button>
        ) : (
          title
        )}
        <small>
          {small ?? (count !== undefined && t("ui.incidents.count", { count }))}
          {!isWhole && isOpen && rows.data !== undefined && <> {t("ui.incidents.newest_first")}</>}
        </small>
      </h2>
      {isOpen && waiting > 0 && (
        <button type="button" className={css.waiting} onClick={release}>
          {t("ui.incidents.waiting", { count: waiting })}
        </button>
      )}
      {isOpen && rows.data === undefined && rows.isPending && <Loading rows={2} />}
      {isOpen && rows.data === undefined && rows.isError && (
        <ErrorNote
          title={t("ui.incidents.failed")}
          detail={words(rows.error).detail}
          again={() => void rows.refetch()}
        />
      )}
      {isOpen && (
        <Rows name={name} rows={shown} isKnown={rows.data !== undefined} total={count ?? shown.length} />
      )}
      {isOpen && <Further rows={rows} />}
    </section>
  );
}

/** Which pages of a section are on the screen. */
export function lookedAt(name: string): number[] {
  const drawn = [...document.querySelectorAll<HTMLElement>(`[data-section="${name}"] [data-index]`)];
  const places = drawn.map((one) => Math.floor(Number(one.dataset.index ?? "0") / PAGE_ROWS));
  return [...new Set(places)];
}

interface FurtherProps {
  rows: {
    hasNextPage: boolean;
    isFetchingNextPage: boolean;
    isFetchNextPageError: boolean;
    fetchNextPage: () => unknown;
  };
}

/** How far below the screen the next page is asked for. */
const AHEAD = "1200px";

/** Asks for the next page before somebody comes to the end; the button is for those without a pointer. */
export function Further({ rows }: FurtherProps) {
  const end = useRef<HTMLDivElement>(null);
  const latest = useRef(rows);
  useEffect(() => {
    latest.current = rows;
  });
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError } = rows;
  useEffect(() => {
    if (end.current === null || !hasNextPage || isFetchingNextPage || isFetchNextPageError) {
      return undefined;
    }
    const seen = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting === true) {
          latest.current.fetchNextPage();
        }
      },
      { rootMargin: AHEAD },
    );
    seen.observe(end.current);
    return () => {
      seen.disconnect();
    };
  }, [hasNextPage, isFetchingNextPage, isFetchNextPageError]);
  if (!hasNextPage) {
    return null;
  }
  return (
    <div ref={end}>
      <button
        type="button"
        className={`wb-link ${css.showMore}`}
        onClick={() => {
          rows.fetchNextPage();
        }}
      >
        {isFetchingNextPage ? t("ui.loading") : t("ui.incidents.show_further")}
      </button>
    </div>
  );
}
