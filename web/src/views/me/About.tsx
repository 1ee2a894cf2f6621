import { Button } from "@mantine/core";
import { useState } from "react";

import type { Read } from "../../api/edit.ts";
import type { User } from "../../api/types.ts";
import { ChangesLink } from "../../components/ChangesLink.tsx";
import { lazily } from "../../components/lazily.tsx";
import { t } from "../../i18n.ts";
import { useNow } from "../../ui/now.ts";
import { Section } from "../../ui/Section.tsx";
import { city, clock } from "../../ui/time.ts";
import css from "./Me.module.css";

const AboutForm = lazily(() => import("./AboutForm.tsx"));

/** Name, address and zone. */
export function About({ read, isAdmin }: { read: Read<User>; isAdmin: boolean }) {
  const [edited, setEdited] = useState<Read<User>>();
  const { value: user } = read;
  if (edited !== undefined) {
    return (
      <Section id="about" title={t("ui.me.about")}>
        <AboutForm
          isOpen
          from={edited}
          isAdmin={isAdmin}
          onClose={() => {
            setEdited(undefined);
          }}
        />
      </Section>
    );
  }
  return (
    <Section id="about" title={t("ui.me.about")}>
      <dl className={css.facts}>
        <dt>{t("ui.me.name")}</dt>
        <dd>{user.name}</dd>
        <dt>{t("ui.me.email")}</dt>
        <dd>{user.email}</dd>
        <dt>{t("ui.me.zone")}</dt>
        <dd>
          {city(user.zone)}, <ClockThere zone={user.zone} />
        </dd>
      </dl>
      <Button
        onClick={() => {
          setEdited(read);
        }}
      >
        {t("ui.me.edit")}
      </Button>{" "}
      <ChangesLink id={user.id} />
    </Section>
  );
}

function ClockThere({ zone }: { zone: string }) {
  return <span className="wb-nw">{clock(useNow(), zone)}</span>;
}
