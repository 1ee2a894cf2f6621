import { t } from "../i18n.ts";
import css from "./Owner.module.css";

/** A person, as far as the page needs to know. */
export interface Person {
  id: string;
  name?: string | null;
}

/** `Marta Kowalska` gives `MK`. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/u).filter((word) => /^\p{L}/u.test(word));
  const first = words[0]?.[0] ?? "";
  const last = words.length > 1 ? (words.at(-1)?.[0] ?? "") : "";
  return (first + last).toLocaleUpperCase();
}

/** The name, or what we call somebody whose account is gone. */
export function nameOf(person: Person): string {
  return person.name ?? t("ui.owner.gone");
}

/** `Marta Kowalska` is called Marta where there is little room. */
export function shortName(person: Person): string {
  return nameOf(person).split(/\s/u)[0] ?? nameOf(person);
}

interface OwnerProps {
  person: Person | null | undefined;
  /** Who looks. */
  me?: string | undefined;
  /** Only the first name. */
  short?: boolean;
}

/** Who has it: a disc with initials and always the name. */
export function Owner({ person, me, short = false }: OwnerProps) {
  if (person === null || person === undefined) {
    return (
      <span className={`${css.who} ${css.none}`}>
        <span className={css.disc} aria-hidden="true">
          ?
        </span>
        {t("ui.owner.nobody")}
      </span>
    );
  }
  const isMe = person.id === me;
  return (
    <span className={`${css.who} ${isMe ? css.me : ""}`}>
      <Disc person={person} isMe={isMe} />
      <span className="wb-cut">{short ? shortName(person) : nameOf(person)}</span>
    </span>
  );
}

/** The disc alone, beside a name that stands in a sentence. */
export function Disc({ person, isMe = false }: { person: Person; isMe?: boolean }) {
  return (
    <span className={`${css.disc} ${isMe ? css.mine : ""}`} aria-hidden="true">
      {initials(nameOf(person))}
    </span>
  );
}
