import type { AgentServerEvents } from "../../../contract/sockets.ts";

export type Connection = "connecting" | "online" | "offline";
export interface Viewer {
  id: string;
  name: string;
}
export interface Typist {
  author: "contact" | "user" | "bot";
  name?: string;
  userId?: string;
}
type TypingEvent = Parameters<AgentServerEvents["typing"]>[0];

// A client that vanishes never says that it stopped typing.
const TYPING_LASTS = 8_000;
const NO_VIEWERS: readonly Viewer[] = [];
const NO_TYPISTS: readonly Typist[] = [];

/** What passes by and is not kept: the connection, who types, who looks. */
export class Live {
  readonly #subscribers = new Set<() => void>();
  readonly #viewers = new Map<string, readonly Viewer[]>();
  readonly #typists = new Map<string, readonly Typist[]>();
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  #connection: Connection = "connecting";

  subscribe = (listener: () => void): (() => void) => {
    this.#subscribers.add(listener);
    return () => this.#subscribers.delete(listener);
  };

  getConnection = (): Connection => this.#connection;
  getViewers = (id: string): readonly Viewer[] => this.#viewers.get(id) ?? NO_VIEWERS;
  getTypists = (id: string): readonly Typist[] => this.#typists.get(id) ?? NO_TYPISTS;

  setConnection(connection: Connection): void {
    if (connection === this.#connection) return;
    this.#connection = connection;
    if (connection === "offline") {
      this.#viewers.clear();
      this.#typists.clear();
    }
    this.#publish();
  }

  setViewers(id: string, viewers: readonly Viewer[]): void {
    if (viewers.length > 0) this.#viewers.set(id, viewers);
    else this.#viewers.delete(id);
    this.#publish();
  }

  typed(event: TypingEvent): void {
    const others = this.getTypists(event.conversationId).filter((typist) => !same(typist, event));
    const timerKey = `${event.conversationId} ${event.author} ${event.userId ?? ""}`;
    clearTimeout(this.#timers.get(timerKey));
    this.#timers.delete(timerKey);
    if (event.on) {
      const { author, name, userId } = event;
      this.#typists.set(event.conversationId, [...others, { author, name, userId }]);
      this.#timers.set(
        timerKey,
        setTimeout(() => this.typed({ ...event, on: false }), TYPING_LASTS),
      );
    } else if (others.length > 0) this.#typists.set(event.conversationId, others);
    else this.#typists.delete(event.conversationId);
    this.#publish();
  }

  /** A message came: whoever wrote it is done typing. */
  typingEnded(id: string, author: { type: string; id?: string }): void {
    const typist = this.getTypists(id).find(
      (each) => each.author === author.type && (author.type !== "user" || each.userId === author.id),
    );
    if (typist) this.typed({ conversationId: id, on: false, ...typist });
  }

  #publish(): void {
    for (const listener of this.#subscribers) listener();
  }
}

function same(typist: Typist, event: TypingEvent): boolean {
  return typist.author === event.author && typist.userId === event.userId;
}
