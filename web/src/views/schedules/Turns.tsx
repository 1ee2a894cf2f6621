import { Button, Select } from "@mantine/core";
import { useId, useState } from "react";

import type { Ref, User } from "../../api/types.ts";
import { Order } from "../../components/Moves.tsx";
import { t } from "../../i18n.ts";
import { nameOf, Owner } from "../../ui/Owner.tsx";
import { type DraftPerson, type DraftRotation, type DraftSlot, newSlot, person } from "./draft.ts";
import { PersonFields } from "./PersonFields.tsx";
import css from "./Turns.module.css";
import { specialText } from "./words.ts";

interface TurnsProps {
  rotation: DraftRotation;
  users: readonly User[];
  team: Ref | undefined;
  onChange: (next: Partial<DraftRotation>) => void;
}

/** Whose turn it is, in order: mostly one person each. */
export function Turns({ rotation, users, team, onChange }: TurnsProps) {
  const { slots } = rotation;
  const there = new Set(slots.flatMap((slot) => slot.people.map((one) => one.user)));
  const free = byName(users.filter((one) => one.active && !there.has(one.id)));
  const ofTeam = team === undefined ? [] : free.filter((one) => one.teams.some((it) => it.team === team.id));
  const add = (...people: readonly string[][]) => {
    onChange({ slots: people.reduce((all, ids) => [...all, newSlot(all, ids)], slots) });
  };
  return (
    <fieldset className={css.turns}>
      <legend>{t("ui.schedule.turns")}</legend>
      {slots.length > 0 && (
        <ol>
          {slots.map((slot, index) => (
            <Turn
              key={slot.key}
              slots={slots}
              index={index}
              users={users}
              onChange={(next) => {
                onChange({ slots: next });
              }}
            />
          ))}
        </ol>
      )}
      <div className={css.add}>
        <PersonSelect
          label={t("ui.schedule_form.add_person")}
          users={free}
          onPick={(user) => {
            add([user]);
          }}
        />
        {ofTeam.length > 1 && (
          <Button
            onClick={() => {
              add(...ofTeam.map((one) => [one.id]));
            }}
          >
            {t("ui.schedule_form.add_team", { team: team?.name ?? "", count: ofTeam.length })}
          </Button>
        )}
        {slots.length > 0 && (
          <Button
            variant="subtle"
            onClick={() => {
              add([]);
            }}
          >
            {t("ui.schedule_form.add_pause")}
          </Button>
        )}
      </div>
    </fieldset>
  );
}

function byName(users: readonly User[]): User[] {
  return [...users].sort((a, b) => a.name.localeCompare(b.name));
}

interface PersonSelectProps {
  label: string;
  users: readonly User[];
  onPick: (user: string) => void;
}

/** Adds one of several people; what was chosen goes into the list, not into the field. */
function PersonSelect({ label, users, onPick }: PersonSelectProps) {
  return (
    <Select
      label={label}
      placeholder={t("ui.schedule_form.choose_person")}
      data={users.map((one) => ({ value: one.id, label: one.name }))}
      value={null}
      searchable
      nothingFoundMessage={t("ui.override.nobody_found")}
      comboboxProps={{ transitionProps: { duration: 0 } }}
      onChange={(user) => {
        if (user !== null) {
          onPick(user);
        }
      }}
    />
  );
}

interface TurnProps {
  slots: readonly DraftSlot[];
  index: number;
  users: readonly User[];
  onChange: (slots: DraftSlot[]) => void;
}

function Turn({ slots, index, users, onChange }: TurnProps) {
  const slot = slots[index];
  const [isOpen, setIsOpen] = useState(false);
  const moreId = useId();
  if (slot === undefined) {
    return null;
  }
  const named = (one: DraftPerson) => users.find((user) => user.id === one.user) ?? { id: one.user };
  const n = index + 1;
  const set = (next: Partial<DraftSlot>) => {
    onChange(slots.map((one) => (one.key === slot.key ? { ...one, ...next } : one)));
  };
  const names = slot.people.map((one) => nameOf(named(one))).join(", ");
  const who = names === "" ? t("ui.schedule_form.pause") : names;
  return (
    <li className={css.turn} aria-label={t("ui.schedule_form.turn", { n, who })}>
      <div className={css.who}>
        {slot.people.length === 0 && <span className="wb-dim">{t("ui.schedule_form.pause")}</span>}
        {slot.people.map((one) => (
          <span key={one.user} className={css.person}>
            <Owner person={named(one)} />
            <small>{specialText(one)}</small>
          </span>
        ))}
        {slot.firstCome && <small>{t("ui.schedule.first_come")}</small>}
      </div>
      <Order list={slots} index={index} what={t("ui.schedule_form.turn_of", { who })} onChange={onChange}>
        <Button
          aria-expanded={isOpen}
          aria-controls={moreId}
          aria-label={t("ui.schedule_form.turn_more", { who })}
          onClick={() => {
            setIsOpen(!isOpen);
          }}
        >
          …
        </Button>
      </Order>
      <div id={moreId} className={css.details} hidden={!isOpen}>
        {isOpen && (
          <TurnMore
            slot={slot}
            users={users}
            named={named}
            onChange={set}
            onRemove={() => {
              onChange(slots.filter((one) => one.key !== slot.key));
            }}
          />
        )}
      </div>
    </li>
  );
}

interface TurnMoreProps {
  slot: DraftSlot;
  users: readonly User[];
  named: (one: DraftPerson) => { id: string; name?: string | null };
  onChange: (next: Partial<DraftSlot>) => void;
  onRemove: () => void;
}

/** What is special about a turn: several people, who may only look on, who joins later. */
function TurnMore({ slot, users, named, onChange, onRemove }: TurnMoreProps) {
  const others = byName(users.filter((one) => one.active && !slot.people.some((it) => it.user === one.id)));
  return (
    <div className={css.more}>
      {slot.people.map((one) => (
        <PersonFields
          key={one.user}
          person={one}
          name={nameOf(named(one))}
          isAlone={slot.people.length === 1}
          onChange={(next) => {
            onChange({ people: slot.people.map((it) => (it.user === one.user ? { ...it, ...next } : it)) });
          }}
          onRemove={() => {
            onChange({ people: slot.people.filter((it) => it.user !== one.user), firstCome: false });
          }}
        />
      ))}
      <div className={css.add}>
        <PersonSelect
          label={t("ui.schedule_form.add_beside")}
          users={others}
          onPick={(user) => {
            onChange({ people: [...slot.people, person(user)] });
          }}
        />
        <Button onClick={onRemove}>{t("ui.schedule_form.remove_turn")}</Button>
      </div>
      {slot.people.length > 1 && (
        <label className={css.check}>
          <input
            type="checkbox"
            checked={slot.firstCome}
            onChange={(event) => {
              onChange({ firstCome: event.currentTarget.checked });
            }}
          />
          {t("ui.schedule_form.first_come")}
        </label>
      )}
    </div>
  );
}
