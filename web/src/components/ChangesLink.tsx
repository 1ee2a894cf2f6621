import { Link } from "react-router";

import { t } from "../i18n.ts";
import { paths } from "../ui/paths.ts";
import css from "./ChangesLink.module.css";

/** Leads from what is configured to who changed it, and back to an earlier version. */
export function ChangesLink({ id }: { id: string }) {
  return (
    <Link className={`wb-link ${css.link}`} to={paths.changes(id)}>
      {t("ui.changes.of_this")}
    </Link>
  );
}
