import { Button } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useNavigate, useParams } from "react-router";

import {
  type Integration as IntegrationView,
  integrationQuery,
  keyQuery,
  signalsQuery,
  useDeleteIntegration,
} from "../../api/integrations.ts";
import { words } from "../../api/problem.ts";
import { type Service, serviceQuery } from "../../api/services.ts";
import { statusQuery, useMe } from "../../api/session.ts";
import { dialectName } from "../../components/dialects.ts";
import { ChangesLink } from "../../components/ChangesLink.tsx";
import { DeleteButton } from "../../components/DeleteButton.tsx";
import { lazily } from "../../components/lazily.tsx";
import { mayWrite } from "../../components/rights.ts";
import { useViewTitle } from "../../components/title.ts";
import { t } from "../../i18n.ts";
import { useCommands } from "../../ui/commands.ts";
import { ErrorNote, Loading } from "../../ui/Notes.tsx";
import { useNow } from "../../ui/now.ts";
import { paths } from "../../ui/paths.ts";
import { Say } from "../../ui/Say.tsx";
import { span } from "../../ui/time.ts";
import { When } from "../../ui/Times.tsx";
import css from "./Integration.module.css";
import { silence } from "./model.ts";
import { Refusals } from "./Refusals.tsx";
import { Signals } from "./Signals.tsx";
import { WayIn } from "./WayIn.tsx";

const RenameDialog = lazily(() => import("./Rename.tsx"));
const RotateDialog = lazily(() => import("./Rotate.tsx"));
const TestDialog = lazily(() => import("./Test.tsx"));

/** What floats above the view. */
type Floating = "rename" | "rotate" | "test" | undefined;

/** One way in: where to send, what came, and what became of it. */
export default function Integration() {
  const { id = "" } = useParams();
  const { data, error, refetch } = useQuery(integrationQuery(id));
  const integration = data?.value;
  const { data: service } = useQuery({
    ...serviceQuery(integration?.service ?? ""),
    enabled: integration !== undefined,
  });
  useViewTitle(
    integration?.name ?? t("ui.views.integration"),
    integration === undefined ? paths.services() : paths.service(integration.service),
  );
  if (integration !== undefined && service !== undefined) {
    return <Known key={id} integration={integration} service={service.value} />;
  }
  if (error !== null) {
    const { title, detail } = words(error);
    return (
      <>
        <h1 className="wb-sr">{t("ui.views.integration")}</h1>
        <ErrorNote title={title} detail={detail} again={() => void refetch()} />
      </>
    );
  }
  return <Loading rows={6} />;
}

interface KnownProps {
  integration: IntegrationView;
  service: Service;
}

function Known({ integration, service }: KnownProps) {
  const me = useMe();
  const navigate = useNavigate();
  const may = mayWrite(me, service.team);
  const { data: key } = useQuery({ ...keyQuery(integration.id), enabled: may });
  const [floating, setFloating] = useState<Floating>();
  const show = (what: Floating) => () => {
    setFloating(what);
  };
  const close = show(undefined);
  useCommands("view", [
    {
      keys: "t",
      text: t("ui.integration.test"),
      find: { text: t("ui.integration.find_test", { name: integration.name }), glyph: "signal" },
      isOff: !may,
      run: show("test"),
    },
    { keys: "Escape", text: t("ui.integration.back"), run: () => void navigate(paths.service(service.id)) },
  ]);
  return (
    <>
      <Header integration={integration} service={service} may={may} show={setFloating} />
      <Silent integration={integration.id} />
      <div className={css.columns}>
        <WayIn address={useAddress()} keyText={key?.key} may={may} onRotate={show("rotate")} />
        <div className={css.came}>
          <Signals integration={integration.id} />
          <Refusals integration={integration.id} />
        </div>
      </div>
      {key !== undefined && (
        <TestDialog
          isOpen={floating === "test"}
          integration={integration}
          service={service}
          keyText={key.key}
          onClose={close}
        />
      )}
      <RotateDialog isOpen={floating === "rotate"} integration={integration} onClose={close} />
      <RenameDialog isOpen={floating === "rename"} integration={integration} onClose={close} />
    </>
  );
}

/** Where senders of Events v2 send to. */
function useAddress(): string {
  const { data } = useQuery({ ...statusQuery, select: (status) => status.public_url ?? null });
  return `${(data ?? location.origin).replace(/\/$/u, "")}/v2/enqueue`;
}

interface HeaderProps extends KnownProps {
  may: boolean;
  show: (what: Floating) => void;
}

function Header({ integration, service, may, show }: HeaderProps) {
  return (
    <header className={css.header}>
      <div>
        <div className={css.line}>
          <span>{dialectName(integration.dialect)}</span>
          <span>
            <Say
              k="ui.integration.feeds"
              values={{
                service: (
                  <Link className="wb-link" to={paths.service(service.id)}>
                    {service.name}
                  </Link>
                ),
              }}
            />
          </span>
        </div>
        <h1>{integration.name}</h1>
        <ChangesLink id={integration.id} />
      </div>
      <div className={css.acts}>
        <Button
          aria-disabled={!may}
          aria-describedby="integration-why"
          onClick={() => {
            if (may) {
              show("test");
            }
          }}
        >
          {t("ui.integration.test")}
        </Button>
        {may && (
          <>
            <Button
              onClick={() => {
                show("rename");
              }}
            >
              {t("ui.integration.rename")}
            </Button>
            <Remove integration={integration} service={service} />
          </>
        )}
        <span id="integration-why" className={may ? "wb-sr" : css.why}>
          {may ? "" : t("ui.integration.members_only")}
        </span>
      </div>
    </header>
  );
}

/** A sender that came regularly and stopped: violet, because we do not know why. */
function Silent({ integration }: { integration: string }) {
  const { data } = useInfiniteQuery(signalsQuery(integration));
  const now = useNow();
  const silent = silence(data?.pages.flatMap((page) => page.items) ?? [], now);
  return silent === undefined ? null : (
    <div className={css.silent} role="status">
      <b>{t("ui.integration.silent", { silent: span(now - silent.since) })}</b>
      <p>
        <Say
          k="ui.integration.silent_text"
          values={{
            seen: String(silent.seen),
            usual: span(silent.usualMs),
            last: <When at={silent.since} />,
          }}
        />
      </p>
    </div>
  );
}

function Remove({ integration, service }: KnownProps) {
  const remove = useDeleteIntegration();
  return (
    <DeleteButton
      one={integration}
      remove={remove}
      done={t("ui.integration.deleted", { name: integration.name })}
      to={paths.service(service.id)}
    >
      {t("ui.integration.delete_text", { service: service.name })}
    </DeleteButton>
  );
}
