import type { Conversation } from "../../../contract/conversation.ts";
import type { Message } from "../../../contract/message.ts";
import {
  beginResume,
  EMPTY_THREAD,
  firstSeq,
  hasOlder,
  holeAfter,
  lastSeq,
  resumeAfter,
  type Thread,
  withLive,
  withOwn,
  withPage,
  withUpdate,
} from "./thread.ts";

/** How a thread reaches the server: the socket for what is live, HTTP for pages. */
export interface ThreadTransport {
  connected(): boolean;
  watch(
    id: string,
    afterSeq: number | undefined,
  ): Promise<{ conversation: Conversation; messages: Message[]; more: boolean }>;
  unwatch(id: string): void;
  page(id: string, query: { afterSeq?: number; beforeSeq?: number }): Promise<{ items: Message[]; more: boolean }>;
}

export interface ThreadView {
  readonly messages: readonly Message[];
  readonly phase: "loading" | "ready" | "failed";
  readonly error: unknown;
  readonly hasOlder: boolean;
  readonly loadingOlder: boolean;
}

export interface ThreadListeners {
  /** The conversation as the watch answered it. */
  onConversation?(conversation: Conversation): void;
  /** Messages newly shown, for the outbox to strike off what arrived. */
  onMessages?(messages: readonly Message[]): void;
}

/**
 * Keeps one conversation's messages complete and in order over cuts, duplicates and reordering. Holds no React state:
 * the view subscribes to it.
 */
export class ThreadSync {
  readonly id: string;
  readonly #transport: ThreadTransport;
  readonly #listeners: ThreadListeners;
  readonly #subscribers = new Set<() => void>();
  #thread: Thread = EMPTY_THREAD;
  #phase: ThreadView["phase"] = "loading";
  #error: unknown;
  #loadingOlder = false;
  #watchers = 0;
  #resuming: Promise<void> | undefined;
  #again = false;
  #view: ThreadView;

  constructor(id: string, transport: ThreadTransport, listeners: ThreadListeners = {}) {
    this.id = id;
    this.#transport = transport;
    this.#listeners = listeners;
    this.#view = this.#makeView();
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#subscribers.add(listener);
    return () => this.#subscribers.delete(listener);
  };

  getView = (): ThreadView => this.#view;

  /** Somebody looks at the conversation. Returns the function that ends it. */
  open(): () => void {
    this.#watchers += 1;
    if (this.#watchers === 1) void this.resume();
    let closed = false;
    return () => {
      if (closed) return;
      closed = true;
      this.#watchers -= 1;
      if (this.#watchers === 0) this.#transport.unwatch(this.id);
    };
  }

  get watched(): boolean {
    return this.#watchers > 0;
  }

  /** Fetches what is missing: at the start, after a reconnect, when a hole shows, when the reader asks to retry. */
  resume(): Promise<void> {
    if (this.#resuming) {
      this.#again = true;
      return this.#resuming;
    }
    this.#resuming = this.#run().finally(() => {
      this.#resuming = undefined;
    });
    return this.#resuming;
  }

  received(message: Message): void {
    this.#take(withLive(this.#thread, message));
    if (holeAfter(this.#thread) !== undefined) void this.resume();
  }

  updated(message: Message): void {
    this.#take(withUpdate(this.#thread, message));
    if (holeAfter(this.#thread) !== undefined) void this.resume();
  }

  /** The answer to a post of this client. */
  posted(message: Message): void {
    this.#take(withOwn(this.#thread, message));
    if (holeAfter(this.#thread) !== undefined) void this.resume();
  }

  async loadOlder(): Promise<void> {
    if (this.#loadingOlder || !hasOlder(this.#thread)) return;
    this.#loadingOlder = true;
    this.#publish();
    try {
      const page = await this.#transport.page(this.id, { beforeSeq: firstSeq(this.#thread) });
      this.#loadingOlder = false;
      this.#take(withPage(this.#thread, page.items));
    } catch {
      // The top of the list stays within reach, and coming there again asks again.
      this.#loadingOlder = false;
    }
    this.#publish();
  }

  async #run(): Promise<void> {
    if (this.#phase === "failed") {
      this.#phase = "loading";
      this.#publish();
    }
    try {
      do {
        this.#again = false;
        this.#thread = beginResume(this.#thread);
        let more = await this.#start();
        while (more || holeAfter(this.#thread) !== undefined) {
          const before = lastSeq(this.#thread);
          const page = await this.#transport.page(this.id, { afterSeq: before });
          this.#take(withPage(this.#thread, page.items));
          more = page.more;
          // The server does not have it yet (or any more): the next event asks again.
          if (lastSeq(this.#thread) === before) break;
        }
      } while (this.#again);
      this.#phase = "ready";
      this.#error = undefined;
    } catch (error) {
      // With messages on screen a failed refresh is the offline banner's matter; the reconnect resumes.
      this.#phase = this.#thread.messages.length > 0 ? "ready" : "failed";
      this.#error = error;
    }
    this.#publish();
  }

  async #start(): Promise<boolean> {
    const afterSeq = resumeAfter(this.#thread);
    if (this.#transport.connected() && this.watched) {
      const answer = await this.#transport.watch(this.id, afterSeq);
      if (!this.watched) this.#transport.unwatch(this.id);
      this.#listeners.onConversation?.(answer.conversation);
      this.#take(withPage(this.#thread, answer.messages));
      return afterSeq !== undefined && answer.more;
    }
    const page = await this.#transport.page(this.id, afterSeq === undefined ? {} : { afterSeq });
    this.#take(withPage(this.#thread, page.items));
    return afterSeq !== undefined && page.more;
  }

  #take(next: Thread): void {
    if (next === this.#thread) return;
    const known = new Set(this.#thread.messages);
    this.#thread = next;
    const fresh = next.messages.filter((message) => !known.has(message));
    if (fresh.length > 0) this.#listeners.onMessages?.(fresh);
    this.#publish();
  }

  #makeView(): ThreadView {
    return {
      messages: this.#thread.messages,
      phase: this.#phase,
      error: this.#error,
      hasOlder: hasOlder(this.#thread),
      loadingOlder: this.#loadingOlder,
    };
  }

  #publish(): void {
    this.#view = this.#makeView();
    for (const listener of this.#subscribers) listener();
  }
}
