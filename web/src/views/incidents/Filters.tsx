import { t } from "../../i18n.ts";
import css from "./Filters.module.css";
import { type Filter, isFiltered, SWITCHES, writeFilter } from "./model.ts";

interface FiltersProps {
  filter: Filter;
  services: readonly { id: string; name: string }[];
  query: URLSearchParams;
  onChange: (query: URLSearchParams) => void;
}

const NONE: Filter = { mine: false, teams: false, bad: false, service: "", q: "" };

/** Which incidents are shown; the address holds it. */
export function Filters({ filter, services, query, onChange }: FiltersProps) {
  const change = (what: Partial<Filter>) => {
    onChange(writeFilter(query, what));
  };
  return (
    <div className={css.filters} role="group" aria-label={t("ui.filters.label")}>
      <button
        type="button"
        className={css.chip}
        aria-pressed={!isFiltered(filter)}
        onClick={() => {
          change(NONE);
        }}
      >
        {t("ui.filters.all")}
      </button>
      {SWITCHES.map((name) => (
        <button
          key={name}
          type="button"
          className={css.chip}
          aria-pressed={filter[name]}
          onClick={() => {
            change({ [name]: !filter[name] });
          }}
        >
          {t(`ui.filters.${name}`)}
        </button>
      ))}
      <select
        className={css.chip}
        aria-label={t("ui.filters.service")}
        data-on={filter.service !== "" || undefined}
        value={filter.service}
        onChange={(event) => {
          change({ service: event.currentTarget.value });
        }}
      >
        <option value="">{t("ui.filters.any_service")}</option>
        {services.map((service) => (
          <option key={service.id} value={service.id}>
            {service.name}
          </option>
        ))}
      </select>
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
      />
    </div>
  );
}
