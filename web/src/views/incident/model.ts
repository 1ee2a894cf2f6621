/** What the incident view shows, apart from how it looks. Pure. */
import type { Alert, Delivery, IncidentDetail, Page, Policy, RecordEntry } from "../../api/types.ts";
import { inShort } from "../../ui/recipients.ts";
import { millis } from "../../ui/time.ts";

/** Somebody who was, or is to be, told, with each message in order. */
export interface Told {
  id: string;
  name: string | null;
  isPerson: boolean;
  /** Why they were chosen, in words, for each time they were. */
  why: string[];
  deliveries: Delivery[];
  /** Those of them that ask for help: only an answer stops them. */
  asking: Set<string>;
  /** Why they were chosen and not told, in words, for each reason there was. */
  untold: string[];
}

/** Whether a page asks its person to help. */
function asks({ responders }: Pick<IncidentDetail, "responders">, { step, recipient, at }: Page): boolean {
  return step == null && responders.some((one) => one.user.id === recipient.id && one.asked_at === at);
}

/** Who was told: one entry per recipient, in the order they were first chosen. */
export function told(incident: Pick<IncidentDetail, "pages" | "record" | "responders">): Told[] {
  const { pages, record } = incident;
  const said = new Map(record.filter((entry) => entry.kind === "paged").map((entry) => [entry.page, entry.text]));
  const found = new Map<string, Told>();
  for (const page of pages) {
    const { id, name, kind } = page.recipient;
    const entry = found.get(id) ?? {
      id,
      name: name ?? null,
      isPerson: kind === "person",
      why: [],
      deliveries: [],
      asking: new Set<string>(),
      untold: [],
    };
    if (!entry.why.includes(page.why)) {
      entry.why.push(page.why);
    }
    const text = page.deliveries.length === 0 ? said.get(page.id) : undefined;
    if (text !== undefined && !entry.untold.includes(text)) {
      entry.untold.push(text);
    }
    entry.deliveries.push(...page.deliveries);
    if (asks(incident, page)) {
      page.deliveries.forEach(({ id: delivery }) => entry.asking.add(delivery));
    }
    found.set(id, entry);
  }
  for (const entry of found.values()) {
    entry.deliveries.sort((a, b) => millis(a.due_at) - millis(b.due_at));
  }
  return [...found.values()];
}

/** How many messages went out, and to how many people. */
export function counts(list: readonly Told[]): { messages: number; people: number } {
  const sent = list.filter((one) => one.deliveries.some((delivery) => delivery.state === "sent"));
  return {
    messages: list.flatMap((one) => one.deliveries).filter((one) => one.state === "sent").length,
    people: sent.length,
  };
}

/** A mark on the escalation track. */
export interface Mark {
  at: number;
  /** Its place from the left, 0 to 1. */
  place: number;
  kind: "done" | "planned" | "repeat" | "end";
  /** Paged, but not told: sending is held. */
  isHeld: boolean;
  /** Paged, but there was no way to tell any of them. */
  isUntold?: boolean;
  step: number;
  /** Who was or will be told, in words. */
  who: string[];
}

/** The escalation as a time axis: what was done, what is planned, and where now is. */
export interface Track {
  marks: Mark[];
  /** Where now is, 0 to 1. */
  now: number;
}

/** A mark before it has its place. */
type Unplaced = Omit<Mark, "place" | "isHeld">;

/** The next steps by the policy, as long as the incident still holds that version of it. */
function planned(incident: IncidentDetail, policy: Policy | undefined): Unplaced[] {
  const { next } = incident;
  if (next == null) {
    return [];
  }
  const isEnd = next.targets.length === 0;
  const first: Unplaced = {
    at: millis(next.at),
    step: next.step,
    who: next.targets,
    kind: isEnd ? "end" : "planned",
  };
  const step = policy?.version === incident.policy?.version ? policy?.steps[next.step - 1] : undefined;
  if (isEnd || step === undefined || policy === undefined) {
    return [first];
  }
  const at = first.at + step.escalate_after_s * 1_000;
  if (next.step < policy.steps.length) {
    return [first, { at, step: next.step + 1, who: [], kind: "planned" }];
  }
  const climbed = Math.max(1, ...incident.pages.map((page) => page.cycle));
  // Step 1 after pages is the first step of the next climb.
  const climb = next.step === 1 && incident.pages.length > 0 ? climbed + 1 : climbed;
  const mayRepeat = climb <= (policy.repeat ?? 0);
  return [first, { at, step: 1, who: [], kind: mayRepeat ? "repeat" : "end" }];
}

/** As many marks as have room for their words. */
const DONE_SHOWN = 2;

/** Whether a page told nobody and waits for sending to go on. */
export function waits(page: Page): boolean {
  return (
    page.deliveries.some((delivery) => delivery.state === "planned") &&
    !page.deliveries.some((delivery) => delivery.state === "sent")
  );
}

function markOf(pages: Page[]): Unplaced & { isHeld: boolean } {
  const [first] = pages;
  // Who is paused, or has no way to be told, was not.
  const reached = pages.filter((page) => page.deliveries.length > 0);
  return {
    isUntold: reached.length === 0,
    isHeld: pages.every(waits),
    at: millis(first?.at ?? 0),
    step: first?.step ?? 0,
    who: [inShort((reached.length === 0 ? pages : reached).map((page) => page.recipient))],
    kind: "done",
  };
}

/**
 * The track of an incident; undefined where nobody is or was to be told by steps. While sending is
 * held, what is planned has no time, and who waits was not told.
 */
export function track(
  incident: IncidentDetail,
  policy: Policy | undefined,
  now: number,
  isHeld = false,
): Track | undefined {
  const done = new Map<string, Page[]>();
  for (const page of incident.pages.filter((one) => one.step != null)) {
    const key = `${page.cycle} ${page.step}`;
    done.set(key, [...(done.get(key) ?? []), page]);
  }
  const before = [...done.values()]
    .map(markOf)
    .map((mark) => ({ ...mark, isHeld: isHeld && mark.isHeld }))
    .slice(-DONE_SHOWN);
  const all = [...before, ...planned(incident, policy).map((mark) => ({ ...mark, isHeld }))];
  const first = all[0];
  const last = all.at(-1);
  if (first === undefined || last === undefined) {
    return undefined;
  }
  // Room for the words of the last mark.
  const end = Math.max(last.at, now) + (Math.max(last.at, now) - first.at) * 0.26 + 1;
  const place = (at: number) => (at - first.at) / (end - first.at);
  return { marks: all.map((mark) => ({ ...mark, place: place(mark.at) })), now: place(Math.min(now, end)) };
}

/** A line of the record, or a run of receipts that folds into one. */
export type Line = { kind: "entry"; entry: RecordEntry } | { kind: "receipts"; entries: RecordEntry[] };

/** How many receipts in a row are worth folding. */
const FOLD_FROM = 2;

/** Whether an entry only says that a message was accepted. */
export function isReceipt(entry: RecordEntry, outcomes: Outcomes): boolean {
  return entry.kind === "attempted" && outcomes.get(keyOf(entry)) === "accepted";
}

/** What became of each attempt the record tells of. */
export type Outcomes = ReadonlyMap<string, string>;

function keyOf(entry: RecordEntry): string {
  return `${entry.stream} ${entry.seq}`;
}

/** What became of an attempt the record tells of. */
export function outcomeOf(entry: RecordEntry, outcomes: Outcomes): string | undefined {
  return outcomes.get(keyOf(entry));
}

/** Finds what became of each attempt: the n-th entry of a delivery tells of its n-th attempt. */
export function outcomes(incident: IncidentDetail): Outcomes {
  const deliveries = new Map(
    incident.pages.flatMap((page) => page.deliveries).map((delivery) => [delivery.id, delivery]),
  );
  const seen = new Map<string, number>();
  const found = new Map<string, string>();
  for (const entry of incident.record) {
    if (entry.kind !== "attempted" || entry.delivery == null) {
      continue;
    }
    const index = seen.get(entry.delivery) ?? 0;
    seen.set(entry.delivery, index + 1);
    const outcome = deliveries.get(entry.delivery)?.attempts[index]?.outcome;
    if (outcome !== undefined) {
      found.set(keyOf(entry), outcome);
    }
  }
  return found;
}

/** The record with runs of receipts folded. */
export function fold(record: readonly RecordEntry[], known: Outcomes): Line[] {
  const lines: Line[] = [];
  let run: RecordEntry[] = [];
  const flush = () => {
    if (run.length >= FOLD_FROM) {
      lines.push({ kind: "receipts", entries: run });
    } else {
      lines.push(...run.map((entry) => ({ kind: "entry" as const, entry })));
    }
    run = [];
  };
  for (const entry of record) {
    if (isReceipt(entry, known)) {
      run.push(entry);
    } else {
      flush();
      lines.push({ kind: "entry", entry });
    }
  }
  flush();
  return lines;
}

/** What comes next if nobody does anything: not yet a fact. */
export type Coming =
  | { kind: "step"; at: number; step: number; who: string[] }
  | { kind: "end"; at: number }
  | { kind: "message"; at: number; who: string; channel: string; asks: boolean };

/** The first thing that will happen by itself. */
export function coming(incident: IncidentDetail): Coming | undefined {
  if (incident.state === "resolved") {
    return undefined;
  }
  // While somebody has it, only who is asked to help is told.
  const pages = incident.pages.filter((page) => incident.state === "triggered" || asks(incident, page));
  const messages = pages.flatMap((page) =>
    page.deliveries
      .filter((delivery) => delivery.state === "planned" && delivery.attempts.length === 0)
      .map((delivery) => ({
        kind: "message" as const,
        at: millis(delivery.held_until ?? delivery.due_at),
        who: page.recipient.name ?? page.recipient.id,
        channel: delivery.channel_label,
        asks: asks(incident, page),
      })),
  );
  const steps: Coming[] =
    incident.next == null || incident.state !== "triggered"
      ? []
      : [
          incident.next.targets.length === 0
            ? { kind: "end", at: millis(incident.next.at) }
            : {
                kind: "step",
                at: millis(incident.next.at),
                step: incident.next.step,
                who: incident.next.targets,
              },
        ];
  return [...messages, ...steps].sort((a, b) => a.at - b.at)[0];
}

/** How a monitor calls an episode of one of its series: monitor, group, number. */
const EPISODE = /^mon_[^/]+\/[^/]+\/\d+$/u;

/** How many graphs are to be expected: one for each episode of a monitor. */
export function episodes(alerts: readonly Alert[]): number {
  return new Set(alerts.map((alert) => alert.dedup_key).filter((key) => EPISODE.test(key))).size;
}

/** Every link a sender gave, once, that leads into the web. */
export function linksOf(alerts: readonly Alert[]): { href: string; text: string }[] {
  const found = new Map<string, string>();
  for (const { links, client, client_url: url } of alerts) {
    const all = [
      ...links.map((link) => ({ href: link.href, text: link.text ?? link.href })),
      ...(url == null ? [] : [{ href: url, text: client ?? url }]),
    ];
    for (const { href, text } of all.filter((one) => /^https?:/u.test(one.href))) {
      found.set(href, found.get(href) ?? text);
    }
  }
  return [...found].map(([href, text]) => ({ href, text }));
}

/** The number somebody looks for, as they may write it: `INC-24`, `#24` or `24`. */
export function numberIn(text: string): string | undefined {
  return /^(?:inc-?|#)?(\d+)$/iu.exec(text.trim())?.[1];
}
