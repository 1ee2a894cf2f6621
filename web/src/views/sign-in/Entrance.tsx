import type { ReactNode } from "react";

import { t } from "../../i18n.ts";
import { Glyph } from "../../ui/Glyph.tsx";
import css from "./Entrance.module.css";
import { Horizon } from "./Horizon.tsx";

/** What stands around the sign-in and the set-up. */
export function Entrance({ children }: { children: ReactNode }) {
  return (
    <div className={css.entrance}>
      <Horizon />
      <main className={css.column}>
        <h1 className={css.brand}>
          <Glyph name="logo" size={30} />
          {t("ui.product")}
        </h1>
        <p className={css.host}>{window.location.host}</p>
        {children}
      </main>
    </div>
  );
}
