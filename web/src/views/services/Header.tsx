import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "react-router";

import type { Service } from "../../api/services.ts";
import type { Incident } from "../../api/types.ts";
import { ChangesLink } from "../../components/ChangesLink.tsx";
import { t } from "../../i18n.ts";
import { Glyph } from "../../ui/Glyph.tsx";
import { paths } from "../../ui/paths.ts";
import { span } from "../../ui/time.ts";
import css from "./Header.module.css";

interface HeaderProps {
  service: Service;
  team: string | undefined;
  /** What is open; undefined while it is not known. */
  open: readonly Incident[] | undefined;
  /** Whether who looks may edit it. */
  may: boolean;
  /** The way to delete it. */
  remove: ReactNode;
}

/** What is wrong, whose it is, what it does. */
export function Header({ service, team, open, may, remove }: HeaderProps) {
  const triggered = open?.filter((one) => one.state === "triggered").length ?? 0;
  const state = triggered > 0 ? "triggered" : "acknowledged";
  const urgency = service.urgency ?? "by_severity";
  const { acknowledge_expires_after_s: expiresS, auto_resolve_after_s: endsS } = service;
  const times = [
    ...(expiresS == null ? [] : [t("ui.service.expires", { time: span(expiresS * 1_000) })]),
    ...(endsS == null ? [] : [t("ui.service.ends", { time: span(endsS * 1_000) })]),
  ];
  return (
    <header className={css.header}>
      <div>
        <div className={css.line}>
          {open !== undefined && open.length > 0 && (
            <span className={`${css.plate} ${css[state]}`}>
              <Glyph name={state} />
              {t(`ui.service.open_${state}`, { count: triggered > 0 ? triggered : open.length })}
            </span>
          )}
          {open?.length === 0 && <span className="wb-resolved">{t("ui.services.quiet")}</span>}
          <span>{team}</span>
          <span>{t(`ui.service.urgency.${urgency}`)}</span>
        </div>
        <h1>{service.name}</h1>
        {service.description !== undefined && service.description !== "" && <p>{service.description}</p>}
        {times.length > 0 && <p>{times.join(" ")}</p>}
        <ChangesLink id={service.id} />
      </div>
      <div className={css.acts}>
        {may ? (
          <>
            <Button component={Link} to={paths.editService(service.id)}>
              {t("ui.service.edit")}
            </Button>
            {remove}
          </>
        ) : (
          <span className="wb-faint">{t("ui.service.members_only", { team: team ?? "" })}</span>
        )}
      </div>
    </header>
  );
}
