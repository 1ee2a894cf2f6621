import { Button } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { useSearchParams } from "react-router";

import type { Selection } from "../../api/rows.ts";
import { useMe } from "../../api/session.ts";
import { lazily } from "../../components/lazily.tsx";
import { useViewTitle } from "../../components/title.ts";
import { t } from "../../i18n.ts";
import { useCommands } from "../../ui/commands.ts";
import { useNow } from "../../ui/now.ts";
import { Aside } from "./Aside.tsx";
import { Bulk } from "./Bulk.tsx";
import { useMany } from "./bulk.ts";
import { Filters } from "./Filters.tsx";
import { BySeverity, ByService, ByState } from "./Groups.tsx";
import css from "./Incidents.module.css";
import { useHeldSince } from "./heldSince.ts";
import { createShelf, ListContext } from "./list.ts";
import { type Grouping, readFilter, readGrouping, selectionOf } from "./model.ts";
import { useMarks } from "./marks.ts";
import { useSelected } from "./selection.tsx";

const DeclareDialog = lazily(() => import("./DeclareDialog.tsx"));

/** How long the server is not asked while somebody types, in ms. */
const TYPING_MS = 250;

const GROUPINGS: readonly Grouping[] = ["state", "severity", "service"];

const SECTIONS = { state: ByState, severity: BySeverity, service: ByService };

/** What is wrong, and who has it? */
export default function Incidents() {
  useViewTitle(t("ui.views.incidents"));
  const [query, setQuery] = useSearchParams();
  const [isDeclaring, setIsDeclaring] = useState(false);
  const me = useMe().user.id;
  const filter = readFilter(query);
  const grouping = readGrouping(query);
  const now = useNow();
  const [asked] = useDebouncedValue(JSON.stringify(selectionOf(filter, now)), TYPING_MS);
  const [shelf] = useState(createShelf);
  const marks = useMarks();
  const held = useHeldSince();
  const many = useMany(marks);
  const selection = useSelected(shelf, grouping, marks, many);
  const search = (next: URLSearchParams) => {
    setQuery(next, { replace: true });
  };
  const declare = () => {
    setIsDeclaring(true);
  };
  useCommands("view", [
    { text: t("ui.declare.title"), find: { text: t("ui.declare.title"), glyph: "triggered" }, run: declare },
  ]);
  const Sections = SECTIONS[grouping];
  return (
    <>
      <header className={css.head}>
        <h1>{t("ui.views.incidents")}</h1>
        <label className={css.grouping}>
          <span>{t("ui.group.by")}</span>
          <select
            value={grouping}
            onChange={(event) => {
              const next = new URLSearchParams(query);
              next.set("group", event.currentTarget.value);
              search(next);
            }}
          >
            {GROUPINGS.map((one) => (
              <option key={one} value={one}>
                {t(`ui.group.${one}`)}
              </option>
            ))}
          </select>
        </label>
        <Button
          aria-pressed={marks.isMarking}
          onClick={() => {
            marks.setIsMarking(!marks.isMarking);
          }}
        >
          {t("ui.bulk.select")}
          <span className="wb-sr">{t("ui.bulk.several")}</span>
        </Button>
        <Button onClick={declare}>{t("ui.declare.do")}</Button>
      </header>
      <Filters filter={filter} query={query} onChange={search} />
      <ListContext
        value={{
          shelf,
          selected: selection.id,
          marked: marks.ids,
          isMarking: marks.isMarking,
          mark: marks.toggle,
          heldSince: held.since,
          release: held.release,
        }}
      >
        <div className={css.wrap}>
          <div onPointerEnter={held.hold} onPointerLeave={held.release}>
            <Bulk marks={marks} shelf={shelf} many={many} />
            <Sections
              key={grouping}
              filter={filter}
              selection={JSON.parse(asked) as Selection}
              query={query}
              onChange={search}
            />
          </div>
          <Aside me={me} />
        </div>
      </ListContext>
      {selection.dialog}
      <DeclareDialog
        isOpen={isDeclaring}
        onClose={() => {
          setIsDeclaring(false);
        }}
      />
    </>
  );
}
