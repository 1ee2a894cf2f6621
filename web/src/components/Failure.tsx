import { ApiError, words } from "../api/problem.ts";
import { Glyph } from "../ui/Glyph.tsx";
import css from "./entry.module.css";

/** Why one did not come in. */
export function Failure({ error }: { error: unknown }) {
  const { title, detail } = words(error);
  // What is wrong with a field that is not shown, as with the link itself, says it better.
  const fields = error instanceof ApiError ? Object.values(error.fields).join(" ") : "";
  return (
    <div className={css.failed} role="alert">
      <Glyph name="failed" />
      <p>
        <b>{fields === "" ? title : fields}</b>
        <span>{fields === "" ? detail : ""}</span>
      </p>
    </div>
  );
}
