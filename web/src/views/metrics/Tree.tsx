import { TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { expandQuery, findQuery, type TreeNode } from "../../api/metrics.ts";
import { words } from "../../api/problem.ts";
import { t } from "../../i18n.ts";
import { ErrorNote, Loading } from "../../ui/Notes.tsx";
import { searchPatterns } from "./model.ts";
import css from "./Tree.module.css";

/** As many as one would read before typing more of the name. */
const FOUND_MAX = 200;

interface TreeProps {
  /** Draws a series, or all below a branch. */
  onUse: (name: string) => void;
}

/** The names there are, level by level, or those that were searched for. */
export function Tree({ onUse }: TreeProps) {
  const [typed, setTyped] = useState("");
  const patterns = searchPatterns(typed);
  return (
    <section className={css.tree} aria-labelledby="names">
      <h2 id="names">{t("ui.metrics.tree")}</h2>
      <TextInput
        label={t("ui.metrics.find")}
        value={typed}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
        }}
      />
      <div className={css.scroll}>
        {patterns.length === 0 ? <Level below="" onUse={onUse} /> : <Found patterns={patterns} onUse={onUse} />}
      </div>
    </section>
  );
}

function Level({ below, onUse }: TreeProps & { below: string }) {
  const { data, error, isPending, refetch } = useQuery(findQuery(`${below}*`));
  if (error !== null) {
    return <ErrorNote title={t("ui.metrics.tree_failed")} detail={words(error).detail} again={() => void refetch()} />;
  }
  if (isPending) {
    return <Loading rows={3} />;
  }
  return (
    <ul className={css.level}>
      {data.length === 0 && <li className="wb-dim">{t("ui.metrics.tree_none")}</li>}
      {data.map((node) => (
        <Node key={node.id} node={node} name={below + node.text} label={node.text} onUse={onUse} />
      ))}
    </ul>
  );
}

function Node({ node, name, label, onUse }: TreeProps & { node: TreeNode; name: string; label: string }) {
  const [isOpen, setIsOpen] = useState(false);
  const isBranch = node.expandable === 1;
  return (
    <li>
      {isBranch ? (
        <button
          type="button"
          className={css.branch}
          aria-expanded={isOpen}
          onClick={() => {
            setIsOpen(!isOpen);
          }}
        >
          <span aria-hidden="true" className={css.turn} />
          <span className="wb-mono">{label}</span>
          <span className="wb-sr">{t(isOpen ? "ui.metrics.close" : "ui.metrics.open", { name })}</span>
        </button>
      ) : (
        <button
          type="button"
          className={css.leaf}
          onClick={() => {
            onUse(name);
          }}
        >
          <span className="wb-mono">{label}</span>
          <span className="wb-sr">{t("ui.metrics.use", { name })}</span>
        </button>
      )}
      {isOpen && <Level below={`${name}.`} onUse={onUse} />}
    </li>
  );
}

/** Series that were searched for, by their whole names. */
function Found({ patterns, onUse }: TreeProps & { patterns: readonly string[] }) {
  const { data, error, isPending } = useQuery(expandQuery(patterns));
  if (error !== null) {
    return <ErrorNote title={t("ui.metrics.tree_failed")} detail={words(error).detail} />;
  }
  if (isPending) {
    return <Loading rows={2} />;
  }
  return (
    <ul className={css.level}>
      {data.results.length === 0 && <li className="wb-dim">{t("ui.metrics.tree_none")}</li>}
      {data.results.slice(0, FOUND_MAX).map((name) => (
        <li key={name}>
          <button
            type="button"
            className={css.leaf}
            onClick={() => {
              onUse(name);
            }}
          >
            <span className="wb-mono">{name}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
