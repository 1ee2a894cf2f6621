import { type MantineColorScheme, useMantineColorScheme } from "@mantine/core";
import { useNavigate } from "react-router";

import { useSignOut } from "../api/session.ts";
import { t } from "../i18n.ts";
import { type Command, useCommands } from "../ui/commands.ts";
import { setKeysOn, useKeysOn } from "../ui/keys.ts";
import type { View } from "../views/registry.ts";
import type { Floating } from "./Frame.tsx";

const SCHEMES: readonly MantineColorScheme[] = ["auto", "light", "dark"];

/** What can be done on every view: go to another, look something up, and what concerns oneself. */
export function useFrameCommands(views: readonly View[], show: (what: Floating) => void): void {
  const navigate = useNavigate();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const keysOn = useKeysOn();
  const signOut = useSignOut();
  useCommands("frame", [
    ...views.map((view): Command => ({
      ...(view.nav === undefined ? {} : { keys: view.nav.keys }),
      text: t(`ui.views.${view.name}`),
      run: () => void navigate(view.path),
    })),
    {
      keys: "/",
      text: t("ui.keys.find"),
      run: () => {
        show("find");
      },
    },
    {
      keys: "?",
      text: t("ui.keys.all"),
      find: { text: t("ui.keys.all"), glyph: "find" },
      run: () => {
        show("keys");
      },
    },
    {
      text: t("ui.views.profile"),
      find: { text: t("ui.find.profile"), glyph: "settings" },
      run: () => {
        show("profile");
      },
    },
    ...SCHEMES.filter((scheme) => scheme !== colorScheme).map((scheme): Command => ({
      text: t(`ui.profile.${scheme}`),
      find: { text: t("ui.find.scheme", { scheme: t(`ui.profile.${scheme}`) }), glyph: "settings" },
      run: () => {
        setColorScheme(scheme);
      },
    })),
    {
      text: t("ui.keys.on"),
      find: { text: keysOn ? t("ui.find.keys_off") : t("ui.find.keys_on"), glyph: "settings" },
      run: () => {
        setKeysOn(!keysOn);
      },
    },
    {
      text: t("ui.profile.sign_out"),
      find: { text: t("ui.profile.sign_out"), glyph: "back" },
      run: () => {
        signOut.mutate();
      },
    },
  ]);
}
