import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { servicesQuery } from "../../api/directory.ts";
import { usersQuery } from "../../api/oncall.ts";
import { useMe } from "../../api/session.ts";
import { t } from "../../i18n.ts";
import css from "./Filters.module.css";
import { BAD, type Filter, isFiltered, isSame, NONE, WITHIN, type Within, writeFilter } from "./model.ts";
import { Saved } from "./Saved.tsx";

interface FiltersProps {
  filter: Filter;
  query: URLSearchParams;
  onChange: (query: URLSearchParams) => void;
}

const STATES = ["triggered", "acknowledged", "resolved"] as const;

/** Which incidents are shown; the address holds it. */
export function Filters({ filter, query, onChange }: FiltersProps) {
  const me = useMe().user;
  const mine = me.teams.map((membership) => membership.team);
  const change = (what: Partial<Filter>) => {
    onChange(writeFilter(query, what));
  };
  const isTeams = mine.length > 0 && isSame(filter.team, mine);
  const isBad = isSame(filter.severity, BAD);
  return (
    <div className={css.filters} role="group" aria-label={t("ui.filters.label")}>
      <Chip isOn={!isFiltered(filter)} onPress={() => { change(NONE); }}>
        {t("ui.filters.all")}
      </Chip>
      <Chip isOn={filter.owner === "me"} onPress={() => { change({ owner: filter.owner === "me" ? "" : "me" }); }}>
        {t("ui.filters.mine")}
      </Chip>
      {mine.length > 0 && (
        <Chip isOn={isTeams} onPress={() => { change({ team: isTeams ? [] : mine }); }}>
          {t("ui.filters.teams")}
        </Chip>
      )}
      <Chip isOn={isBad} onPress={() => { change({ severity: isBad ? [] : BAD }); }}>
        {t("ui.filters.bad")}
      </Chip>
      <Services filter={filter} onChange={change} />
      <People filter={filter} onChange={change} />
      <select
        className={css.chip}
        aria-label={t("ui.filters.state")}
        data-on={filter.state.length > 0 || undefined}
        value={filter.state.join(",")}
        onChange={(event) => {
          change({ state: event.currentTarget.value.split(",").filter((one) => one !== "") });
        }}
      >
        <option value="">{t("ui.filters.any_state")}</option>
        {STATES.map((state) => (
          <option key={state} value={state}>
            {t(`state.${state}`)}
          </option>
        ))}
        {filter.state.length > 1 && <option value={filter.state.join(",")}>{t("ui.filters.states", { n: filter.state.length })}</option>}
      </select>
      <select
        className={css.chip}
        aria-label={t("ui.filters.within")}
        data-on={filter.within !== "" || undefined}
        value={filter.within}
        onChange={(event) => {
          change({ within: event.currentTarget.value as Within | "" });
        }}
      >
        <option value="">{t("ui.filters.any_time")}</option>
        {(Object.keys(WITHIN) as Within[]).map((within) => (
          <option key={within} value={within}>
            {t(`ui.filters.last_${within}`)}
          </option>
        ))}
      </select>
      <Rest filter={filter} isTeams={isTeams} isBad={isBad} onChange={change} />
      <input
        id="filter"
        type="search"
        className={css.chip}
        aria-label={t("ui.filters.words")}
        placeholder={t("ui.filters.words")}
        data-on={filter.q !== "" || undefined}
        value={filter.q}
        onChange={(event) => {
          change({ q: event.currentTarget.value });
        }}
        onKeyDown={(event) => {
          if (event.key === "Escape" || event.key === "Enter") {
            event.currentTarget.blur();
          }
        }}
      />
      <Saved filter={filter} onUse={(used) => { change(used); }} />
    </div>
  );
}

interface ChipProps {
  isOn: boolean;
  onPress: () => void;
  children: ReactNode;
}

function Chip({ isOn, onPress, children }: ChipProps) {
  return (
    <button type="button" className={css.chip} aria-pressed={isOn} onClick={onPress}>
      {children}
    </button>
  );
}

interface PartProps {
  filter: Filter;
  onChange: (what: Partial<Filter>) => void;
}

function Services({ filter: { service }, onChange }: PartProps) {
  const { data } = useQuery(servicesQuery);
  const all = [...(data?.items ?? [])].sort((a, b) => a.name.localeCompare(b.name));
  return (
    <select
      className={css.chip}
      aria-label={t("ui.filters.service")}
      data-on={service.length > 0 || undefined}
      value={service.join(",")}
      onChange={(event) => {
        onChange({ service: event.currentTarget.value.split(",").filter((one) => one !== "") });
      }}
    >
      <option value="">{t("ui.filters.any_service")}</option>
      {all.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
      {service.length > 1 && <option value={service.join(",")}>{t("ui.filters.services", { n: service.length })}</option>}
    </select>
  );
}

function People({ filter: { owner }, onChange }: PartProps) {
  const me = useMe().user.id;
  const { data } = useQuery(usersQuery);
  const others = (data?.items ?? []).filter(({ id }) => id !== me).sort((a, b) => a.name.localeCompare(b.name));
  return (
    <select
      className={css.chip}
      aria-label={t("ui.filters.owner")}
      data-on={owner !== "" || undefined}
      value={owner === me ? "me" : owner}
      onChange={(event) => {
        onChange({ owner: event.currentTarget.value });
      }}
    >
      <option value="">{t("ui.filters.any_owner")}</option>
      <option value="me">{t("ui.owner.you")}</option>
      {others.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </select>
  );
}

/** What a saved filter or a link narrows by beyond what is offered: said, and dropped by a press. */
function Rest({ filter, isTeams, isBad, onChange }: PartProps & { isTeams: boolean; isBad: boolean }) {
  const parts: [keyof Filter, string][] = [];
  if (filter.severity.length > 0 && !isBad) {
    const words = filter.severity.map((one) => t(`severity.${one as (typeof BAD)[number]}`));
    parts.push(["severity", t("ui.filters.severities", { words: words.join(", ") })]);
  }
  if (filter.team.length > 0 && !isTeams) {
    parts.push(["team", t("ui.filters.of_teams", { count: filter.team.length })]);
  }
  if (filter.urgency !== "") {
    parts.push(["urgency", t("ui.filters.urgency", { word: filter.urgency })]);
  }
  if (filter.since !== "" || filter.until !== "") {
    parts.push(["since", t("ui.filters.span")]);
  }
  return parts.map(([name, text]) => (
    <Chip
      key={name}
      isOn
      onPress={() => {
        onChange(name === "since" ? { since: "", until: "" } : { [name]: NONE[name] });
      }}
    >
      {text}
    </Chip>
  ));
}
