import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useId, useState } from "react";
import { useNavigate } from "react-router";

import { foundQuery } from "../api/rows.ts";
import type { Incident } from "../api/types.ts";
import { t } from "../i18n.ts";
import { type Command, commandsOf } from "../ui/commands.ts";
import { Glyph } from "../ui/Glyph.tsx";
import { Kbd } from "../ui/Kbd.tsx";
import { paths } from "../ui/paths.ts";
import { level } from "../ui/Severity.tsx";
import { useSettled } from "../ui/settled.ts";
import type { View } from "../views/registry.ts";
import { useAct } from "./act.ts";
import css from "./FindOrDo.module.css";
import { type Choice, type Choices, choose } from "./choices.ts";
import { Modal } from "./Modal.ts";
import { useResolve } from "./resolve.tsx";

interface FindOrDoProps {
  isOpen: boolean;
  onClose: () => void;
  views: readonly View[];
  incidents: readonly Incident[];
}

/** Ctrl K: things first, by state, then views, then what can be done. */
export default function FindOrDo({ isOpen, onClose, views, incidents }: FindOrDoProps) {
  const resolve = useResolve();
  return (
    <>
      <Modal.Root opened={isOpen} onClose={onClose} yOffset="12vh" size="lg">
        <Modal.Overlay />
        <Modal.Content aria-label={t("ui.find.title")}>
          <Panel views={views} incidents={incidents} onClose={onClose} onResolve={resolve.ask} />
        </Modal.Content>
      </Modal.Root>
      {resolve.dialog}
    </>
  );
}

type PanelProps = Omit<FindOrDoProps, "isOpen"> & { onResolve: (incident: Incident) => void };

/** Fewer letters are in too many titles. */
const WORDS_MIN = 3;

/** Incidents that are not open: the server is asked for them once somebody pauses. */
function useOver(query: string): Incident[] {
  const words = useSettled(query.trim());
  const isAsked = words.length >= WORDS_MIN;
  const { data = [] } = useQuery({ ...foundQuery(words), enabled: isAsked });
  return isAsked ? data.filter(({ state }) => state === "resolved") : [];
}

function useChoices({ views, incidents, onResolve }: PanelProps, query: string): Choices {
  const navigate = useNavigate();
  const act = useAct();
  const over = useOver(query);
  const name = (incident: Incident) => ({
    number: incident.number,
    title: incident.title,
    service: incident.service.name ?? "",
  });
  const loudest = [...incidents].sort(
    (a, b) => Number(a.state !== "triggered") - Number(b.state !== "triggered") || level(a.severity) - level(b.severity),
  );
  const offered = (command: Command): Choice[] =>
    command.find === undefined || command.isOff === true
      ? []
      : [{ id: command.find.text, tone: "wb-faint", keys: command.keys, run: command.run, ...command.find }];
  return {
    incidents: [...loudest, ...over].map((incident) => ({
      id: incident.id,
      glyph: incident.state,
      tone: `wb-${incident.state}`,
      text: t("ui.find.incident", name(incident)),
      run: () => void navigate(paths.incident(incident.id)),
    })),
    views: views.map((view) => ({
      id: view.name,
      glyph: view.nav?.glyph ?? "ring",
      tone: "wb-faint",
      text: t(`ui.views.${view.name}`),
      keys: view.nav?.keys,
      run: () => void navigate(view.path),
    })),
    commands: [
      ...commandsOf("view").flatMap(offered),
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
      ...loudest.map((incident) => ({
        id: `r ${incident.id}`,
        glyph: "resolved" as const,
        tone: "wb-resolved",
        text: t("ui.find.resolve", name(incident)),
        run: () => {
          onResolve(incident);
        },
      })),
      ...commandsOf("frame").flatMap(offered),
    ],
  };
}

function Panel(props: PanelProps) {
  const [query, setQuery] = useState("");
  const [chosen, setChosen] = useState(0);
  const listId = useId();
  const choices = choose(useChoices(props, query), query);
  const take = (choice: Choice | undefined) => {
    if (choice !== undefined) {
      props.onClose();
      // After the dialog gave the keys and the focus back.
      requestAnimationFrame(choice.run);
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
