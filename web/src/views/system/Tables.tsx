import type { Status } from "../../api/types.ts";
import { t } from "../../i18n.ts";
import { figure } from "../../ui/time.ts";
import { Age, When } from "../../ui/Times.tsx";
import css from "./System.module.css";

/** What each worker last did. */
export function Workers({ workers }: { workers: Status["workers"] }) {
  return (
    <div className={css.scroll} role="group" aria-label={t("ui.system.workers")} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("ui.system.name")}</th>
            <th scope="col">{t("ui.system.last")}</th>
            <th scope="col">{t("ui.system.done")}</th>
            <th scope="col">{t("ui.system.failed_items")}</th>
            <th scope="col">{t("ui.system.error")}</th>
          </tr>
        </thead>
        <tbody>
          {workers.map((worker) => (
            <tr key={worker.name}>
              <th scope="row">{worker.name.replaceAll("_", " ")}</th>
              <td className="wb-nw"><Age at={worker.last_tick_at} /></td>
              <td>{figure(worker.done)}</td>
              <td className={worker.failed > 0 ? "wb-acknowledged" : undefined}>{figure(worker.failed)}</td>
              <td className={worker.error == null ? "wb-faint" : "wb-triggered"}>{worker.error ?? t("ui.system.no_error")}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Where this process listens, by the addresses it really has. */
export function Listeners({ listeners }: { listeners: Status["listeners"] }) {
  return (
    <ul className={css.list}>
      {listeners.map(({ protocol, address, intake }) => (
        <li key={`${protocol} ${address}`}>
          <b>{protocol}</b> <span className="wb-mono">{address}</span>
          {intake != null && (
            <p className="wb-dim">
              {t("ui.system.intake", {
                samples: figure(intake.samples),
                bad: figure(intake.bad_lines),
                dropped: figure(intake.dropped),
                open: figure(intake.connections_open),
              })}
            </p>
          )}
        </li>
      ))}
    </ul>
  );
}

/** The processes that work on this database. */
export function Nodes({ nodes, self }: { nodes: Status["nodes"]; self: string }) {
  return (
    <ul className={css.list}>
      {nodes.map((node) => (
        <li key={node.id}>
          <b>{node.name}</b> {node.id === self && <span className="wb-dim">{t("ui.system.this_node")}</span>}
          <p className="wb-dim">
            {t("ui.system.node", { version: node.version })} <When at={node.started_at} />.{" "}
            {t(node.keeps_metrics ? "ui.system.keeps_metrics" : "ui.system.keeps_none")}
          </p>
        </li>
      ))}
    </ul>
  );
}
