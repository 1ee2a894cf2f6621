import "@mantine/core/styles/Popover.layer.css";
import "@mantine/core/styles/Menu.layer.css";

import { Button, Menu } from "@mantine/core";

import { t } from "../../i18n.ts";
import { useNow } from "../../ui/now.ts";
import { when } from "../../ui/time.ts";
import { useZone } from "../../ui/zone.ts";
import { untilOf } from "../until/model.ts";
import { useTaking } from "./taking.ts";
import css from "./TakeOver.module.css";

interface TakeOverMenuProps {
  schedule: { id: string; name?: string | null };
  until: number | undefined;
  label: string;
  text: string;
  onOther: () => void;
}

const CHOICES = ["hour", "hours", "morning"] as const;

/** Until when: the shift's end first. */
export default function TakeOverMenu({ schedule, until, label, text, onOther }: TakeOverMenuProps) {
  const now = useNow();
  const zone = useZone();
  const { take, isPending } = useTaking(schedule);
  return (
    <Menu defaultOpened position="bottom-end" shadow="md" transitionProps={{ duration: 120 }}>
      <Menu.Target>
        <Button aria-label={label} aria-busy={isPending}>
          {text}
        </Button>
      </Menu.Target>
      <Menu.Dropdown className={css.menu}>
        {until !== undefined && (
          <Menu.Item
            rightSection={<small>{when(until, now, zone)}</small>}
            onClick={() => {
              take(undefined);
            }}
          >
            {t("ui.take_over.shift")}
          </Menu.Item>
        )}
        {CHOICES.map((choice) => {
          const at = untilOf(choice, "", now, zone) ?? now;
          return (
            <Menu.Item
              key={choice}
              rightSection={<small>{when(at, now, zone)}</small>}
              onClick={() => {
                take(at);
              }}
            >
              {t(`ui.take_over.choice.${choice}`)}
            </Menu.Item>
          );
        })}
        <Menu.Item onClick={onOther}>{t("ui.take_over.other")}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
