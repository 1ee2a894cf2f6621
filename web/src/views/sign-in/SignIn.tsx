import { useEffect } from "react";
import { useNavigate, useSearchParams } from "react-router";

import { Credentials } from "../../components/Credentials.tsx";
import { t } from "../../i18n.ts";
import { paths } from "../../ui/paths.ts";
import { Entrance } from "./Entrance.tsx";
import css from "./Entrance.module.css";

/** Only a path of ours: a link must not lead from here to another site. */
function destination(from: string | null): string {
  return from?.startsWith("/") === true && !from.startsWith("//") ? from : paths.incidents();
}

/** Who are you? */
export default function SignIn() {
  const navigate = useNavigate();
  const [query] = useSearchParams();
  const from = query.get("from");
  useEffect(() => {
    document.title = t("ui.tab.view", { view: t("ui.sign_in.title") });
  }, []);
  return (
    <Entrance>
      <Credentials onDone={() => void navigate(destination(from), { replace: true })}>
        {from !== null && <p className="wb-dim">{t("ui.sign_in.back")}</p>}
      </Credentials>
      <p className={css.hint}>{t("ui.sign_in.hint")}</p>
    </Entrance>
  );
}
