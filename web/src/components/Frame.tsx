import { useQuery } from "@tanstack/react-query";
import { Suspense, useState } from "react";
import { Link, Navigate, NavLink, Outlet, useLocation } from "react-router";

import { openIncidents } from "../api/incidents.ts";
import { sessionEnded } from "../api/queries.ts";
import { meQuery } from "../api/session.ts";
import type { Incident, Me } from "../api/types.ts";
import { t } from "../i18n.ts";
import { Glyph } from "../ui/Glyph.tsx";
import { useCtrlK } from "../ui/keys.ts";
import { Loading } from "../ui/Notes.tsx";
import { useNow } from "../ui/now.ts";
import { Disc } from "../ui/Owner.tsx";
import { paths } from "../ui/paths.ts";
import { StaleContext } from "../ui/stale.ts";
import { fullWhen, zoneName } from "../ui/time.ts";
import { useZone, ZoneContext } from "../ui/zone.ts";
import type { View } from "../views/registry.ts";
import { useFrameCommands } from "./frameCommands.ts";
import css from "./Frame.module.css";
import { HeldStrip } from "./HeldStrip.tsx";
import { lazily } from "./lazily.tsx";
import { LinkContext, useLive } from "./live.ts";
import { LinkStrip } from "./LinkStrip.tsx";
import { IN_BAR, useNavigation } from "./navigation.ts";
import { useTabTitle } from "./tab.ts";
import { TroubleSign } from "./TroubleSign.tsx";
import { WatchLine } from "./WatchLine.tsx";

const FindOrDo = lazily(() => import("./FindOrDo.tsx"));
const Keys = lazily(() => import("./Keys.tsx"));
const More = lazily(() => import("./More.tsx"));
const Profile = lazily(() => import("./Profile.tsx"));
const SignInAgain = lazily(() => import("./SignInAgain.tsx"));

/** What floats above the view. */
export type Floating = "find" | "keys" | "profile" | "more" | undefined;

/** What stands around every view: the rail, the watch line, and on a phone the bars. */
export function Frame() {
  const { data: me } = useQuery(meQuery);
  const { pathname, search } = useLocation();
  if (me === null) {
    return <Navigate to={paths.signIn(pathname + search)} replace />;
  }
  // Somebody else begins with nothing of what the one before saw or typed.
  return me === undefined ? null : <Signed key={me.user.id} me={me} />;
}

function Signed({ me }: { me: Me }) {
  const link = useLive();
  const views = useNavigation();
  const isOver = sessionEnded.use();
  const [floating, setFloating] = useState<Floating>();
  const { data: open } = useQuery(openIncidents);
  const triggered = (open?.items ?? []).filter((one) => one.state === "triggered");
  useTabTitle(open?.items);
  useFrameCommands(views, setFloating);
  useCtrlK(() => {
    setFloating("find");
  });
  const show = (what: Floating) => () => {
    setFloating(what);
  };
  const close = show(undefined);
  return (
    <ZoneContext value={me.user.zone}>
      <LinkContext value={link}>
        <StaleContext value={link.isKept || link.state === "reconnecting" || link.state === "offline"}>
          <a className={css.skip} href="#main">
            {t("ui.frame.skip")}
          </a>
          <Rail me={me} views={views} triggered={triggered.length} onProfile={show("profile")} onMore={show("more")} />
          <WatchLine me={me} open={open?.items} more={(open?.next ?? null) !== null} onFind={show("find")} />
          <HeldStrip />
          <main id="main" className={css.main} tabIndex={-1}>
            <Printed name={me.user.name} />
            <LinkStrip />
            <Suspense fallback={<Loading />}>
              <Outlet />
            </Suspense>
          </main>
          <Announcer triggered={triggered} />
          <FindOrDo isOpen={floating === "find"} onClose={close} views={views} incidents={open?.items ?? []} />
          <Keys isOpen={floating === "keys"} onClose={close} />
          <Profile isOpen={floating === "profile"} onClose={close} me={me} />
          <More
            isOpen={floating === "more"}
            onClose={close}
            views={views.slice(IN_BAR)}
            onFind={show("find")}
            onProfile={show("profile")}
          />
          <SignInAgain isOpen={isOver} me={me} />
        </StaleContext>
      </LinkContext>
    </ZoneContext>
  );
}

/** On paper only: whose it is, from where, and when it was so. */
function Printed({ name }: { name: string }) {
  const now = useNow();
  const zone = useZone();
  const { pathname, search } = useLocation();
  return (
    <p className={css.printed}>
      {t("ui.frame.printed", {
        when: fullWhen(now, zone),
        zone: zoneName(now, zone),
        name,
        address: window.location.origin + pathname + search,
      })}
    </p>
  );
}

interface RailProps {
  me: Me;
  views: readonly View[];
  triggered: number;
  onProfile: () => void;
  onMore: () => void;
}

/** The navigation: a rail on a desktop, a bar at the foot of a phone. */
function Rail({ me, views, triggered, onProfile, onMore }: RailProps) {
  return (
    <nav className={css.rail} aria-label={t("ui.frame.navigation")}>
      <Link className={css.logo} to={paths.incidents()} aria-label={t("ui.product")}>
        <Glyph name="logo" />
      </Link>
      {views.map((view, index) => (
        <NavLink
          key={view.name}
          to={view.path}
          end={view.path === "/"}
          className={index < IN_BAR ? (css.item ?? "") : `${css.item} wb-wide`}
        >
          <Glyph name={view.nav?.glyph ?? "ring"} />
          {view.name === "incidents" && triggered > 0 && (
            <span className={css.count}>
              {triggered}
              <span className="wb-sr">{t("state.triggered")}</span>
            </span>
          )}
          {view.name === "system" && <TroubleSign />}
          <span>{t(`ui.views.${view.name}`)}</span>
        </NavLink>
      ))}
      <button type="button" className={`${css.item} ${css.me} wb-wide`} onClick={onProfile}>
        <Disc person={me.user} isMe />
        <span>{t("ui.views.profile")}</span>
      </button>
      <button type="button" className={`${css.item} ${css.more}`} onClick={onMore}>
        <Glyph name="more" />
        <TroubleSign />
        <span>{t("ui.views.more")}</span>
      </button>
    </nav>
  );
}

/** Says a new triggered incident once, to those who listen. */
function Announcer({ triggered }: { triggered: readonly Incident[] }) {
  const newest = triggered[0];
  return (
    <p className="wb-sr" role="status">
      {newest !== undefined &&
        t("ui.frame.announce", {
          service: newest.service.name ?? "",
          title: newest.title,
        })}
    </p>
  );
}
