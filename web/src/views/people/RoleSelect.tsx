import type { Role } from "../../api/people.ts";
import { t } from "../../i18n.ts";
import css from "./People.module.css";

const ROLES: readonly Role[] = ["observer", "member", "admin"];

interface RoleSelectProps {
  /** Whose role it is. */
  label: string;
  role: Role | null;
  /** What having none is called. */
  none: string;
  onChange: (role: Role | null) => void;
}

/** What somebody may do, to be chosen. The browser's own list: there are many of them in a table. */
export function RoleSelect({ label, role, none, onChange }: RoleSelectProps) {
  return (
    <select
      className={css.select}
      aria-label={label}
      value={role ?? ""}
      onChange={(event) => {
        onChange(ROLES.find((one) => one === event.currentTarget.value) ?? null);
      }}
    >
      <option value="">{none}</option>
      {ROLES.map((one) => (
        <option key={one} value={one}>
          {t(`ui.people.roles.${one}`)}
        </option>
      ))}
    </select>
  );
}
