import { t } from "../i18n.ts";
import { type Command, commandsOf } from "../ui/commands.ts";
import { Kbd } from "../ui/Kbd.tsx";
import { setKeysOn, useKeysOn } from "../ui/keys.ts";
import css from "./Keys.module.css";
import { Modal } from "./Modal.ts";

interface KeysProps {
  isOpen: boolean;
  onClose: () => void;
}

/** What each key does here and everywhere, and the switch for those whom single keys disturb. */
export default function Keys({ isOpen, onClose }: KeysProps) {
  return (
    <Modal opened={isOpen} onClose={onClose} title={t("ui.keys.title")} closeButtonProps={{ "aria-label": t("ui.close") }}>
      <Panel />
    </Modal>
  );
}

/** A key and what it does. */
type Line = readonly [keys: string, does: string];

function lines(commands: readonly Command[]): Line[] {
  return commands.flatMap(({ keys, text }) => (keys === undefined || text === "" ? [] : [[keys, text] as const]));
}

function Panel() {
  const isOn = useKeysOn();
  const here = lines(commandsOf("view"));
  const everywhere: readonly Line[] = [
    ...lines(commandsOf("frame")),
    [t("ui.find.keys"), t("ui.keys.find")],
    [t("ui.keys.send_keys"), t("ui.keys.send")],
    [t("ui.keys.escape"), t("ui.keys.close")],
  ];
  return (
    <>
      {here.length > 0 && <Lines title={t("ui.keys.here")} lines={here} />}
      <Lines title={t("ui.keys.everywhere")} lines={everywhere} />
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
    </>
  );
}

function Lines({ title, lines: shown }: { title: string; lines: readonly Line[] }) {
  return (
    <section className={css.section}>
      <h3>{title}</h3>
      <dl className={css.keys}>
        {shown.map(([keys, does]) => (
          <div key={keys}>
            <dt>
              {keys.split(" ").map((key) => (
                <Kbd key={key} keys={key === "Escape" ? t("ui.keys.escape") : key} />
              ))}
              <span className="wb-sr">{keys}</span>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
