import { Button, Loader, Menu } from "@mantine/core";

import type { IncidentDetail } from "../../api/types.ts";
import { useAct, useUnderWay } from "../../components/act.ts";
import { t } from "../../i18n.ts";
import { Glyph } from "../../ui/Glyph.tsx";
import { Kbd } from "../../ui/Kbd.tsx";
import css from "./Actions.module.css";

interface ActionsProps {
  incident: IncidentDetail;
  onResolve: (incident: IncidentDetail) => void;
  onReassign: () => void;
}

/** What can be done now: one filled button, the rest beside it. */
export function Actions({ incident, onResolve, onReassign }: ActionsProps) {
  const act = useAct();
  const underWay = useUnderWay(incident.id);
  const { state } = incident;
  const asks = incident.open_alert_count > 0;
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
      <Menu position="bottom-end" shadow="md" transitionProps={{ duration: 120 }}>
        <Menu.Target>
          <Button size="lg" className={css.more} aria-label={t("ui.act.more")}>
            <Glyph name="more" />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {state === "triggered" && (
            <Menu.Item
              className={css.narrow}
              onClick={() => {
                onResolve(incident);
              }}
            >
              {asks ? t("ui.act.resolve_ask") : t("ui.act.resolve")}
            </Menu.Item>
          )}
          <Menu.Item rightSection={<Kbd keys="e" />} onClick={onReassign}>
            {t("ui.act.reassign")}
          </Menu.Item>
          <Menu.Item
            rightSection={<Kbd keys="n" />}
            onClick={() => {
              // After the menu gave the focus back.
              requestAnimationFrame(() => document.getElementById("note")?.focus());
            }}
          >
            {t("ui.act.note")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}
