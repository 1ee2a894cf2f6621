import "@mantine/core/styles/Popover.layer.css";
import "@mantine/core/styles/Menu.layer.css";

import { Menu } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { filtersQuery } from "../../api/filters.ts";
import { t } from "../../i18n.ts";
import css from "./Filters.module.css";
import { filterOf, isFiltered, isSameFilter } from "./model.ts";
import type { SavedProps } from "./Saved.tsx";

interface SavedMenuProps extends SavedProps {
  name: string;
  onSave: () => void;
  onManage: () => void;
}

/** The saved filters, one's own first. Opens as soon as it is there. */
export default function SavedMenu({ name, filter, onUse, onSave, onManage }: SavedMenuProps) {
  const { data } = useQuery(filtersQuery);
  const all = data?.items ?? [];
  const groups = [
    { title: t("ui.saved.mine"), items: all.filter((one) => one.team == null) },
    { title: t("ui.saved.shared"), items: all.filter((one) => one.team != null) },
  ].filter(({ items }) => items.length > 0);
  const isOn = all.some((one) => isSameFilter(filterOf(one.query), filter));
  return (
    <Menu defaultOpened position="bottom-start" shadow="md" transitionProps={{ duration: 120 }}>
      <Menu.Target>
        <button type="button" className={css.chip} data-menu data-on={isOn || undefined}>
          {name}
        </button>
      </Menu.Target>
      <Menu.Dropdown className={css.menu}>
        {groups.map(({ title, items }) => (
          <div key={title} role="group" aria-label={title}>
            <Menu.Label>{title}</Menu.Label>
            {items.map((one) => (
              <Menu.Item
                key={one.id}
                rightSection={one.team == null ? undefined : <span className="wb-faint">{one.team.name}</span>}
                onClick={() => {
                  onUse(filterOf(one.query));
                }}
              >
                {one.name}
              </Menu.Item>
            ))}
          </div>
        ))}
        {groups.length === 0 && <p className={css.none}>{t("ui.saved.none")}</p>}
        <Menu.Divider />
        <Menu.Item disabled={!isFiltered({ ...filter, within: "" })} onClick={onSave}>
          {isFiltered({ ...filter, within: "" }) ? t("ui.saved.save") : t("ui.saved.nothing_to_save")}
        </Menu.Item>
        {groups.length > 0 && <Menu.Item onClick={onManage}>{t("ui.saved.manage")}</Menu.Item>}
      </Menu.Dropdown>
    </Menu>
  );
}
