import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useState } from "react";
import { Link, NavigationType, useNavigationType, useSearchParams } from "react-router";

import { renderQuery } from "../../api/metrics.ts";
import { words } from "../../api/problem.ts";
import { useMe } from "../../api/session.ts";
import { csv, type Line, NAMED } from "../../components/graph/lines.ts";
import { Lines, LineTable } from "../../components/graph/Lines.tsx";
import type { Camera } from "../../components/graph/LinesDrawing.tsx";
import { SpanChoice } from "../../components/graph/SpanChoice.tsx";
import spans from "../../components/graph/SpanChoice.module.css";
import { SPANS, spanOf } from "../../components/graph/spans.ts";
import { lazily } from "../../components/lazily.tsx";
import { mayWriteSomewhere } from "../../components/rights.ts";
import { TargetField } from "../../components/targets/TargetField.tsx";
import { useViewTitle } from "../../components/title.ts";
import { t } from "../../i18n.ts";
import { Empty, ErrorNote, Loading, Note } from "../../ui/Notes.tsx";
import { paths } from "../../ui/paths.ts";
import { toast } from "../../ui/toasts.ts";
import css from "./Metrics.module.css";
import { asked, type Exploration, read, TARGETS_MAX, write } from "./model.ts";
import { Tree } from "./Tree.tsx";

const ToDashboardDialog = lazily(() => import("./ToDashboardDialog.tsx"));

/** What is drawn follows the typing after a moment. */
const PAUSE_MS = 400;

/** Any stored series, any function over them, and the link to what one sees. */
export default function Metrics() {
  useViewTitle(t("ui.views.metrics"));
  const { present, set } = useExploration();
  const targets = present.targets.length === 0 ? [""] : present.targets;
  const put = (at: number, text: string) => {
    set({ targets: targets.map((one, index) => (index === at ? text : one)) });
  };
  return (
    <>
      <h1 className={css.title}>{t("ui.views.metrics")}</h1>
      <div className={css.columns}>
        <Tree
          onUse={(name) => {
            const isFirst = targets.length === 1 && targets[0] === "";
            set({ targets: isFirst ? [name] : [...targets, name].slice(0, TARGETS_MAX) });
          }}
        />
        <div className={css.main}>
          <div className={css.targets}>
            {targets.map((target, at) => (
              <TargetField
                key={at}
                n={at + 1}
                value={target}
                onChange={(text) => {
                  put(at, text);
                }}
                onRemove={
                  targets.length > 1
                    ? () => {
                        set({ targets: targets.filter((_, index) => index !== at) });
                      }
                    : undefined
                }
              />
            ))}
          </div>
          <Bar present={present} targets={targets} set={set} />
          <Drawn present={present} />
        </div>
      </div>
    </>
  );
}

/**
 * What is explored, and in the address, too. The address follows a moment behind: a field that showed
 * what stands there would lose its caret.
 */
function useExploration() {
  const [query, setQuery] = useSearchParams();
  const how = useNavigationType();
  const [present, setPresent] = useState(() => read(query));
  const [seen, setSeen] = useState(query);
  if (query !== seen) {
    setSeen(query);
    // Ours replace the address; any other change comes from a link or from going back.
    if (how !== NavigationType.Replace) {
      setPresent(read(query));
    }
  }
  return {
    present,
    set: (next: Partial<Exploration>) => {
      const changed = { ...present, ...next };
      setPresent(changed);
      setQuery(write(changed), { replace: true });
    },
  };
}

interface BarProps {
  present: Exploration;
  targets: readonly string[];
  set: (next: Partial<Exploration>) => void;
}

function Bar({ present, targets, set }: BarProps) {
  return (
    <div className={css.bar}>
      <SpanChoice
        value={present.span}
        onChange={(span) => {
          set({ span });
        }}
      />
      <div className={spans.choice}>
        <button
          type="button"
          aria-pressed={present.compares}
          onClick={() => {
            set({ compares: !present.compares });
          }}
        >
          {t("ui.metrics.compare")}
        </button>
      </div>
      {targets.length < TARGETS_MAX && (
        <Button
          onClick={() => {
            set({ targets: [...targets, ""] });
          }}
        >
          {t("ui.metrics.add")}
        </Button>
      )}
    </div>
  );
}

function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => {
      setSettled(text);
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [text]);
  return settled;
}

function Drawn({ present }: { present: Exploration }) {
  const spanS = spanOf(present.span, 3_600);
  const settled = useSettled(JSON.stringify(asked(present)));
  const targets = useMemo(() => JSON.parse(settled) as string[], [settled]);
  const { data, error, isPending } = useQuery(renderQuery({ targets, spanS, most: 900 }));
  const [camera, setCamera] = useState<Camera>();
  const keep = useCallback((made: Camera) => {
    setCamera(() => made);
  }, []);
  const chart = useMemo(() => {
    if (data === undefined) {
      return undefined;
    }
    const own = present.compares ? targets.length / 2 : targets.length;
    const shifted = targets.slice(own);
    const isPast = (name: string) => shifted.length > 0 && name.startsWith("timeShift(") && !targets.slice(0, own).includes(name);
    const lines = data.series.map(({ target, points }): Line => ({ name: target, points, isPast: isPast(target) }));
    return {
      lines: [...lines.filter((one) => one.isPast !== true), ...lines.filter((one) => one.isPast === true)],
      from: (data.until - spanS) * 1_000,
      to: data.until * 1_000,
    };
  }, [data, present.compares, targets, spanS]);
  if (targets.length === 0) {
    return <Empty title={t("ui.metrics.empty")} text={t("ui.metrics.empty_text")} />;
  }
  if (error !== null) {
    return <ErrorNote title={t("ui.lines.failed")} detail={words(error).detail} />;
  }
  if (chart === undefined) {
    return isPending ? <Loading rows={5} /> : null;
  }
  const shown = chart.lines.filter((one) => one.isPast !== true);
  if (shown.length === 0) {
    return <Note>{t("ui.lines.no_series")}</Note>;
  }
  return (
    <>
      <Lines
        chart={chart}
        size="tall"
        onCamera={keep}
        label={t("ui.metrics.label", { count: shown.length, span: spanWords(present.span) })}
      />
      {shown.length > NAMED && <p className="wb-faint">{t("ui.metrics.many", { shown: NAMED, count: shown.length })}</p>}
      <LineTable lines={chart.lines} />
      <Out lines={chart.lines} camera={camera} targets={present.targets.filter((one) => one.trim() !== "")} />
    </>
  );
}

function spanWords(word: string): string {
  const known = SPANS.find((one) => one.word === word)?.word ?? "1h";
  return t(`ui.lines.span_${known}`);
}

/** What one can take along: the link, the values, the picture; and what can be made of it. */
function Out({ lines, camera, targets }: { lines: readonly Line[]; camera: Camera | undefined; targets: readonly string[] }) {
  return (
    <div className={css.out}>
      <Button
        onClick={() => {
          void navigator.clipboard.writeText(location.href).then(
            () => {
              toast({ glyph: "received", tone: "resolved", text: t("ui.metrics.shared") });
            },
            () => {
              toast({ glyph: "failed", tone: "triggered", text: t("ui.metrics.not_shared") });
            },
          );
        }}
      >
        {t("ui.metrics.share")}
      </Button>
      <Button
        onClick={() => {
          save(new Blob([csv(lines, t("ui.metrics.time"))], { type: "text/csv" }), "metrics.csv");
        }}
      >
        {t("ui.metrics.csv")}
      </Button>
      {camera !== undefined && (
        <Button
          onClick={() => {
            void camera().then((picture) => {
              if (picture !== null) {
                save(picture, "metrics.png");
              }
            });
          }}
        >
          {t("ui.metrics.png")}
        </Button>
      )}
      <ToDashboard targets={targets} />
      <Link className={`wb-link ${css.link}`} to={paths.newMonitor(targets[0])}>
        {t("ui.metrics.monitor")}
      </Link>
    </div>
  );
}

function ToDashboard({ targets }: { targets: readonly string[] }) {
  const me = useMe();
  const [isOpen, setIsOpen] = useState(false);
  if (!mayWriteSomewhere(me)) {
    return null;
  }
  return (
    <>
      <Button
        onClick={() => {
          setIsOpen(true);
        }}
      >
        {t("ui.metrics.to_dashboard")}
      </Button>
      <ToDashboardDialog
        isOpen={isOpen}
        targets={targets}
        onClose={() => {
          setIsOpen(false);
        }}
      />
    </>
  );
}

function save(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
