import { type KeyboardEvent, useId, useState } from "react";
import { useNavigate } from "react-router";

import type { Incident } from "../api/types.ts";
import { t } from "../i18n.ts";
import { Glyph, type GlyphName } from "../ui/Glyph.tsx";
import { Kbd } from "../ui/Kbd.tsx";
import { paths } from "../ui/paths.ts";
import { level } from "../ui/Severity.tsx";
import type { View } from "../views/registry.ts";
import { useAct } from "./act.ts";
import css from "./FindOrDo.module.css";
import { Modal } from "./Modal.ts";

interface FindOrDoProps {
  isOpen: boolean;
  onClose: () => void;
  views: readonly View[];
  incidents: readonly Incident[];
}

/** One line of the list. */
interface Choice {
  id: string;
  glyph: GlyphName;
  tone: string;
  text: string;
  keys?: string | undefined;
  run: () => void;
}

/** As many things as fit without scrolling. */
const AT_MOST = 8;

/** Ctrl K: things first, by state, then views, then commands. */
export default function FindOrDo({ isOpen, onClose, views, incidents }: FindOrDoProps) {
  return (
    <Modal.Root opened={isOpen} onClose={onClose} yOffset="12vh" size="lg">
      <Modal.Overlay />
      <Modal.Content aria-label={t("ui.find.title")}>
        <Panel views={views} incidents={incidents} onClose={onClose} />
      </Modal.Content>
    </Modal.Root>
  );
}

function useChoices(views: readonly View[], incidents: readonly Incident[]): Choice[] {
  const navigate = useNavigate();
  const act = useAct();
  const name = (incident: Incident) => ({
    number: incident.number,
    title: incident.title,
    service: incident.service.name ?? "",
  });
  const loudest = [...incidents].sort(
    (a, b) => Number(a.state !== "triggered") - Number(b.state !== "triggered") || level(a.severity) - level(b.severity),
  );
  return [
    ...loudest.map((incident) => ({
      id: incident.id,
      glyph: incident.state,
      tone: `wb-${incident.state}`,
      text: t("ui.find.incident", name(incident)),
      run: () => void navigate(paths.incident(incident.id)),
    })),
    ...views.map((view) => ({
      id: view.name,
      glyph: view.nav?.glyph ?? "ring",
      tone: "wb-faint",
      text: t(`ui.views.${view.name}`),
      keys: view.nav?.keys,
      run: () => void navigate(view.path),
    })),
    ...loudest
      .filter((incident) => incident.state === "triggered")
      .map((incident) => ({
        id: `a ${incident.id}`,
        glyph: "triggered" as const,
        tone: "wb-triggered",
        text: t("ui.find.acknowledge", name(incident)),
        run: () => {
          act.acknowledge(incident);
        },
      })),
  ];
}

/** Whether every word of the query stands somewhere in the text. */
function fits(text: string, query: string): boolean {
  const low = text.toLocaleLowerCase();
  return query
    .toLocaleLowerCase()
    .split(/\s+/u)
    .every((word) => low.includes(word));
}

function Panel({ views, incidents, onClose }: Omit<FindOrDoProps, "isOpen">) {
  const [query, setQuery] = useState("");
  const [chosen, setChosen] = useState(0);
  const listId = useId();
  const choices = useChoices(views, incidents)
    .filter((choice) => fits(choice.text, query))
    .slice(0, AT_MOST);
  const take = (choice: Choice | undefined) => {
    if (choice !== undefined) {
      onClose();
      choice.run();
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0) {
      event.preventDefault();
      setChosen((chosen + step + choices.length) % Math.max(1, choices.length));
    } else if (event.key === "Enter") {
      event.preventDefault();
      take(choices[chosen]);
    }
  };
  return (
    <>
      <div className={css.query}>
        <Glyph name="find" />
        <input
          data-autofocus
          value={query}
          placeholder={t("ui.find.hint")}
          aria-label={t("ui.find.title")}
          role="combobox"
          aria-expanded="true"
          aria-controls={listId}
          aria-activedescendant={choices[chosen] === undefined ? undefined : `${listId}-${chosen}`}
          onChange={(event) => {
            setQuery(event.currentTarget.value);
            setChosen(0);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <ul id={listId} role="listbox" aria-label={t("ui.find.title")} className={css.list}>
        {choices.map((choice, index) => (
          <li
            key={choice.id}
            id={`${listId}-${index}`}
            role="option"
            aria-selected={index === chosen}
            onClick={() => {
              take(choice);
            }}
            onPointerMove={() => {
              setChosen(index);
            }}
          >
            <Glyph name={choice.glyph} size={16} className={choice.tone} />
            <span className="wb-cut">{choice.text}</span>
            {choice.keys !== undefined && <Kbd keys={choice.keys} />}
          </li>
        ))}
      </ul>
      {choices.length === 0 && <p className={css.none}>{t("ui.find.none", { query })}</p>}
    </>
  );
}
