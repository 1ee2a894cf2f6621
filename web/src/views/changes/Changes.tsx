import { Button } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useSearchParams } from "react-router";

import { type ChangesWanted, changesQuery, type Edit } from "../../api/changes.ts";
import { usersQuery } from "../../api/oncall.ts";
import { words } from "../../api/problem.ts";
import { lazily } from "../../components/lazily.tsx";
import { useViewTitle } from "../../components/title.ts";
import { t } from "../../i18n.ts";
import { Empty, ErrorNote, Loading } from "../../ui/Notes.tsx";
import { serverNow } from "../../ui/now.ts";
import { paths } from "../../ui/paths.ts";
import css from "./Changes.module.css";
import { Entry } from "./Entry.tsx";
import { HOURS, KINDS } from "./model.ts";
import { useNames } from "./words.ts";

const RestoreDialog = lazily(() => import("./RestoreDialog.tsx"));

/** What the address asks for. */
function useWanted(): [ChangesWanted, (name: string, value: string) => void] {
  const [query, setQuery] = useSearchParams();
  const text = (name: string) => query.get(name) ?? undefined;
  const hours = Number(text("hours"));
  const wanted = {
    object: text("object"),
    kind: KINDS.find((one) => one === text("kind")),
    user: text("user"),
    hours: hours > 0 ? hours : undefined,
  };
  return [
    wanted,
    (name, value) => {
      setQuery((before) => {
        const after = new URLSearchParams(before);
        after.delete(name);
        if (value !== "") {
          after.set(name, value);
        }
        return after;
      });
    },
  ];
}

/** Who changed which configuration, and what it was before. */
export default function Changes() {
  const [wanted, set] = useWanted();
  const { data, error, isPending, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    changesQuery(wanted, serverNow),
  );
  const names = useNames();
  const [restored, setRestored] = useState<Edit>();
  const edits = data?.pages.flatMap((page) => page.items) ?? [];
  const isOne = wanted.object !== undefined;
  const newest = edits[0];
  const title = isOne && newest !== undefined ? t("ui.changes.of", { name: newest.name ?? "" }) : t("ui.views.changes");
  useViewTitle(title, isOne ? paths.changes() : undefined);
  return (
    <>
      <header className={css.head}>
        {isOne && (
          <Link className={css.back} to={paths.changes()}>
            {t("ui.changes.all")}
          </Link>
        )}
        <h1>{title}</h1>
        {isOne ? <p className="wb-dim">{t("ui.changes.of_text")}</p> : <Filters wanted={wanted} onChange={set} />}
      </header>
      {isPending && <Loading rows={6} />}
      {data === undefined && error !== null && (
        <ErrorNote title={t("ui.changes.failed")} detail={words(error).detail} again={() => void refetch()} />
      )}
      {data !== undefined && edits.length === 0 && !hasNextPage && (
        <Empty title={t("ui.changes.none_found")} text={t("ui.changes.none_text")} />
      )}
      {edits.length > 0 && (
        <ol className={css.list}>
          {edits.map((edit) => (
            <Entry
              key={`${edit.id} ${edit.version}`}
              edit={edit}
              names={names}
              present={isOne ? newest : undefined}
              onRestore={setRestored}
            />
          ))}
        </ol>
      )}
      {hasNextPage && (
        <Button loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t("ui.changes.older")}
        </Button>
      )}
      {restored !== undefined && newest !== undefined && (
        <RestoreDialog
          key={`${restored.id} ${restored.version}`}
          isOpen
          edit={restored}
          present={newest}
          names={names}
          onClose={() => {
            setRestored(undefined);
          }}
        />
      )}
    </>
  );
}

interface Filter {
  name: string;
  value: string;
  /** What not filtering is called. */
  any: string;
  options: readonly { value: string; label: string }[];
}

interface FiltersProps {
  wanted: ChangesWanted;
  onChange: (name: string, value: string) => void;
}

function Filters({ wanted, onChange }: FiltersProps) {
  const { data: users } = useQuery(usersQuery);
  const filters: readonly Filter[] = [
    {
      name: "kind",
      value: wanted.kind ?? "",
      any: t("ui.changes.any_kind"),
      options: KINDS.map((kind) => ({ value: kind, label: t(`ui.changes.kinds.${kind}`) })),
    },
    {
      name: "user",
      value: wanted.user ?? "",
      any: t("ui.changes.anybody"),
      options: (users?.items ?? []).map((one) => ({ value: one.id, label: one.name })),
    },
    {
      name: "hours",
      value: String(wanted.hours ?? ""),
      any: t("ui.changes.any_time"),
      options: HOURS.map((hours) => ({ value: String(hours), label: t(`ui.changes.hours.${hours}`) })),
    },
  ];
  return (
    <div className={css.filters} role="group" aria-label={t("ui.changes.filters")}>
      {filters.map(({ name, value, any, options }) => (
        <select
          key={name}
          className={css.select}
          aria-label={any}
          value={value}
          data-on={value === "" ? undefined : true}
          onChange={(event) => {
            onChange(name, event.currentTarget.value);
          }}
        >
          <option value="">{any}</option>
          {options.map((one) => (
            <option key={one.value} value={one.value}>
              {one.label}
            </option>
          ))}
        </select>
      ))}
    </div>
  );
}
