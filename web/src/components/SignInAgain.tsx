import { useQueryClient } from "@tanstack/react-query";

import { leave } from "../api/session.ts";
import type { Me } from "../api/types.ts";
import { t } from "../i18n.ts";
import { Credentials } from "./Credentials.tsx";
import { Modal } from "./Modal.ts";

interface SignInAgainProps {
  isOpen: boolean;
  me: Me;
}

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
    >
      <Credentials email={me.user.email} onDone={() => undefined}>
        <p className="wb-dim">{t("ui.sign_in.ended_text")}</p>
      </Credentials>
      <p style={{ marginTop: 16 }}>
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
