import { useRouteError } from "react-router";

import { words } from "../api/problem.ts";
import { t } from "../i18n.ts";
import { ErrorNote } from "../ui/Notes.tsx";
import css from "./Broken.module.css";

/** A view that failed: the rest of the frame stays, and says so. */
export function Broken({ inFrame = false }: { inFrame?: boolean }) {
  const { title, detail } = words(useRouteError());
  const note = (
    <ErrorNote
      title={title}
      detail={`${detail} ${t("ui.broken.reload")}`}
      again={() => {
        window.location.reload();
      }}
    />
  );
  return inFrame ? note : <main className={css.alone}>{note}</main>;
}
