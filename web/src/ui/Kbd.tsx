import css from "./Kbd.module.css";

/** A key cap, for those who use the keyboard; the screen reader has the name of the button. */
export function Kbd({ keys }: { keys: string }) {
  return (
    <kbd className={css.kbd} aria-hidden="true">
      {keys}
    </kbd>
  );
}
