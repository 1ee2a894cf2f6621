import { t } from "../i18n.ts";
import { Kbd } from "../ui/Kbd.tsx";
import { setKeysOn, useKeysOn } from "../ui/keys.ts";
import type { View } from "../views/registry.ts";
import css from "./Keys.module.css";
import { Modal } from "./Modal.ts";

interface KeysProps {
  isOpen: boolean;
  onClose: () => void;
  views: readonly View[];
}

/** What each key does here, and the switch for those whom single keys disturb. */
export default function Keys({ isOpen, onClose, views }: KeysProps) {
  const isOn = useKeysOn();
  const rows = [
    ["a", t("ui.keys.acknowledge")],
    ["r", t("ui.keys.resolve")],
    ["e", t("ui.keys.reassign")],
    ["n", t("ui.keys.note")],
    ["j k", t("ui.keys.move")],
    ["Enter", t("ui.keys.open")],
    ["Ctrl Enter", t("ui.keys.send")],
    ["/", t("ui.keys.find")],
    ["Ctrl K", t("ui.keys.find")],
    ...views.map((view) => [view.nav?.keys ?? "", t(`ui.views.${view.name}`)] as const),
    ["[ ]", t("ui.keys.weeks")],
    ["t", t("ui.keys.present")],
    ["f", t("ui.keys.filter")],
    ["Esc", t("ui.keys.back")],
    ["?", t("ui.keys.all")],
  ] as const;
  return (
    <Modal opened={isOpen} onClose={onClose} title={t("ui.keys.title")} closeButtonProps={{ "aria-label": t("ui.close") }}>
      <dl className={css.keys}>
        {rows.map(([keys, does]) => (
          <div key={keys}>
            <dt>
              {keys.split(" ").map((key) => (
                <Kbd key={key} keys={key} />
              ))}
              <span className="wb-sr">{keys}</span>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <label className={css.switch}>
        <input
          type="checkbox"
          checked={isOn}
          onChange={(event) => {
            setKeysOn(event.currentTarget.checked);
          }}
        />
        {t("ui.keys.on")}
      </label>
    </Modal>
  );
}
