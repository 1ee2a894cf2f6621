import { t } from "../i18n.ts";
import { nameOf, type Person, shortName } from "./Owner.tsx";

/** Somebody or something that is told. */
type Recipient = Person & { kind: string };

/** Who was told, in few words: people by their first names; rooms only where there is nobody else. */
export function inShort(recipients: readonly Recipient[]): string {
  const people = recipients.filter((one) => one.kind === "person").map(shortName);
  const names = people.length > 0 ? people : recipients.map(nameOf);
  const [first = "", ...others] = names;
  return others.length > 1 ? t("ui.owner.and_more", { name: first, n: others.length }) : names.join(", ");
}
