// Sets the theme before the first paint. `src/theme/scheme.ts` keeps the same key.
(() => {
  let kept = null;
  try {
    kept = localStorage.getItem("watchbell.scheme");
  } catch {
    // Storage may be off: the system decides then.
  }
  const dark = kept === "dark" || (kept !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
})();
