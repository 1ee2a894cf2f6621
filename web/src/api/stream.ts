/**
 * One connection that the server tells us things over. Not an `EventSource`: that one comes back at a
 * fixed pace, does not say why it was refused, hides the heartbeat, and forgets what it heard last
 * when it is opened anew.
 */
import { createParser } from "eventsource-parser";

/** The server says something at least every 15 s; after this the line is dead, whatever it looks like. */
const SILENCE_MS = 40_000;

/** Something the server said. */
export interface Said {
  /** What to come back with. */
  id: string | undefined;
  event: string;
  data: string;
}

/** How a connection ended. */
export type Ending =
  /** Nothing came, or nothing more. */
  | { kind: "lost" }
  /** The server answered, but with something else. */
  | { kind: "refused"; status: number };

interface ListenOptions {
  /** The last thing heard before. */
  after: string | undefined;
  signal: AbortSignal;
  onSaid: (said: Said) => void;
}

/** Listens until the connection ends, for whatever reason; never throws. */
export async function listen(url: string, { after, signal, onSaid }: ListenOptions): Promise<Ending> {
  const line = new AbortController();
  const cut = () => {
    line.abort();
  };
  signal.addEventListener("abort", cut);
  let silence = setTimeout(cut, SILENCE_MS);
  const onBytes = () => {
    clearTimeout(silence);
    silence = setTimeout(cut, SILENCE_MS);
  };
  try {
    const headers = { accept: "text/event-stream", ...(after === undefined ? {} : { "last-event-id": after }) };
    const answer = await fetch(url, { headers, cache: "no-store", signal: line.signal });
    const isStream = answer.headers.get("content-type")?.startsWith("text/event-stream") === true;
    if (!answer.ok || !isStream || answer.body === null) {
      // What it says instead is not read: the line is free again.
      cut();
      return { kind: "refused", status: answer.status };
    }
    await read(answer.body, onBytes, onSaid);
  } catch {
    // Aborted by us or broken on the way: both are the end of it.
  } finally {
    clearTimeout(silence);
    signal.removeEventListener("abort", cut);
  }
  return { kind: "lost" };
}

async function read(body: ReadableStream<Uint8Array>, onBytes: () => void, onSaid: (said: Said) => void) {
  const parser = createParser({
    onEvent: ({ id, event, data }) => {
      onSaid({ id, event: event ?? "message", data });
    },
  });
  const decoder = new TextDecoder();
  const reader = body.getReader();
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    onBytes();
    parser.feed(decoder.decode(chunk.value, { stream: true }));
  }
}
