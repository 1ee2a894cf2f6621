import { useSnooze } from "../../api/incidents.ts";
import type { IncidentDetail } from "../../api/types.ts";
import css from "../../components/choice.module.css";
import { t } from "../../i18n.ts";
import { Note } from "../../ui/Notes.tsx";
import { Say } from "../../ui/Say.tsx";
import { In, When } from "../../ui/Times.tsx";

/** Says that the incident is put off, until when, and lets one take that back. */
export function Snoozed({ incident, mayAct }: { incident: IncidentDetail; mayAct: boolean }) {
  const snooze = useSnooze(incident.id);
  const { snoozed_until: until, state } = incident;
  if (until == null || state === "resolved") {
    return null;
  }
  return (
    <div className={css.snoozed} role="status">
      <Note>
        <Say k="ui.snooze.is" values={{ until: <b>{<When at={until} />}</b>, left: <In at={until} /> }} />{" "}
        {mayAct && (
          <button
            type="button"
            className="wb-link"
            aria-disabled={snooze.isPending}
            onClick={() => {
              if (!snooze.isPending) {
                snooze.mutate(null);
              }
            }}
          >
            {t("ui.snooze.back")}
          </button>
        )}
      </Note>
    </div>
  );
}
