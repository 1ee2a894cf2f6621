/** The tabs of this browser among themselves: one does what need be done once, and tells the others. */

/** How often the leading tab must be heard; a frozen one is not waited for. */
const SILENCE_MS = 35_000;

/** What a tab does with the others. */
interface TabsOptions<M> {
  onMessage: (message: M) => void;
  /** From now on this tab does it for all. */
  onLead: () => void;
  /** The leading tab is heard again, or for the first time: this one need not do it. */
  onFollow: () => void;
}

/**
 * Which tab leads is decided by a lock, which the browser gives to the next one when a tab goes. Where
 * there are no locks (plain http) or no channel, each tab does it for itself.
 */
export class Tabs<M> {
  readonly #name: string;
  readonly #options: TabsOptions<M>;
  readonly #ended = new AbortController();
  #channel: BroadcastChannel | undefined;
  #isLeader = false;
  /** This tab does it because the leading one is silent. */
  #standsIn = false;
  #heardAt: number;

  constructor(name: string, options: TabsOptions<M>) {
    this.#name = name;
    this.#options = options;
    this.#heardAt = Date.now();
  }

  /** Whether this tab does it. */
  get leads(): boolean {
    return this.#isLeader || this.#standsIn;
  }

  /** Begins to follow, and to wait for the lead. */
  start(): void {
    const { locks } = navigator as { locks?: LockManager };
    if (locks === undefined || typeof BroadcastChannel === "undefined") {
      this.#lead();
      return;
    }
    this.#channel = new BroadcastChannel(this.#name);
    this.#channel.onmessage = (event: MessageEvent<{ isLeader: boolean; message: M }>) => {
      this.#hear(event.data.isLeader, event.data.message);
    };
    locks
      .request(this.#name, { signal: this.#ended.signal }, () => this.#hold())
      .catch(() => {
        // Stopped while it waited.
      });
  }

  /** Tells the other tabs. */
  tell(message: M): void {
    this.#channel?.postMessage({ isLeader: this.#isLeader, message });
  }

  /** To be called now and then: stands in for a leading tab that has gone silent. */
  check(): void {
    if (!this.leads && Date.now() - this.#heardAt > SILENCE_MS) {
      this.#standsIn = true;
      this.#options.onLead();
    }
  }

  /** Leaves the lead to the next tab. */
  stop(): void {
    this.#ended.abort();
    this.#channel?.close();
    this.#channel = undefined;
    this.#isLeader = false;
    this.#standsIn = false;
  }

  /** Held until we stop; the next tab then leads. */
  #hold(): Promise<void> {
    if (this.#ended.signal.aborted) {
      return Promise.resolve();
    }
    this.#lead();
    return new Promise((resolve) => {
      this.#ended.signal.addEventListener("abort", () => {
        resolve();
      });
    });
  }

  #lead(): void {
    const was = this.leads;
    this.#isLeader = true;
    this.#standsIn = false;
    if (!was) {
      this.#options.onLead();
    }
  }

  #hear(isLeader: boolean, message: M): void {
    if (isLeader) {
      this.#heardAt = Date.now();
      if (this.#standsIn) {
        this.#standsIn = false;
        this.#options.onFollow();
      }
    }
    this.#options.onMessage(message);
  }
}
