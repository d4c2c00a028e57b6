import type { ErrorBody } from "../../../contract/errors.ts";
import type { Localized } from "../../../contract/locales.ts";
import type { PublicConversation, PublicMessage, WidgetConfig } from "../../../contract/sockets.ts";
import { browserStore, type KeyValueStore } from "../storage.ts";
import type { Translate } from "../texts.ts";
import { type ChatSession, Connection } from "./connection.ts";
import { fileSize } from "./format.ts";
import { storedOutbox } from "./outbox.ts";
import { ConversationSync } from "./sync.ts";
import { Uploads, type UploadTarget } from "./uploads.ts";

/** A cut shorter than this goes unmentioned. */
const OFFLINE_NOTICE_MS = 1_500;
/** While the buyer types, the agents hear of it this often, and when it stopped for longer. */
const TYPING_EVERY_MS = 3_000;
const TYPING_STOPS_MS = 5_000;
/** Without a word from the hub, "is typing" ends after this. */
const TYPING_SHOWN_MS = 10_000;

export type ChatConfig = Pick<WidgetConfig, "shopName" | "maxLength" | "attachments"> & {
  /** Shown before the first message; null where the conversation has a beginning already. */
  greeting: Localized | null;
};

export interface ChatOptions {
  config: ChatConfig;
  locale: string;
  t: Translate;
  base: URL;
  namespace: "widget" | "buyer";
  /** Begins the names of what is kept in the browser. */
  prefix: string;
}

/**
 * A conversation with the shop: everything a view shows and everything a buyer can do in it. The widget and the message
 * centre say who the buyer is and where files go. The view asks for its state after each change.
 */
export abstract class Chat {
  readonly config: ChatConfig;
  readonly locale: string;
  readonly t: Translate;
  readonly base: URL;
  readonly sync: ConversationSync;
  readonly uploads: Uploads;
  /** Was here before: there may be messages to wait for. */
  abstract readonly isReturning: boolean;
  /** idle: nobody needs a connection yet. */
  network: "idle" | "connecting" | "online" | "offline" = "idle";
  draft: string;
  /** Sending was asked for and waits for a file. */
  sendsAfterUpload = false;
  // Declared, not defined: every shop's page loads what a definition takes.
  declare assignee: { name: string } | undefined;
  /** They wait for a person, who knows of no way to answer once they have left. */
  declare asksEmail: boolean | undefined;
  /** The shop's people are not there at this hour. */
  declare away: boolean | undefined;
  declare status: PublicConversation["status"] | undefined;
  /** Up to which seq the shop has read. */
  agentReadSeq = 0;
  contactReadSeq = 0;
  declare typing: { author: "user" | "bot"; name?: string } | undefined;
  /** A refusal that concerns no single message. */
  declare problem: ErrorBody | undefined;

  protected readonly store: KeyValueStore;
  protected readonly prefix: string;
  readonly #connection: Connection;
  readonly #tab: KeyValueStore;
  readonly #listeners = new Set<() => void>();
  readonly #arrivals = new Set<(message: PublicMessage) => void>();
  #offlineTimer: ReturnType<typeof setTimeout> | undefined;
  #typingTimer: ReturnType<typeof setTimeout> | undefined;
  #problemTimer: ReturnType<typeof setTimeout> | undefined;
  #toldTypingAt = 0;
  #stopTypingTimer: ReturnType<typeof setTimeout> | undefined;

  constructor({ config, locale, t, base, namespace, prefix }: ChatOptions) {
    this.config = config;
    this.locale = locale;
    this.t = t;
    this.base = base;
    this.prefix = prefix;
    this.store = browserStore("profile");
    this.#tab = browserStore("tab");
    this.draft = this.#tab.getItem(`${prefix}draft`) ?? "";
    this.#connection = new Connection({
      base,
      namespace,
      auth: () => this.auth(),
      on: {
        session: (session) => this.onSession(session),
        "message:new": (message) => this.sync.received(message),
        "message:updated": (change) => this.sync.updated(change),
        "conversation:updated": (conversation) => this.#onConversation(conversation),
        "threads:changed": () => this.onThreadsChanged(),
        typing: ({ on, author, name }) => this.#onTyping(on ? { author, ...(name && { name }) } : undefined),
        problem: (error) => this.#onProblem(error),
        down: () => this.#onDown(),
        refused: (error) => this.onRefused(error),
      },
    });
    this.sync = new ConversationSync({
      transport: this.#connection,
      outbox: storedOutbox(this.store, `${prefix}outbox:`),
      onChange: () => this.changed(),
      onArrival: (message) => this.#onArrival(message),
    });
    this.uploads = new Uploads({
      limits: config.attachments,
      formatSize: (bytes) => fileSize(bytes, locale),
      target: (name) => this.uploadTarget(name),
      onChange: () => this.#onUpload(),
    });
    window.addEventListener("offline", this.#showOffline);
  }

  /** Who connects; asked for every attempt. */
  protected abstract auth(): Record<string, unknown>;
  /** Where a file goes; undefined while that can not be said. */
  protected abstract uploadTarget(name: string): UploadTarget | undefined;
  /** The hub does not let us in: whether to try again. */
  protected abstract onRefused(error: ErrorBody): "now" | "later" | "never";
  /** Something in another thread of the buyer's is new. */
  protected onThreadsChanged(): void {}

  /** Calls back after every change. Returns the way out. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Calls back for every message that comes while the page is open. */
  onArrival(listener: (message: PublicMessage) => void): () => void {
    this.#arrivals.add(listener);
    return () => void this.#arrivals.delete(listener);
  }

  /** Messages to the buyer that were not on screen yet. */
  get unread(): number {
    return this.sync.messages.filter(({ direction, seq }) => direction === "outgoing" && seq > this.contactReadSeq)
      .length;
  }

  /** Who answers at the moment. */
  get phase(): "bot" | "waiting" | "person" | "resolved" {
    if (this.status === "resolved") return "resolved";
    if (this.assignee) return "person";
    if (this.status === "open") return "waiting";
    if (this.status === "pending") return "bot";
    for (const { activity } of [...this.sync.messages].reverse()) {
      if (activity?.kind === "handed_off") return "waiting";
      if (activity?.kind === "handed_to_bot") return "bot";
      if (activity?.kind === "resolved") return "resolved";
    }
    return "bot";
  }

  write(text: string): void {
    this.draft = text;
    this.#rememberDraft(text || undefined);
    this.#tellTyping(text !== "");
    this.changed();
  }

  /** Sends the draft with its files; while one is still uploading, as soon as it is there. */
  sendDraft(): void {
    this.sendsAfterUpload = this.uploads.busy;
    if (this.sendsAfterUpload) {
      this.changed();
      return;
    }
    const text = this.draft.trim();
    const attachments = this.uploads.ready;
    if (!text && attachments.length === 0) return;
    this.#send(text, { attachments });
    this.uploads.clear();
    this.draft = "";
    this.#rememberDraft(undefined);
    this.#tellTyping(false);
    this.changed();
  }

  /** Sends a suggested question. */
  ask(text: string): void {
    this.#send(text);
  }

  askForPerson(): void {
    this.#send(this.t("person.message"), { human: true });
  }

  /** Says where to answer once the buyer has left, or that they would rather not. */
  leaveEmail(email?: string): void {
    this.asksEmail = false;
    this.#connection.email(email);
  }

  /** What is on screen has been seen. */
  markRead(): void {
    const { messages } = this.sync;
    const seq = messages[messages.length - 1]?.seq ?? 0;
    if (seq <= this.contactReadSeq) return;
    this.contactReadSeq = seq;
    this.#connection.read(seq);
    this.changed();
  }

  /** The address of something the hub names relative to itself. */
  address(path: string): string {
    return new URL(path.replace(/^\//, ""), this.base).href;
  }

  protected connect(): void {
    if (this.network !== "idle") return;
    this.network = "connecting";
    this.#connection.open();
    this.#offlineTimer = setTimeout(this.#showOffline, 3 * OFFLINE_NOTICE_MS);
  }

  protected disconnect(): void {
    clearTimeout(this.#offlineTimer);
    this.#connection.close();
    this.sync.disconnected();
    this.network = "idle";
  }

  /** Ends it for good: the page shows something else. */
  protected dispose(): void {
    this.#tellTyping(false);
    for (const timer of [this.#typingTimer, this.#problemTimer, this.#stopTypingTimer]) clearTimeout(timer);
    this.disconnect();
    window.removeEventListener("offline", this.#showOffline);
  }

  protected onSession(session: ChatSession): void {
    clearTimeout(this.#offlineTimer);
    this.network = "online";
    this.assignee = session.assignee;
    this.status = undefined;
    this.asksEmail = session.askEmail;
    this.away = session.away;
    this.agentReadSeq = session.agentReadSeq;
    const readHere = this.contactReadSeq;
    this.contactReadSeq = session.contactReadSeq;
    this.sync.connected(session);
    this.uploads.resume();
    // Read while the connection was cut.
    if (readHere > session.contactReadSeq && readHere <= session.lastSeq && this.sync.messages.length > 0) {
      this.contactReadSeq = readHere;
      this.#connection.read(readHere);
    }
  }

  /** Another person uses this browser: nothing of the former conversation stays. */
  protected forget(): void {
    this.sync.reset();
    this.sendsAfterUpload = false;
    this.uploads.clear();
    this.draft = "";
    this.#rememberDraft(undefined);
    this.assignee = undefined;
    this.status = undefined;
    this.typing = undefined;
    this.agentReadSeq = 0;
    this.contactReadSeq = 0;
  }

  protected keep(name: string, value: string | undefined): void {
    put(this.store, this.prefix + name, value);
  }

  protected changed(): void {
    for (const listener of this.#listeners) listener();
  }

  #send(text: string, extra: { attachments?: Uploads["ready"]; human?: boolean } = {}): void {
    this.connect();
    this.sync.send({
      echoId: newEchoId(),
      text,
      attachments: extra.attachments ?? [],
      createdAt: new Date().toISOString(),
      ...(extra.human && { human: true }),
    });
  }

  #onConversation(conversation: PublicConversation): void {
    this.status = conversation.status;
    this.assignee = conversation.assignee;
    this.asksEmail = conversation.askEmail;
    this.agentReadSeq = conversation.agentReadSeq;
    this.contactReadSeq = Math.max(this.contactReadSeq, conversation.contactReadSeq);
    this.sync.heardOf(conversation);
    this.changed();
  }

  #onTyping(typing: Chat["typing"]): void {
    clearTimeout(this.#typingTimer);
    this.typing = typing;
    if (typing) this.#typingTimer = setTimeout(() => this.#onTyping(undefined), TYPING_SHOWN_MS);
    this.changed();
  }

  #onProblem(error: ErrorBody): void {
    clearTimeout(this.#problemTimer);
    this.problem = error;
    this.#problemTimer = setTimeout(() => {
      this.problem = undefined;
      this.changed();
    }, 8_000);
    this.changed();
  }

  #onArrival(message: PublicMessage): void {
    if (message.direction === "outgoing") this.#onTyping(undefined);
    for (const listener of this.#arrivals) listener(message);
  }

  #onDown(): void {
    if (this.network === "online") {
      this.network = "connecting";
      this.#offlineTimer = setTimeout(this.#showOffline, OFFLINE_NOTICE_MS);
    }
    this.typing = undefined;
    this.sync.disconnected();
  }

  readonly #showOffline = (): void => {
    if (this.network === "idle" || (this.network === "online" && navigator.onLine)) return;
    this.network = "offline";
    this.changed();
  };

  #tellTyping(on: boolean): void {
    clearTimeout(this.#stopTypingTimer);
    const now = Date.now();
    if (!on) {
      if (this.#toldTypingAt > 0) this.#connection.typing(false);
      this.#toldTypingAt = 0;
      return;
    }
    if (now - this.#toldTypingAt > TYPING_EVERY_MS) {
      this.#connection.typing(true);
      this.#toldTypingAt = now;
    }
    this.#stopTypingTimer = setTimeout(() => this.#tellTyping(false), TYPING_STOPS_MS);
  }

  #onUpload(): void {
    if (this.sendsAfterUpload && !this.uploads.busy) {
      this.sendsAfterUpload = false;
      // A file that failed is for the buyer to decide on.
      if (this.uploads.items.every(({ state }) => state === "done")) this.sendDraft();
    }
    this.changed();
  }

  #rememberDraft(value: string | undefined): void {
    put(this.#tab, `${this.prefix}draft`, value);
  }
}

function put(store: KeyValueStore, key: string, value: string | undefined): void {
  try {
    if (value === undefined) store.removeItem(key);
    else store.setItem(key, value);
  } catch {
    // Full or forbidden: it lasts as long as the page.
  }
}

/** 128 random bits. randomUUID exists on https pages alone, and shops on a local network are not. */
export function newEchoId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
