import { useQueryClient } from "@tanstack/react-query";

import { leave } from "../api/session.ts";
import type { Me } from "../api/types.ts";
import { t } from "../i18n.ts";
import { Credentials } from "./Credentials.tsx";
import css from "./entry.module.css";
import { Modal } from "./Modal.ts";

interface SignInAgainProps {
  isOpen: boolean;
  me: Me;
}

/** What was not done is told under it: it can be done again once one is back. */
const ABOVE_TOASTS = 400;

/** A session ended: over what stands there, so that nothing of it is lost, not even half a sentence. */
export default function SignInAgain({ isOpen, me }: SignInAgainProps) {
  const queries = useQueryClient();
  return (
    <Modal
      opened={isOpen}
      onClose={() => undefined}
      title={t("ui.sign_in.ended")}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      zIndex={ABOVE_TOASTS}
    >
      <Credentials email={me.user.email} onDone={() => undefined}>
        <p className="wb-dim">{t("ui.sign_in.ended_text")}</p>
      </Credentials>
      <p className={css.other}>
        <button
          type="button"
          className="wb-link"
          onClick={() => {
            leave(queries);
          }}
        >
          {t("ui.sign_in.someone_else")}
        </button>
      </p>
    </Modal>
  );
}
