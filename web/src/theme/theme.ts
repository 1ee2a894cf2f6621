import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from "@mantine/core";

import button from "./button.module.css";
import dialog from "./dialog.module.css";
import field from "./field.module.css";

const helm: MantineColorsTuple = [
  "#E3EEF9", "#C4DDF5", "#9CCBFF", "#77B5FA", "#539FEE",
  "#3588DD", "#1B71C6", "#0B5CAB", "#094C8E", "#073C70",
];

const gray: MantineColorsTuple = [
  "#F2F4F6", "#E8ECF0", "#DBE1E7", "#C5CED7", "#A3AFBA",
  "#75818D", "#56626E", "#3A4651", "#1F2A33", "#0E161D",
];

const dark: MantineColorsTuple = [
  "#E9EEF3", "#B4BFCA", "#8E9BA8", "#677583", "#33404C",
  "#1A222B", "#12181F", "#0C1116", "#080C10", "#04070A",
];

/** The design language in Mantine's terms. Colours of state are tokens, not Mantine colours. */
export const theme = createTheme({
  fontFamily: "var(--wb-sans)",
  fontFamilyMonospace: "var(--wb-mono)",
  fontSizes: { xs: "0.75rem", sm: "0.8125rem", md: "0.875rem", lg: "1rem", xl: "1.125rem" },
  lineHeights: { xs: "1.34", sm: "1.39", md: "1.43", lg: "1.5", xl: "1.34" },
  headings: {
    fontFamily: "var(--wb-sans)",
    fontWeight: "650",
    sizes: {
      h1: { fontSize: "1.75rem", lineHeight: "2.125rem" },
      h2: { fontSize: "1.375rem", lineHeight: "1.75rem" },
      h3: { fontSize: "1.125rem", lineHeight: "1.5rem" },
      h4: { fontSize: "0.875rem", lineHeight: "1.25rem" },
    },
  },
  spacing: { xs: "4px", sm: "8px", md: "12px", lg: "16px", xl: "24px", xxl: "36px" },
  radius: { sm: "4px", md: "8px" },
  defaultRadius: "sm",
  breakpoints: { sm: "47.5em", lg: "78.75em" },
  colors: { helm, gray, dark },
  primaryColor: "helm",
  primaryShade: { light: 7, dark: 3 },
  white: "#FFFFFF",
  black: "#0E161D",
  shadows: { md: "var(--wb-shadow)" },
  focusRing: "auto",
  respectReducedMotion: true,
  // By name, not by import: a field of one view must not load with every other.
  components: {
    Button: {
      defaultProps: { variant: "default", size: "sm" },
      classNames: { root: button.root, label: button.label, loader: button.loader },
    },
    Modal: {
      defaultProps: {
        // A dialog's head is no banner of the page.
        attributes: { header: { role: "presentation" } },
        centered: true,
        overlayProps: { backgroundOpacity: 0.5, blur: 0 },
        radius: "md",
        shadow: "md",
        transitionProps: { transition: "fade", duration: 120 },
      },
      classNames: {
        content: dialog.content,
        header: dialog.header,
        title: dialog.title,
        body: dialog.body,
        close: dialog.close,
      },
    },
    TextInput: { classNames: field },
    PasswordInput: { classNames: field },
    Select: { classNames: field },
    Textarea: { classNames: field },
  },
});

/** Mantine's own variables, led back to the tokens. */
export const resolver: CSSVariablesResolver = () => {
  const both = {
    "--mantine-color-body": "var(--wb-bg)",
    "--mantine-color-text": "var(--wb-ink)",
    "--mantine-color-dimmed": "var(--wb-ink-3)",
    "--mantine-color-placeholder": "var(--wb-ink-3)",
    "--mantine-color-default": "var(--wb-surface)",
    "--mantine-color-default-border": "var(--wb-ctl)",
    "--mantine-color-default-hover": "var(--wb-sunk)",
    "--mantine-color-default-color": "var(--wb-ink)",
    "--mantine-color-error": "var(--wb-triggered)",
    "--mantine-color-anchor": "var(--wb-accent)",
    "--mantine-primary-color-filled": "var(--wb-accent-fill)",
    "--mantine-primary-color-contrast": "var(--wb-on-accent)",
  };
  return { variables: {}, light: both, dark: both };
};
