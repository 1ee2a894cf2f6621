import { words } from "../../api/problem.ts";
import { Glyph } from "../../ui/Glyph.tsx";
import css from "./Entrance.module.css";

/** Why one did not come in. */
export function Failure({ error }: { error: unknown }) {
  const { title, detail } = words(error);
  return (
    <div className={css.failed} role="alert">
      <Glyph name="failed" />
      <p>
        <b>{title}</b>
        <span>{detail}</span>
      </p>
    </div>
  );
}
