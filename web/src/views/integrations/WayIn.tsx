import { Button } from "@mantine/core";
import { useState } from "react";

import { t } from "../../i18n.ts";
import { Section } from "../../ui/Section.tsx";
import { Copy } from "../../components/Copy.tsx";
import { example, masked, type Sender, SENDERS } from "./model.ts";
import css from "./WayIn.module.css";

interface WayInProps {
  address: string;
  /** The key; undefined while it is not known, and for those who may not see it. */
  keyText: string | undefined;
  may: boolean;
  onRotate: () => void;
}

/** What to paste into a sender. */
export function WayIn({ address, keyText, may, onRotate }: WayInProps) {
  const [sender, setSender] = useState<Sender>("curl");
  const [isShown, setIsShown] = useState(false);
  const shownKey = keyText === undefined ? t("ui.integration.hidden_key") : isShown ? keyText : masked(keyText);
  return (
    <Section id="way-in" title={t("ui.integration.way_in")}>
      <dl className={css.facts}>
        <div>
          <dt>{t("ui.integration.address")}</dt>
          <dd>
            <code>{address}</code>
            <Copy text={address} what={t("ui.integration.address")} />
          </dd>
        </div>
        <div>
          <dt>{t("ui.integration.key")}</dt>
          <dd>
            <code>{shownKey}</code>
            {keyText !== undefined && (
              <>
                <Button
                  aria-pressed={isShown}
                  onClick={() => {
                    setIsShown(!isShown);
                  }}
                >
                  {t(isShown ? "ui.integration.hide" : "ui.integration.show")}
                </Button>
                <Copy text={keyText} what={t("ui.integration.key")} />
              </>
            )}
            {may && <Button onClick={onRotate}>{t("ui.integration.rotate")}</Button>}
          </dd>
        </div>
      </dl>
      <div className={css.senders} role="group" aria-label={t("ui.integration.senders")}>
        {SENDERS.map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={one === sender}
            onClick={() => {
              setSender(one);
            }}
          >
            {t(`ui.integration.sender.${one}`)}
          </button>
        ))}
      </div>
      <div className={css.example}>
        <pre tabIndex={0} aria-label={t(`ui.integration.sender.${sender}`)}>
          {example(sender, address, isShown && keyText !== undefined ? keyText : shownKey)}
        </pre>
        <Copy text={example(sender, address, keyText ?? shownKey)} what={t("ui.integration.example")} />
      </div>
      <p className={css.note}>{t("ui.integration.example_text")}</p>
    </Section>
  );
}
