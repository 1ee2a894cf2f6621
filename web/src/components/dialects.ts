/** The dialects senders may speak, by the words people know them by. */
import { t } from "../i18n.ts";

/** The one that new integrations speak. */
export const USUAL_DIALECT = "events_v2";

/** What people call a dialect; one we have no word for keeps its name. */
export function dialectName(dialect: string | undefined): string {
  return dialect === USUAL_DIALECT ? t("ui.integration.dialect.events_v2") : (dialect ?? "");
}
