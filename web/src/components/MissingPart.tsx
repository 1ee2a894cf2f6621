import { useQuery } from "@tanstack/react-query";
import { type ComponentType, useId } from "react";

import { t } from "../i18n.ts";
import { ErrorNote, Loading, Note } from "../ui/Notes.tsx";
import { paths } from "../ui/paths.ts";
import { useViewTitle } from "./title.ts";
import { newest, takeNewest } from "./version.ts";

/** How the code of a view is had. */
export type Load = () => Promise<{ default: ComponentType }>;

/** A view, or what stands in its place while its code cannot be had. */
export async function viewOrWhy(load: Load): Promise<ComponentType> {
  try {
    return (await load()).default;
  } catch {
    return function Later() {
      return <MissingPart load={load} />;
    };
  }
}

/**
 * A view whose code could not be had: because the server has a newer version, or does not answer. It is
 * tried again whenever somebody comes here or says so, and when the connection is back.
 */
function MissingPart({ load }: { load: Load }) {
  const { data, refetch } = useQuery({
    queryKey: ["part", useId()],
    queryFn: async () => {
      try {
        return { View: (await load()).default };
      } catch {
        return { why: await newest() };
      }
    },
    staleTime: 0,
    gcTime: 0,
    structuralSharing: false,
  });
  if (data === undefined) {
    return <Loading />;
  }
  return data.View === undefined ? <Why why={data.why} again={() => void refetch()} /> : <data.View />;
}

interface WhyProps {
  why: Awaited<ReturnType<typeof newest>>;
  again: () => void;
}

function Why({ why, again }: WhyProps) {
  useViewTitle(t("ui.version.missing"), paths.incidents());
  const heading = <h1 className="wb-sr">{t("ui.version.missing")}</h1>;
  return why === "newer" ? (
    <>
      {heading}
      <Note>
        <p>
          <b>{t("ui.version.new")}</b> {t("ui.version.gone")}{" "}
          <button type="button" className="wb-link" onClick={takeNewest}>
            {t("ui.version.load")}
          </button>
        </p>
      </Note>
    </>
  ) : (
    <>
      {heading}
      <ErrorNote title={t("ui.version.missing")} detail={t("ui.version.missing_text")} again={again} />
    </>
  );
}
