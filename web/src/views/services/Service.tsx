import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearchParams } from "react-router";

import { teamsQuery } from "../../api/directory.ts";
import { integrationsQuery } from "../../api/integrations.ts";
import { words } from "../../api/problem.ts";
import {
  monitorsOfServiceQuery,
  openOfServiceQuery,
  type Service as ServiceView,
  serviceQuery,
  useDeleteService,
} from "../../api/services.ts";
import { useMe } from "../../api/session.ts";
import { DeleteButton } from "../../components/DeleteButton.tsx";
import { mayWrite } from "../../components/rights.ts";
import { useViewTitle } from "../../components/title.ts";
import { t } from "../../i18n.ts";
import { useCommands } from "../../ui/commands.ts";
import { ErrorNote, Loading } from "../../ui/Notes.tsx";
import { paths } from "../../ui/paths.ts";
import { Header } from "./Header.tsx";
import { Monitors } from "./Monitors.tsx";
import { Open } from "./Open.tsx";
import { PagesGoTo } from "./PagesGoTo.tsx";
import { Path } from "./Path.tsx";
import css from "./Service.module.css";
import { Ways } from "./Ways.tsx";

/** One service: what comes in, what became of it, and who is told. */
export default function Service() {
  const { id = "" } = useParams();
  const { data, error, refetch } = useQuery(serviceQuery(id));
  useViewTitle(data?.value.name ?? t("ui.views.service"), paths.services());
  if (data !== undefined) {
    return <Known key={id} service={data.value} />;
  }
  if (error !== null) {
    const { title, detail } = words(error);
    return (
      <>
        <h1 className="wb-sr">{t("ui.views.service")}</h1>
        <ErrorNote title={title} detail={detail} again={() => void refetch()} />
      </>
    );
  }
  return <Loading rows={6} />;
}

function Known({ service }: { service: ServiceView }) {
  const me = useMe();
  const navigate = useNavigate();
  const [query] = useSearchParams();
  const hours = query.get("hours") === "168" ? 168 : 24;
  const { data: teams } = useQuery(teamsQuery);
  const { data: open } = useQuery(openOfServiceQuery(service.id));
  const may = mayWrite(me, service.team);
  useCommands("view", [
    {
      keys: "e",
      text: t("ui.service.edit"),
      find: { text: t("ui.service.find_edit", { name: service.name }), glyph: "services" },
      isOff: !may,
      run: () => void navigate(paths.editService(service.id)),
    },
    { keys: "Escape", text: t("ui.service.back"), run: () => void navigate(paths.services()) },
  ]);
  return (
    <>
      <Header
        service={service}
        team={teams?.items.find((one) => one.id === service.team)?.name}
        open={open?.items}
        may={may}
        remove={<Remove service={service} />}
      />
      <Path service={service.id} hours={hours} />
      <div className={css.columns}>
        <Ways service={service} hours={hours} may={may} />
        <PagesGoTo service={service} />
        <div className={css.side}>
          <Open incidents={open?.items} />
          <Monitors service={service.id} />
        </div>
      </div>
    </>
  );
}

/** Deletes a service; what feeds it has to go first, and is named. */
function Remove({ service }: { service: ServiceView }) {
  const remove = useDeleteService();
  const { data: integrations } = useQuery(integrationsQuery);
  const { data: monitors } = useQuery(monitorsOfServiceQuery(service.id));
  const names = [
    ...(integrations?.items ?? []).filter((one) => one.service === service.id),
    ...(monitors?.items ?? []),
  ].map((one) => one.name);
  return (
    <DeleteButton
      one={service}
      remove={remove}
      done={t("ui.service.deleted", { name: service.name })}
      to={paths.services()}
    >
      <p>{t("ui.service.delete_text")}</p>
      {names.length > 0 && <p>{t("ui.service.delete_first", { count: names.length, names: names.join(", ") })}</p>}
    </DeleteButton>
  );
}
