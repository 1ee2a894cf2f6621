import { Button, Loader } from "@mantine/core";
import { lazy, Suspense, useState } from "react";
import { Link } from "react-router";

import type { IncidentDetail } from "../../api/types.ts";
import { useAct, useUnderWay } from "../../components/act.ts";
import { t } from "../../i18n.ts";
import { Glyph } from "../../ui/Glyph.tsx";
import { Kbd } from "../../ui/Kbd.tsx";
import { paths } from "../../ui/paths.ts";
import css from "./Actions.module.css";

const MoreMenu = lazy(() => import("./MoreMenu.tsx"));

/** What can be done to this incident. */
export interface ActionsProps {
  incident: IncidentDetail;
  onResolve: (incident: IncidentDetail) => void;
  onReassign: () => void;
  onMerge: () => void;
  onSnooze: () => void;
  onEscalate: () => void;
  onHelp: () => void;
}

/** What can be done now: one filled button, the rest beside it. */
export function Actions(props: ActionsProps) {
  const { incident, onResolve } = props;
  const act = useAct();
  const underWay = useUnderWay(incident.id);
  const { state } = incident;
  const asks = incident.open_alert_count > 0;
  if (state === "resolved" && incident.merged_into != null) {
    // It goes on elsewhere: reopening it would page for nothing.
    return (
      <div className={css.actions}>
        <Button size="lg" renderRoot={(props) => <Link to={paths.incident(incident.merged_into?.id ?? "")} {...props} />}>
          {t("ui.act.go_on", { number: incident.merged_into.number ?? "" })}
        </Button>
      </div>
    );
  }
  if (state === "resolved") {
    return (
      <div className={css.actions}>
        <Button
          size="lg"
          loading={underWay === "reopen"}
          onClick={() => {
            act.reopen(incident);
          }}
        >
          {t("ui.act.reopen")}
        </Button>
      </div>
    );
  }
  const resolve = (
    <Button
      size="lg"
      className={state === "triggered" ? "wb-wide" : css.main}
      variant={state === "acknowledged" ? "filled" : "default"}
      loading={underWay === "resolve"}
      onClick={() => {
        onResolve(incident);
      }}
    >
      {asks ? t("ui.act.resolve_ask") : t("ui.act.resolve")}
      {state === "acknowledged" && <Kbd keys="r" />}
    </Button>
  );
  return (
    <div className={css.actions}>
      {state === "triggered" && (
        <Button
          size="lg"
          className={css.main}
          variant="filled"
          aria-busy={underWay === "acknowledge"}
          onClick={() => {
            if (underWay !== "acknowledge") {
              act.acknowledge(incident);
            }
          }}
        >
          {underWay === "acknowledge" ? (
            <>
              <Loader size={14} />
              {t("ui.act.acknowledging")}
            </>
          ) : (
            <>
              {t("ui.act.acknowledge")}
              <Kbd keys="a" />
            </>
          )}
        </Button>
      )}
      {resolve}
      <More {...props} />
    </div>
  );
}

/** The menu of what is done less often; it is loaded when it is first opened. */
function More(props: ActionsProps) {
  const [isLoaded, setIsLoaded] = useState(false);
  const button = (
    <Button
      size="lg"
      className={css.more}
      aria-label={t("ui.act.more")}
      aria-haspopup="menu"
      onClick={() => {
        setIsLoaded(true);
      }}
    >
      <Glyph name="more" />
    </Button>
  );
  return isLoaded ? (
    <Suspense fallback={button}>
      <MoreMenu {...props} />
    </Suspense>
  ) : (
    button
  );
}
