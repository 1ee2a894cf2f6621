import { NavLink } from "react-router";

import { t } from "../i18n.ts";
import { Glyph } from "../ui/Glyph.tsx";
import type { View } from "../views/registry.ts";
import { Modal } from "./Modal.ts";
import css from "./More.module.css";

interface MoreProps {
  isOpen: boolean;
  onClose: () => void;
  /** What had no room in the bar. */
  views: readonly View[];
  onFind: () => void;
  onProfile: () => void;
}

/** On a phone: the views that have no room in the bar, and what stands in the rail of a desktop. */
export default function More({ isOpen, onClose, views, onFind, onProfile }: MoreProps) {
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={t("ui.views.more")}
      closeButtonProps={{ "aria-label": t("ui.close") }}
      classNames={{ inner: css.atFoot }}
    >
      <ul className={css.list}>
        {views.map((view) => (
          <li key={view.name}>
            <NavLink to={view.path} onClick={onClose}>
              <Glyph name={view.nav?.glyph ?? "ring"} />
              {t(`ui.views.${view.name}`)}
            </NavLink>
          </li>
        ))}
        <li>
          <button type="button" onClick={onFind}>
            <Glyph name="find" />
            {t("ui.find.title")}
          </button>
        </li>
        <li>
          <button type="button" onClick={onProfile}>
            <Glyph name="settings" />
            {t("ui.views.profile")}
          </button>
        </li>
      </ul>
    </Modal>
  );
}
