import type { Attachment } from "../../../contract/attachment.ts";
import type { Locale } from "../../../contract/locales.ts";
import type { ChannelName, Message, PostMessage } from "../../../contract/message.ts";
import { type KeyValueStore, readJson, writeJson } from "../../ui/storage.ts";

/** A message on its way to the server. `echoId` makes a second try return the first result. */
export interface OutboxEntry {
  readonly echoId: string;
  readonly conversationId: string;
  readonly text: string;
  readonly private: boolean;
  readonly channel?: ChannelName;
  readonly attachments: readonly Attachment[];
  /** For channels that have copies and rich text. */
  readonly mail?: Pick<PostMessage, "html" | "cc" | "bcc">;
  /** The buyer gets it in this language. */
  readonly translateTo?: Locale;
  readonly createdAt: string;
  /** waiting: tried, no answer; it is tried again by itself. failed: refused; a person decides. */
  readonly state: "sending" | "waiting" | "failed";
  /** Why it was refused, in words. */
  readonly error?: string;
}

export type NewEntry = Omit<OutboxEntry, "state" | "error">;

export interface OutboxOptions {
  store: KeyValueStore;
  storeKey: string;
  post(entry: OutboxEntry): Promise<Message>;
  onPosted(message: Message): void;
  /** True for an error after which the same request may succeed by itself. */
  isTemporary(error: unknown): boolean;
  explain(error: unknown): string;
  /** Calls back after so many milliseconds; returns the cancel function. */
  later(ms: number, callback: () => void): () => void;
}

const FIRST_RETRY = 2_000;
const LAST_RETRY = 60_000;

/**
 * Sends messages one after the other per conversation, shows them at once, tries again while there is no answer and
 * keeps them over a reload of the tab.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #subscribers = new Set<() => void>();
  readonly #busy = new Set<string>();
  #entries: readonly OutboxEntry[];
  #delay = FIRST_RETRY;
  #cancelRetry: (() => void) | undefined;

  constructor(options: OutboxOptions) {
    this.#options = options;
    const kept = readJson<OutboxEntry[]>(options.store, options.storeKey) ?? [];
    this.#entries = kept.map((entry) => (entry.state === "sending" ? { ...entry, state: "waiting" } : entry));
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#subscribers.add(listener);
    return () => this.#subscribers.delete(listener);
  };

  getEntries = (): readonly OutboxEntry[] => this.#entries;

  /** Something would be lost if the tab closed now. */
  get unsent(): boolean {
    return this.#entries.some((entry) => entry.state !== "failed");
  }

  send(entry: NewEntry): void {
    this.#set([...this.#entries, { ...entry, state: "waiting" }]);
    void this.#pump(entry.conversationId);
  }

  retry(echoId: string): void {
    const entry = this.#find(echoId);
    if (!entry) return;
    this.#change(echoId, { state: "waiting", error: undefined });
    void this.#pump(entry.conversationId);
  }

  discard(echoId: string): void {
    this.#set(this.#entries.filter((entry) => entry.echoId !== echoId));
  }

  /** Messages that are in the thread now, however they came there. */
  confirm(messages: readonly Message[]): void {
    const arrived = new Set(messages.flatMap((message) => message.echoId ?? []));
    if (arrived.size === 0 || !this.#entries.some((entry) => arrived.has(entry.echoId))) return;
    this.#set(this.#entries.filter((entry) => !arrived.has(entry.echoId)));
  }

  /** The connection is back: tries what waits, now. */
  resume(): void {
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
    this.#delay = FIRST_RETRY;
    this.#pumpAll();
  }

  /** Stops trying again by itself, as when the session ends. */
  stop(): void {
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
  }

  #pumpAll(): void {
    for (const id of new Set(this.#entries.map((entry) => entry.conversationId))) void this.#pump(id);
  }

  async #pump(conversationId: string): Promise<void> {
    if (this.#busy.has(conversationId)) return;
    this.#busy.add(conversationId);
    try {
      for (;;) {
        const entry = this.#entries.find((each) => each.conversationId === conversationId && each.state === "waiting");
        if (!entry) return;
        this.#change(entry.echoId, { state: "sending" });
        try {
          const message = await this.#options.post({ ...entry, state: "sending" });
          this.#delay = FIRST_RETRY;
          this.#options.onPosted(message);
          this.discard(entry.echoId);
        } catch (error) {
          if (this.#options.isTemporary(error)) {
            this.#change(entry.echoId, { state: "waiting" });
            this.#retryLater();
            return;
          }
          this.#change(entry.echoId, { state: "failed", error: this.#options.explain(error) });
        }
      }
    } finally {
      this.#busy.delete(conversationId);
    }
  }

  #retryLater(): void {
    if (this.#cancelRetry) return;
    this.#cancelRetry = this.#options.later(this.#delay, () => {
      this.#cancelRetry = undefined;
      this.#pumpAll();
    });
    this.#delay = Math.min(this.#delay * 2, LAST_RETRY);
  }

  #find(echoId: string): OutboxEntry | undefined {
    return this.#entries.find((entry) => entry.echoId === echoId);
  }

  #change(echoId: string, change: Partial<OutboxEntry>): void {
    this.#set(this.#entries.map((entry) => (entry.echoId === echoId ? { ...entry, ...change } : entry)));
  }

  #set(entries: readonly OutboxEntry[]): void {
    this.#entries = entries;
    writeJson(this.#options.store, this.#options.storeKey, entries.length > 0 ? entries : undefined);
    for (const listener of this.#subscribers) listener();
  }
}
