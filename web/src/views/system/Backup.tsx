import type { Status } from "../../api/types.ts";
import { Copy } from "../../components/Copy.tsx";
import { t } from "../../i18n.ts";
import { When } from "../../ui/Times.tsx";
import css from "./System.module.css";

/** When the database was last copied, and how that is done. */
export function Backup({ status }: { status: Status }) {
  const isOurs = status.engine === "sqlite";
  const command = `watchbell backup watchbell.db --url ${status.public_url ?? location.origin}`;
  return (
    <>
      {isOurs && (
        <dl className={css.facts}>
          <dt>{t("ui.system.backup_last")}</dt>
          <dd>{status.last_backup_at == null ? t("ui.system.no_backup_text") : <When at={status.last_backup_at} />}</dd>
          <dt>{t("ui.system.backup_command")}</dt>
          <dd className={css.command}>
            <code className="wb-mono">{command}</code> <Copy text={command} what={t("ui.system.backup_command")} />
          </dd>
        </dl>
      )}
      <p className={css.text}>{t(isOurs ? "ui.system.backup_text" : "ui.system.backup_postgres")}</p>
      <p className={css.text}>{t("ui.system.backup_restore")}</p>
    </>
  );
}
