import { useQuery } from "@tanstack/react-query";

import { words } from "../../api/problem.ts";
import { statusQuery, useMe } from "../../api/session.ts";
import type { Status } from "../../api/types.ts";
import { useViewTitle } from "../../components/title.ts";
import { t } from "../../i18n.ts";
import { Glyph } from "../../ui/Glyph.tsx";
import { ErrorNote, Loading } from "../../ui/Notes.tsx";
import { Readout, Readouts } from "../../ui/Readouts.tsx";
import { Section } from "../../ui/Section.tsx";
import { figure } from "../../ui/time.ts";
import { Age, When } from "../../ui/Times.tsx";
import { Backup } from "./Backup.tsx";
import { Held } from "./Held.tsx";
import { Limits } from "./Limits.tsx";
import css from "./System.module.css";
import { Listeners, Nodes, Workers } from "./Tables.tsx";

/** How this instance is: what is wrong, what works, what waits. */
export default function System() {
  useViewTitle(t("ui.views.system"));
  const me = useMe();
  const { data: status, error, refetch } = useQuery(statusQuery);
  return (
    <>
      <h1 className={css.title}>{t("ui.views.system")}</h1>
      {status === undefined && error === null && <Loading rows={6} />}
      {status === undefined && error !== null && (
        <ErrorNote title={t("ui.system.failed")} detail={words(error).detail} again={() => void refetch()} />
      )}
      {status !== undefined && (
        <div className={css.parts}>
          <Summary status={status} />
          {status.sending_held && me.is_admin && <Held />}
          <Troubles status={status} isAdmin={me.is_admin} />
          <div className={css.columns}>
            <Section id="queues" title={t("ui.system.queues")}>
              <Queues status={status} />
            </Section>
            <Section id="database" title={t("ui.system.database")}>
              <Database status={status} />
            </Section>
          </div>
          <Section id="workers" title={t("ui.system.workers")} small={t("ui.system.workers_small")}>
            <Workers workers={status.workers} />
          </Section>
          <Section id="listeners" title={t("ui.system.listeners")} small={t("ui.system.listeners_small")}>
            <Listeners listeners={status.listeners} />
          </Section>
          <Section id="nodes" title={t("ui.system.nodes")}>
            <Nodes nodes={status.nodes} self={status.node} />
          </Section>
          <Section id="backup" title={t("ui.system.backup_section")}>
            <Backup status={status} />
          </Section>
          <Section id="limits" title={t("ui.system.limits")} small={t("ui.system.limits_small")}>
            <Limits />
          </Section>
        </div>
      )}
    </>
  );
}

function Summary({ status }: { status: Status }) {
  return (
    <Readouts>
      <Readout label={t("ui.system.paging")} wrong={!status.ready}>
        {t(status.ready ? "ui.system.works" : "ui.system.broken")}
      </Readout>
      <Readout label={t("ui.system.version")}>{status.version}</Readout>
      <Readout label={t("ui.system.running")}>
        <Age at={status.started_at} />
      </Readout>
      <Readout label={t("ui.system.backup")}>
        {status.last_backup_at == null ? t("ui.system.no_backup") : <Age at={status.last_backup_at} />}
      </Readout>
    </Readouts>
  );
}

/** What is wrong, and what to do about it. */
function Troubles({ status, isAdmin }: { status: Status; isAdmin: boolean }) {
  const { troubles, problems } = status;
  return (
    <Section id="troubles" title={t("ui.system.troubles")}>
      {troubles.length === 0 && problems.length === 0 && (
        <p className={css.well}>
          <Glyph name="resolved" className="wb-resolved" /> {t("ui.system.no_troubles")}
        </p>
      )}
      <ul className={css.troubles}>
        {problems.map((problem) => (
          <li key={problem}>
            <Glyph name="triggered" className="wb-triggered" />
            <div>
              <b>{problem}</b>
              <p className="wb-dim">{t("ui.system.problem_do")}</p>
            </div>
          </li>
        ))}
        {troubles.map(({ kind, title, detail }) => (
          <li key={kind}>
            <Glyph name="failed" className="wb-acknowledged" />
            <div>
              <b>{title}.</b>
              <p className="wb-dim">{detail ?? (isAdmin ? "" : t("ui.system.ask_admin"))}</p>
            </div>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Queues({ status }: { status: Status }) {
  const { queues } = status;
  const waiting = Object.values(queues.lanes).reduce((sum, lane) => sum + lane, 0);
  return (
    <dl className={css.facts}>
      <dt>{t("ui.system.pending")}</dt>
      <dd>{figure(queues.deliveries_pending)}</dd>
      <dt>{t("ui.system.under_way")}</dt>
      <dd>{figure(queues.deliveries_under_way)}</dd>
      <dt>{t("ui.system.next_delivery")}</dt>
      <dd>{queues.next_delivery_at == null ? t("ui.system.nothing") : <When at={queues.next_delivery_at} seconds />}</dd>
      <dt>{t("ui.system.next_wake_up")}</dt>
      <dd>{queues.next_wake_up_at == null ? t("ui.system.nothing") : <When at={queues.next_wake_up_at} seconds />}</dd>
      <dt>{t("ui.system.waiting")}</dt>
      <dd>{figure(waiting)}</dd>
    </dl>
  );
}

function Database({ status }: { status: Status }) {
  return (
    <dl className={css.facts}>
      <dt>{t("ui.system.engine")}</dt>
      <dd>{t(status.engine === "sqlite" ? "ui.system.sqlite" : "ui.system.postgres")}</dd>
      <dt>{t("ui.system.schema")}</dt>
      <dd>{status.schema_version}</dd>
      <dt>{t("ui.system.decider")}</dt>
      <dd>{status.decider_version}</dd>
      <dt>{t("ui.system.key")}</dt>
      <dd className="wb-mono">{status.key_id}</dd>
      <dt>{t("ui.system.address")}</dt>
      <dd>{status.public_url ?? t("ui.system.no_address")}</dd>
    </dl>
  );
}
