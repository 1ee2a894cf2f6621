import "@mantine/core/styles/Popover.layer.css";
import "@mantine/core/styles/Menu.layer.css";

import { Button, Menu } from "@mantine/core";

import { t } from "../../i18n.ts";
import { Glyph } from "../../ui/Glyph.tsx";
import { Kbd } from "../../ui/Kbd.tsx";
import css from "./Actions.module.css";
import type { ActionsProps } from "./Actions.tsx";

/** What is done less often than acknowledging and resolving. Opens as soon as it is there. */
export default function MoreMenu({ incident, onResolve, onReassign, onMerge, onSnooze, onEscalate, onHelp }: ActionsProps) {
  const asks = incident.open_alert_count > 0;
  return (
    <Menu defaultOpened position="bottom-end" shadow="md" transitionProps={{ duration: 120 }}>
      <Menu.Target>
        <Button size="lg" className={css.more} aria-label={t("ui.act.more")}>
          <Glyph name="more" />
        </Button>
      </Menu.Target>
      <Menu.Dropdown className={css.menu}>
        {incident.state === "triggered" && (
          <Menu.Item
            className={css.narrow}
            onClick={() => {
              onResolve(incident);
            }}
          >
            {asks ? t("ui.act.resolve_ask") : t("ui.act.resolve")}
          </Menu.Item>
        )}
        <Menu.Item rightSection={<Kbd keys="h" />} onClick={onHelp}>
          {t("ui.act.help")}
        </Menu.Item>
        <Menu.Item rightSection={<Kbd keys="e" />} onClick={onReassign}>
          {t("ui.act.reassign")}
        </Menu.Item>
        <Menu.Item rightSection={<Kbd keys="z" />} onClick={onSnooze}>
          {t(incident.snoozed_until == null ? "ui.act.snooze" : "ui.act.snooze_anew")}
        </Menu.Item>
        {incident.policy != null && <Menu.Item onClick={onEscalate}>{t("ui.act.escalate")}</Menu.Item>}
        <Menu.Item onClick={onMerge}>{t("ui.act.merge")}</Menu.Item>
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
  );
}
