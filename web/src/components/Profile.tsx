import { Button, type MantineColorScheme, useMantineColorScheme } from "@mantine/core";

import { useSignOut } from "../api/session.ts";
import type { Me } from "../api/types.ts";
import { t } from "../i18n.ts";
import { city } from "../ui/time.ts";
import { Modal } from "./Modal.ts";
import css from "./Profile.module.css";

const SCHEMES: readonly MantineColorScheme[] = ["auto", "light", "dark"];

interface ProfileProps {
  isOpen: boolean;
  onClose: () => void;
  me: Me;
}

/** Who I am here, how I like to look at it, and the way out. */
export default function Profile({ isOpen, onClose, me }: ProfileProps) {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const signOut = useSignOut();
  return (
    <Modal opened={isOpen} onClose={onClose} title={me.user.name} closeButtonProps={{ "aria-label": t("ui.close") }}>
      <p className="wb-dim">{t("ui.profile.who", { email: me.user.email, city: city(me.user.zone) })}</p>
      <fieldset className={css.scheme}>
        <legend>{t("ui.profile.scheme")}</legend>
        <div className={css.segments}>
          {SCHEMES.map((scheme) => (
            <label key={scheme} data-on={colorScheme === scheme || undefined}>
              <input
                type="radio"
                name="scheme"
                className="wb-sr"
                checked={colorScheme === scheme}
                onChange={() => {
                  setColorScheme(scheme);
                }}
              />
              {t(`ui.profile.${scheme}`)}
            </label>
          ))}
        </div>
      </fieldset>
      <Button
        loading={signOut.isPending}
        onClick={() => {
          signOut.mutate();
        }}
      >
        {t("ui.profile.sign_out")}
      </Button>
    </Modal>
  );
}
