import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";

import { teamsQuery } from "../../api/directory.ts";
import { type Read, useSaving } from "../../api/edit.ts";
import { policiesQuery } from "../../api/oncall.ts";
import { words } from "../../api/problem.ts";
import { keys } from "../../api/queries.ts";
import { readService, type Service, type ServiceBody, serviceQuery, writeService } from "../../api/services.ts";
import { useMe } from "../../api/session.ts";
import { Conflict } from "../../components/Conflict.tsx";
import { mayWrite } from "../../components/rights.ts";
import { useViewTitle } from "../../components/title.ts";
import { t } from "../../i18n.ts";
import { useDraft } from "../../ui/draft.ts";
import { Empty, ErrorNote, Loading } from "../../ui/Notes.tsx";
import { paths } from "../../ui/paths.ts";
import { span } from "../../ui/time.ts";
import { toast } from "../../ui/toasts.ts";
import { bodyOf, differing, type FIELDS } from "./form.ts";
import { ServiceForm } from "./ServiceForm.tsx";
import css from "./ServiceForm.module.css";

/** Changes a service. */
export default function EditService() {
  const { id = "" } = useParams();
  const me = useMe();
  const { data, error, refetch } = useQuery(serviceQuery(id));
  useViewTitle(t("ui.views.edit_service"), paths.service(id));
  return (
    <>
      <h1 className={css.title}>
        {data === undefined ? t("ui.views.edit_service") : t("ui.service.editing", { name: data.value.name })}
      </h1>
      {data === undefined && error === null && <Loading rows={4} />}
      {data === undefined && error !== null && (
        <ErrorNote title={words(error).title} detail={words(error).detail} again={() => void refetch()} />
      )}
      {data !== undefined && !mayWrite(me, data.value.team) && (
        <Empty title={t("ui.service.members_only", { team: "" })} />
      )}
      {data !== undefined && mayWrite(me, data.value.team) && <Editor key={id} from={data} />}
    </>
  );
}

/** Edits what was read once: what others change meanwhile is shown when it is saved, not typed over. */
function Editor({ from }: { from: Read<Service> }) {
  const { id } = from.value;
  const draft = `service.${id}`;
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [, setDraft] = useDraft(draft);
  const [base] = useState(from);
  const saving = useSaving<Service, ServiceBody>({
    read: () => readService(id),
    write: (body, etag) => writeService(id, body, etag),
    onPresent: (now) => {
      setDraft("");
      queries.setQueryData(serviceQuery(id).queryKey, now);
      void queries.invalidateQueries({ queryKey: keys.config });
      void navigate(paths.service(id), { replace: true });
      toast({ glyph: "resolved", tone: "dim", text: t("ui.service.saved", { name: now.value.name }) });
    },
  });
  const { clash } = saving;
  const shown = useShown();
  return (
    <ServiceForm
      draft={draft}
      from={bodyOf(base.value)}
      etag={base.etag}
      back={paths.service(id)}
      isPending={saving.isPending}
      error={saving.error}
      save={t("ui.service.save")}
      onSave={saving.save}
    >
      {clash !== undefined && (
        <Conflict
          name={base.value.name}
          differences={differing(clash.mine, bodyOf(clash.theirs.value)).map((field) => ({
            label: t(`ui.service.form.${field}`),
            mine: shown(field, clash.mine),
            theirs: shown(field, bodyOf(clash.theirs.value)),
          }))}
          isPending={saving.isPending}
          onMine={saving.keepMine}
          onTheirs={saving.takeTheirs}
        />
      )}
    </ServiceForm>
  );
}

/** A field as people read it: names, not ids. */
function useShown() {
  const { data: teams } = useQuery(teamsQuery);
  const { data: policies } = useQuery(policiesQuery);
  return (field: (typeof FIELDS)[number], body: ServiceBody): string => {
    switch (field) {
      case "team":
        return teams?.items.find((one) => one.id === body.team)?.name ?? body.team;
      case "policy":
        return body.policy == null
          ? t("ui.service.form.no_policy")
          : (policies?.items.find((one) => one.id === body.policy)?.name ?? body.policy);
      case "urgency":
        return t(`ui.service.form.urgency_${body.urgency ?? "by_severity"}`);
      case "acknowledge_expires_after_s":
      case "auto_resolve_after_s":
        return body[field] == null ? t("ui.service.form.never") : span(body[field] * 1_000);
      case "name":
      case "description":
        return body[field] ?? "";
    }
  };
}
