import { TextInput } from "@mantine/core";
import { useQueries, useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { findQuery, type TreeNode } from "../../api/metrics.ts";
import { words } from "../../api/problem.ts";
import { t } from "../../i18n.ts";
import { ErrorNote, Loading } from "../../ui/Notes.tsx";
import { searchPatterns } from "./model.ts";
import css from "./Tree.module.css";

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

/** Names that were searched for, whole, from every level that was looked at. */
function Found({ patterns, onUse }: TreeProps & { patterns: readonly string[] }) {
  const found = useQueries({ queries: patterns.map((pattern) => findQuery(pattern)) });
  const names = [...new Map(found.flatMap((one) => one.data ?? []).map((node) => [node.id, node])).values()];
  const isPending = found.some((one) => one.isPending);
  const failed = found.find((one) => one.error !== null)?.error;
  if (names.length === 0 && failed !== undefined) {
    return <ErrorNote title={t("ui.metrics.tree_failed")} detail={words(failed).detail} />;
  }
  return (
    <ul className={css.level}>
      {isPending && <Loading rows={2} />}
      {!isPending && names.length === 0 && <li className="wb-dim">{t("ui.metrics.tree_none")}</li>}
      {names.map((node) => (
        <Node key={node.id} node={node} name={node.id} label={node.id} onUse={onUse} />
      ))}
    </ul>
  );
}
