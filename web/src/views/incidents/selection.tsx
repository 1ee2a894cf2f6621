import { useState } from "react";
import { useNavigate, useSearchParams } from "react-router";

import { useReassign } from "../../api/incidents.ts";
import type { BulkAction, Incident } from "../../api/types.ts";
import { useAct } from "../../components/act.ts";
import { lazily } from "../../components/lazily.tsx";
import { useResolve } from "../../components/resolve.tsx";
import { t } from "../../i18n.ts";
import { useCommands } from "../../ui/commands.ts";
import { paths } from "../../ui/paths.ts";
import type { Many } from "./bulk.ts";
import { rowId, type Shelf } from "./list.ts";
import type { Marks } from "./marks.ts";
import { type Grouping, neighbour } from "./model.ts";

const ReassignDialog = lazily(() => import("../../components/ReassignDialog.tsx"));

/** How many frames a row may take to be drawn after the list moved to it. */
const FRAMES = 30;

/** Moves the focus to a row, which a long list may have to draw first. */
function focusRow(id: string, scrollTo: (id: string) => void): void {
  const row = document.getElementById(rowId(id));
  if (row !== null) {
    row.focus();
    return;
  }
  scrollTo(id);
  let left = FRAMES;
  const look = () => {
    const drawn = document.getElementById(rowId(id));
    left -= 1;
    if (drawn !== null) {
      drawn.focus();
    } else if (left > 0) {
      requestAnimationFrame(look);
    }
  };
  requestAnimationFrame(look);
}

/** In the order of the page: the headings know it, the shelf does not. */
function inOrder(shelf: ReturnType<Shelf["get"]>): string[] {
  const place = new Map(
    [...document.querySelectorAll<HTMLElement>("[data-section]")].map((one, index) => [one.dataset.section, index]),
  );
  return Object.keys(shelf).sort((a, b) => (place.get(a) ?? 0) - (place.get(b) ?? 0));
}

/** The selected row, which the keys act on; the address keeps it. */
export function useSelected(store: Shelf, grouping: Grouping, marks: Marks, many: Many) {
  const [query, setQuery] = useSearchParams();
  const navigate = useNavigate();
  const resolve = useResolve();
  const act = useAct();
  const shelf = store.use();
  const [giving, setGiving] = useState<Incident>();
  // Held here, too: the address follows a moment later, and keys may come faster.
  const [named, setNamed] = useState(query.get("at"));
  const rows = Object.values(shelf).flatMap((one) => one.rows);
  const first = grouping === "state" ? shelf.triggered?.rows[0] : undefined;
  const incident = rows.find((one) => String(one.number) === named) ?? first;
  const move = (step: 1 | -1) => {
    const present = store.get();
    const all = inOrder(present).flatMap((name) => (present[name]?.rows ?? []).map((row) => ({ name, row })));
    const ids = all.map(({ row }) => row.id);
    const id = named === null ? (incident?.id ?? ids[0]) : neighbour(ids, incident?.id, step);
    const next = all.find(({ row }) => row.id === id);
    if (next !== undefined) {
      const number = String(next.row.number);
      setNamed(number);
      const at = new URLSearchParams(query);
      at.set("at", number);
      setQuery(at, { replace: true, preventScrollReset: true });
      focusRow(next.row.id, present[next.name]?.scrollTo ?? (() => undefined));
    }
  };
  const down = () => {
    move(1);
  };
  const up = () => {
    move(-1);
  };
  const isOpen = incident !== undefined && incident.state !== "resolved";
  const isMany = marks.ids.size > 0;
  /** Does it with the marked ones, or else with the selected one. */
  const either = (action: BulkAction, one: (incident: Incident) => void) => () => {
    if (isMany) {
      many.ask(action);
    } else if (incident !== undefined) {
      one(incident);
    }
  };
  useCommands("view", [
    {
      keys: "a",
      text: t("ui.keys.acknowledge_selected"),
      isOff: !isMany && incident?.state !== "triggered",
      run: either("acknowledge", act.acknowledge),
    },
    {
      keys: "r",
      text: t("ui.keys.resolve_selected"),
      isOff: !isMany && !isOpen,
      run: either("resolve", resolve.ask),
    },
    {
      keys: "e",
      text: t("ui.keys.reassign_selected"),
      isOff: !isMany && !isOpen,
      run: either("reassign", setGiving),
    },
    {
      keys: "x",
      text: t("ui.keys.mark"),
      isOff: incident === undefined,
      run: () => {
        if (incident !== undefined) {
          marks.toggle(incident);
        }
      },
    },
    { keys: "Escape", text: t("ui.keys.unmark"), isOff: !marks.isMarking, run: marks.clear },
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
  return {
    id: incident?.id,
    dialog: (
      <>
        {resolve.dialog}
        <Give
          incident={giving}
          onClose={() => {
            setGiving(undefined);
          }}
        />
      </>
    ),
  };
}

function Give({ incident, onClose }: { incident: Incident | undefined; onClose: () => void }) {
  const reassign = useReassign(incident?.id ?? "");
  return (
    <ReassignDialog
      isOpen={incident !== undefined}
      title={t("ui.reassign.title", { number: incident?.number ?? 0 })}
      isPending={reassign.isPending}
      onClose={onClose}
      onGive={(to, then) => {
        reassign.mutate(to, { onSuccess: then });
      }}
    />
  );
}
