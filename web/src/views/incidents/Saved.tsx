import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";

import { filtersQuery } from "../../api/filters.ts";
import { lazily } from "../../components/lazily.tsx";
import { t } from "../../i18n.ts";
import css from "./Filters.module.css";
import { type Filter, filterOf, isSameFilter } from "./model.ts";

const SavedMenu = lazy(() => import("./SavedMenu.tsx"));
const SaveDialog = lazily(() => import("./SaveDialog.tsx"));
const ManageDialog = lazily(() => import("./ManageDialog.tsx"));

/** What the menu of saved filters can do. */
export interface SavedProps {
  filter: Filter;
  onUse: (filter: Filter) => void;
}

/** The saved filters; the menu is loaded when it is first opened. */
export function Saved({ filter, onUse }: SavedProps) {
  const { data } = useQuery(filtersQuery);
  const [isLoaded, setIsLoaded] = useState(false);
  const [dialog, setDialog] = useState<"save" | "manage">();
  const used = data?.items.find((one) => isSameFilter(filterOf(one.query), filter));
  const close = () => {
    setDialog(undefined);
  };
  const name = used === undefined ? t("ui.saved.title") : used.name;
  const button = (
    <button
      type="button"
      className={css.chip}
      data-menu
      data-on={used !== undefined || undefined}
      aria-haspopup="menu"
      onClick={() => {
        setIsLoaded(true);
      }}
    >
      {name}
    </button>
  );
  return (
    <>
      {isLoaded ? (
        <Suspense fallback={button}>
          <SavedMenu
            name={name}
            filter={filter}
            onUse={onUse}
            onSave={() => {
              setDialog("save");
            }}
            onManage={() => {
              setDialog("manage");
            }}
          />
        </Suspense>
      ) : (
        button
      )}
      <SaveDialog isOpen={dialog === "save"} filter={filter} onClose={close} />
      <ManageDialog isOpen={dialog === "manage"} filter={filter} onClose={close} />
    </>
  );
}
