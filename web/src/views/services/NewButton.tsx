import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { teamsQuery } from "../../api/directory.ts";
import { useMe } from "../../api/session.ts";
import { mayWrite } from "../../components/rights.ts";
import { t } from "../../i18n.ts";
import { paths } from "../../ui/paths.ts";

/** Leads to a new service; for those who may not make one it says so. */
export function NewButton() {
  const me = useMe();
  const { data: teams } = useQuery(teamsQuery);
  if (teams === undefined) {
    return null;
  }
  if (teams.items.some((team) => mayWrite(me, team.id))) {
    return (
      <Button component={Link} to={paths.newService()}>
        {t("ui.services.new")}
      </Button>
    );
  }
  return (
    <>
      <Button aria-disabled aria-describedby="new-why">
        {t("ui.services.new")}
      </Button>
      <span id="new-why" className="wb-sr">
        {t("ui.services.members_only")}
      </span>
    </>
  );
}
