import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "react-router";

import { teamsQuery } from "../../api/directory.ts";
import { useCreateService } from "../../api/services.ts";
import { useMe } from "../../api/session.ts";
import { mayWrite } from "../../components/rights.ts";
import { useViewTitle } from "../../components/title.ts";
import { t } from "../../i18n.ts";
import { useDraft } from "../../ui/draft.ts";
import { Later } from "../../ui/Later.tsx";
import { Empty, Loading } from "../../ui/Notes.tsx";
import { paths } from "../../ui/paths.ts";
import { toast } from "../../ui/toasts.ts";
import { emptyBody } from "./form.ts";
import { ServiceForm } from "./ServiceForm.tsx";
import css from "./ServiceForm.module.css";

const DRAFT = "service.new";

/** A new service. */
export default function NewService() {
  useViewTitle(t("ui.views.new_service"), paths.services());
  const me = useMe();
  const navigate = useNavigate();
  const create = useCreateService();
  const [, setDraft] = useDraft(DRAFT);
  const { data: teams } = useQuery(teamsQuery);
  const mine = teams?.items.filter((team) => mayWrite(me, team.id));
  return (
    <>
      <h1 className={css.title}>{t("ui.views.new_service")}</h1>
      {mine === undefined && <Loading rows={4} />}
      {mine?.length === 0 && <Empty title={t("ui.services.members_only")} />}
      {mine !== undefined && mine.length > 0 && (
        <Later rows={8}>
          <ServiceForm
            draft={DRAFT}
            from={emptyBody(mine.length === 1 ? (mine[0]?.id ?? "") : "")}
            back={paths.services()}
            isPending={create.isPending}
            error={create.error}
            save={t("ui.service.create")}
            onSave={(body) => {
              create.mutate(body, {
                onSuccess: (made) => {
                  setDraft("");
                  void navigate(paths.service(made.id), { replace: true });
                  toast({ glyph: "resolved", tone: "dim", text: t("ui.service.created", { name: made.name }) });
                },
              });
            }}
          />
        </Later>
      )}
    </>
  );
}
