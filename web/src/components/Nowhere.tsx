import { Link } from "react-router";

import { t } from "../i18n.ts";
import { Empty } from "../ui/Notes.tsx";
import { paths } from "../ui/paths.ts";
import { useViewTitle } from "./title.ts";

/** An address that leads to no view. */
export function Nowhere() {
  useViewTitle(t("ui.nowhere.title"));
  return (
    <>
      <h1 className="wb-sr">{t("ui.nowhere.title")}</h1>
      <Empty title={t("ui.nowhere.title")} text={t("ui.nowhere.text")}>
        <Link className="wb-link" to={paths.incidents()}>
          {t("ui.nowhere.home")}
        </Link>
      </Empty>
    </>
  );
}
