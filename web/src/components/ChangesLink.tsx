import { Link } from "react-router";

import { t } from "../i18n.ts";
import { paths } from "../ui/paths.ts";
import css from "./ChangesLink.module.css";

/** Leads from what is configured to who changed it, and back to an earlier version; in lists says of what. */
export function ChangesLink({ id, of }: { id: string; of?: string }) {
  return (
    <Link className={`wb-link ${css.link}`} to={paths.changes(id)}>
      {t("ui.changes.of_this")}
      {of !== undefined && <span className="wb-sr">{of}</span>}
    </Link>
  );
}
