import { localStorageColorSchemeManager } from "@mantine/core";

/** The same key as in public/scheme.js, which sets the theme before the first paint. */
export const schemeManager = localStorageColorSchemeManager({ key: "watchbell.scheme" });
