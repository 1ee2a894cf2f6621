import { Button } from "@mantine/core";
import { useEffect, useState } from "react";

import { t } from "../i18n.ts";
import { toast } from "../ui/toasts.ts";

/** How long the button says that it copied. */
const SAYS_MS = 2_000;

/** Puts a text where it can be pasted from. */
export function Copy({ text, what }: { text: string; what: string }) {
  const [isCopied, setIsCopied] = useState(false);
  useEffect(() => {
    const timer = isCopied
      ? setTimeout(() => {
          setIsCopied(false);
        }, SAYS_MS)
      : undefined;
    return () => {
      clearTimeout(timer);
    };
  }, [isCopied]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setIsCopied(true);
    } catch {
      // Without a secure address the browser gives no clipboard.
      toast({ glyph: "failed", tone: "dim", text: t("ui.copy.failed"), more: t("ui.copy.failed_text") });
    }
  };
  return (
    <Button onClick={() => void copy()}>
      <span aria-live="polite">{t(isCopied ? "ui.copy.done" : "ui.copy.do")}</span>
      <span className="wb-sr">{what}</span>
    </Button>
  );
}
