/** Integrations as the view shows them, apart from how it looks. Pure. */
import type { Integration, SentSeverity, Signal } from "../../api/integrations.ts";
import type { Incident } from "../../api/types.ts";
import { millis } from "../../ui/time.ts";

/** What a sender's word means here. */
export const SEVERITY_OF: Readonly<Record<SentSeverity, Incident["severity"]>> = {
  critical: "critical",
  error: "major",
  warning: "moderate",
  info: "info",
};

/** Fewer signals than this tell nothing of a rhythm. */
const ENOUGH = 8;

/** A rhythm is broken when it is silent for so many of its longest usual gaps. */
const GAPS = 3;

/** Shorter than this, nobody calls it silence. */
const LEAST_MS = 10 * 60_000;

/** A sender that came regularly and does not any more. */
export interface Silence {
  /** Since when. */
  since: number;
  /** How far apart its signals usually were, in ms. */
  usualMs: number;
  /** How many signals that was seen in. */
  seen: number;
}

/**
 * Whether a sender fell silent, judged by its own rhythm: nobody tells us how often it should come.
 * One that came now and then has no rhythm, and is never called silent.
 */
export function silence(signals: readonly Pick<Signal, "at">[], now: number): Silence | undefined {
  const times = signals.map((one) => millis(one.at)).sort((a, b) => a - b);
  const last = times.at(-1);
  if (last === undefined || times.length < ENOUGH) {
    return undefined;
  }
  const gaps = times.slice(1).map((at, index) => at - (times[index] ?? at)).sort((a, b) => a - b);
  const usualMs = gaps[Math.floor((gaps.length - 1) / 2)] ?? 0;
  const long = gaps[Math.floor((gaps.length - 1) * 0.9)] ?? 0;
  // Bursts with long pauses between them are no rhythm.
  if (usualMs === 0 || long > 10 * usualMs) {
    return undefined;
  }
  return now - last > Math.max(LEAST_MS, GAPS * long) ? { since: last, usualMs, seen: times.length } : undefined;
}

/** How a way in stands: nothing came yet, it fell silent, the last signal failed, or all is well. */
export type Standing = "never" | "silent" | "failed" | "well";

/** How a way in stands by its newest signals, newest first. */
export function standing(signals: readonly Pick<Signal, "at" | "outcome">[], now: number): Standing {
  const [newest] = signals;
  if (newest === undefined) {
    return "never";
  }
  if (silence(signals, now) !== undefined) {
    return "silent";
  }
  return newest.outcome === "failed" ? "failed" : "well";
}

/** An integration with the name of the service it feeds. */
export interface Listed {
  integration: Integration;
  service: string;
}

/** The integrations that hold all the words, by service, then by name. */
export function listed(all: readonly Listed[], q: string): Listed[] {
  const wanted = q.trim().toLocaleLowerCase().split(/\s+/u);
  return all
    .filter(({ integration, service }) => {
      const text = `${integration.name} ${service}`.toLocaleLowerCase();
      return wanted.every((word) => text.includes(word));
    })
    .sort((a, b) => a.service.localeCompare(b.service) || a.integration.name.localeCompare(b.integration.name));
}

/** What became of a signal, by the words the API has for it. */
export const OUTCOMES = ["opened", "repeated", "raised", "acknowledged", "resolved", "stray", "failed"] as const;

/** One of these. */
export type Outcome = (typeof OUTCOMES)[number];

/** The outcome, if it is one we have words for. */
export function outcomeOf(signal: Pick<Signal, "outcome">): Outcome | undefined {
  return OUTCOMES.find((one) => one === signal.outcome);
}

/** The senders there are examples for. */
export const SENDERS = ["curl", "alertmanager", "grafana", "python"] as const;

/** One of these. */
export type Sender = (typeof SENDERS)[number];

/** What to paste into a sender, so that it sends here. */
export function example(sender: Sender, address: string, key: string): string {
  switch (sender) {
    case "curl":
      return `curl ${address} \\
  -H 'content-type: application/json' -d '{
  "routing_key": "${key}",
  "event_action": "trigger",
  "dedup_key": "backup/nightly",
  "payload": {
    "summary": "Nightly backup failed",
    "source": "db-1",
    "severity": "error"
  }
}'

# when it is well again
curl ${address} \\
  -H 'content-type: application/json' -d '{
  "routing_key": "${key}",
  "event_action": "resolve",
  "dedup_key": "backup/nightly"
}'`;
    case "alertmanager":
      return `# alertmanager.yml
receivers:
  - name: watchbell
    pagerduty_configs:
      - url: ${address}
        routing_key: ${key}
        severity: '{{ or .CommonLabels.severity "error" }}'
        send_resolved: true

route:
  receiver: watchbell`;
    case "grafana":
      return `# provisioning/alerting/watchbell.yaml
apiVersion: 1
contactPoints:
  - orgId: 1
    name: Watchbell
    receivers:
      - uid: watchbell
        type: pagerduty
        settings:
          integrationKey: ${key}
          url: ${address}
          severity: error`;
    case "python":
      return `import json, urllib.request

event = {
    "routing_key": "${key}",
    "event_action": "trigger",
    "dedup_key": "backup/nightly",
    "payload": {
        "summary": "Nightly backup failed",
        "source": "db-1",
        "severity": "error",
    },
}
urllib.request.urlopen(urllib.request.Request(
    "${address}",
    data=json.dumps(event).encode(),
    headers={"content-type": "application/json"},
))`;
  }
}

/** The key where it must not be seen: only its end tells it from others. */
export function masked(key: string): string {
  return `${"•".repeat(8)}${key.slice(-4)}`;
}
