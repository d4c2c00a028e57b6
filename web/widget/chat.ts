import type { ErrorBody } from "../../contract/errors.ts";
import { pickLocale } from "../../contract/locales.ts";
import type { PublicConversation, PublicMessage, WidgetConfig, WidgetSession } from "../../contract/sockets.ts";
import { browserStore, type KeyValueStore } from "../ui/storage.ts";
import type { Translate } from "../ui/texts.ts";
import { Connection } from "./connection.ts";
import { checkIdentity, type Embed, type Identity, tellDeveloper } from "./embed.ts";
import { fileSize } from "./format.ts";
import { storedOutbox } from "./outbox.ts";
import { ConversationSync } from "./sync.ts";
import { Uploads } from "./uploads.ts";

/** A cut shorter than this goes unmentioned. */
const OFFLINE_NOTICE_MS = 1_500;
/** While the shopper types, the agents hear of it this often, and when it stopped for longer. */
const TYPING_EVERY_MS = 3_000;
const TYPING_STOPS_MS = 5_000;
/** Without a word from the hub, "is typing" ends after this. */
const TYPING_SHOWN_MS = 10_000;

export interface ChatOptions {
  embed: Embed;
  config: WidgetConfig;
  locale: string;
  t: Translate;
  /** The hub does not serve this page: the widget goes away. */
  onGone: () => void;
}

/** Everything the view shows and everything a shopper can do. The view asks for its state after each change. */
export class Chat {
  readonly config: WidgetConfig;
  readonly locale: string;
  readonly t: Translate;
  readonly base: URL;
  readonly sync: ConversationSync;
  readonly uploads: Uploads;
  /** Was here before: there may be messages to wait for. */
  readonly isReturning: boolean;
  /** idle: nobody needs a connection yet. */
  network: "idle" | "connecting" | "online" | "offline" = "idle";
  isOpen = false;
  draft: string;
  /** Sending was asked for and waits for a file. */
  sendsAfterUpload = false;
  assignee: { name: string } | undefined;
  status: PublicConversation["status"] | undefined;
  /** Up to which seq the shop has read. */
  agentReadSeq = 0;
  contactReadSeq = 0;
  typing: { author: "user" | "bot"; name?: string } | undefined;
  /** A refusal that concerns no single message. */
  problem: ErrorBody | undefined;

  readonly #embed: Embed;
  readonly #connection: Connection;
  readonly #store: KeyValueStore;
  readonly #tab: KeyValueStore;
  readonly #prefix: string;
  #identity: Identity | undefined;
  #listeners = new Set<() => void>();
  #arrivals = new Set<(message: PublicMessage) => void>();
  #offlineTimer: ReturnType<typeof setTimeout> | undefined;
  #typingTimer: ReturnType<typeof setTimeout> | undefined;
  #problemTimer: ReturnType<typeof setTimeout> | undefined;
  #toldTypingAt = 0;
  #stopTypingTimer: ReturnType<typeof setTimeout> | undefined;

  constructor({ embed, config, locale, t, onGone }: ChatOptions) {
    this.#embed = embed;
    this.config = config;
    this.locale = locale;
    this.t = t;
    this.base = embed.base;
    this.#prefix = `parley:${embed.inboxKey}:`;
    this.#store = browserStore("profile");
    this.#tab = browserStore("tab");
    this.isReturning = this.#token !== undefined || embed.identity !== undefined;
    this.draft = this.#tab.getItem(`${this.#prefix}draft`) ?? "";
    this.#connection = new Connection({
      base: embed.base,
      auth: () => {
        const visitorToken = this.#token;
        const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
        return {
          inboxKey: embed.inboxKey,
          locale,
          ...(timeZone && { timeZone }),
          ...(visitorToken && { visitorToken }),
          ...(this.#identity && { identity: this.#identity }),
        };
      },
      on: {
        session: (session) => this.#onSession(session),
        "message:new": (message) => this.sync.received(message),
        "message:updated": (change) => this.sync.updated(change),
        "conversation:updated": (conversation) => this.#onConversation(conversation),
        typing: ({ on, author, name }) => this.#onTyping(on ? { author, ...(name && { name }) } : undefined),
        problem: (error) => this.#onProblem(error),
        down: () => this.#onDown(),
        refused: (error) => this.#onRefused(error, onGone),
      },
    });
    this.sync = new ConversationSync({
      transport: this.#connection,
      outbox: storedOutbox(this.#store, `${this.#prefix}outbox:`),
      onChange: () => this.#changed(),
      onArrival: (message) => this.#onArrival(message),
    });
    this.uploads = new Uploads({
      limits: config.attachments,
      formatSize: (bytes) => fileSize(bytes, locale),
      target: (name) => this.#uploadTarget(name),
      onChange: () => this.#onUpload(),
    });
    if (embed.identity) this.identify(embed.identity);
    // Someone who wrote before may have got an answer meanwhile; a new visitor costs no connection.
    if (this.#token || this.sync.outbox.length > 0) this.#connect();
    window.addEventListener("offline", () => this.#showOffline());
  }

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

  /** Messages to the shopper that were not on screen yet. */
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

  open(): void {
    if (this.isOpen) return;
    this.isOpen = true;
    this.#connect();
    this.#changed();
  }

  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.#changed();
  }

  /** The shop says who the shopper is; the hub checks its signature. */
  identify(value: unknown): void {
    const identity = checkIdentity(value);
    if (!identity) return;
    if (identity.externalId === this.#identity?.externalId && identity.hash === this.#identity.hash) return;
    const before = this.#store.getItem(`${this.#prefix}who`);
    // Somebody else used this browser and never logged out: their conversation is not this one's.
    if (before && before !== identity.externalId) this.#forget();
    this.#identity = identity;
    this.#keep("who", identity.externalId);
    this.#disconnect();
    this.#connect();
  }

  /** The shopper logged out of the shop: the browser forgets the conversation. */
  logout(): void {
    this.#forget();
    this.#disconnect();
    if (this.isOpen) this.#connect();
    this.#changed();
  }

  write(text: string): void {
    this.draft = text;
    this.#rememberDraft(text || undefined);
    this.#tellTyping(text !== "");
    this.#changed();
  }

  /** Sends the draft with its files; while one is still uploading, as soon as it is there. */
  sendDraft(): void {
    this.sendsAfterUpload = this.uploads.busy;
    if (this.sendsAfterUpload) {
      this.#changed();
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
    this.#changed();
  }

  /** Sends a suggested question. */
  ask(text: string): void {
    this.#send(text);
  }

  askForPerson(): void {
    this.#send(this.t("person.message"), { human: true });
  }

  /** What is on screen has been seen. */
  markRead(): void {
    const { messages } = this.sync;
    const seq = messages[messages.length - 1]?.seq ?? 0;
    if (seq <= this.contactReadSeq) return;
    this.contactReadSeq = seq;
    this.#connection.read(seq);
    this.#changed();
  }

  /** The address of something the hub names relative to itself. */
  address(path: string): string {
    return new URL(path.replace(/^\//, ""), this.base).href;
  }

  #send(text: string, extra: { attachments?: Uploads["ready"]; human?: boolean } = {}): void {
    this.#connect();
    this.sync.send({
      echoId: newEchoId(),
      text,
      attachments: extra.attachments ?? [],
      createdAt: new Date().toISOString(),
      ...(extra.human && { human: true }),
    });
  }

  #connect(): void {
    if (this.network !== "idle") return;
    this.network = "connecting";
    this.#connection.open();
    this.#offlineTimer = setTimeout(() => this.#showOffline(), 3 * OFFLINE_NOTICE_MS);
  }

  #disconnect(): void {
    clearTimeout(this.#offlineTimer);
    this.#connection.close();
    this.sync.disconnected();
    this.network = "idle";
  }

  #onSession(session: WidgetSession): void {
    clearTimeout(this.#offlineTimer);
    this.network = "online";
    this.#keep("token", session.visitorToken);
    this.assignee = session.assignee;
    this.status = undefined;
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

  #onConversation(conversation: PublicConversation): void {
    this.status = conversation.status;
    this.assignee = conversation.assignee;
    this.agentReadSeq = conversation.agentReadSeq;
    this.contactReadSeq = Math.max(this.contactReadSeq, conversation.contactReadSeq);
    this.sync.heardOf(conversation);
    this.#changed();
  }

  #onTyping(typing: Chat["typing"]): void {
    clearTimeout(this.#typingTimer);
    this.typing = typing;
    if (typing) this.#typingTimer = setTimeout(() => this.#onTyping(undefined), TYPING_SHOWN_MS);
    this.#changed();
  }

  #onProblem(error: ErrorBody): void {
    clearTimeout(this.#problemTimer);
    this.problem = error;
    this.#problemTimer = setTimeout(() => {
      this.problem = undefined;
      this.#changed();
    }, 8_000);
    this.#changed();
  }

  #onArrival(message: PublicMessage): void {
    if (message.direction === "outgoing") this.#onTyping(undefined);
    for (const listener of this.#arrivals) listener(message);
  }

  #onDown(): void {
    if (this.network === "online") {
      this.network = "connecting";
      this.#offlineTimer = setTimeout(() => this.#showOffline(), OFFLINE_NOTICE_MS);
    }
    this.typing = undefined;
    this.sync.disconnected();
  }

  #showOffline(): void {
    if (this.network === "idle" || (this.network === "online" && navigator.onLine)) return;
    this.network = "offline";
    this.#changed();
  }

  #onRefused(error: ErrorBody, onGone: () => void): "now" | "later" | "never" {
    if (error.code === "invalid_visitor_token" && this.#token) {
      this.#keep("token", undefined);
      return "now";
    }
    if (this.#identity && (error.code === "invalid_identity" || error.code === "invalid_request")) {
      tellDeveloper("The identity was refused; the shopper stays anonymous.", error.message, error.details);
      this.#identity = undefined;
      this.#keep("who", undefined);
      return "now";
    }
    if (error.code === "unknown_inbox" || error.code === "origin_not_allowed") {
      tellDeveloper(error.message, error.code, this.#embed.inboxKey);
      onGone();
      return "never";
    }
    return "later";
  }

  #forget(): void {
    this.sync.reset();
    this.sendsAfterUpload = false;
    this.uploads.clear();
    this.#identity = undefined;
    this.#keep("token", undefined);
    this.#keep("who", undefined);
    this.draft = "";
    this.#rememberDraft(undefined);
    this.assignee = undefined;
    this.status = undefined;
    this.typing = undefined;
    this.agentReadSeq = 0;
    this.contactReadSeq = 0;
  }

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
      // A file that failed is for the shopper to decide on.
      if (this.uploads.items.every(({ state }) => state === "done")) this.sendDraft();
    }
    this.#changed();
  }

  #uploadTarget(name: string): { url: string; token: string } | undefined {
    // A new visitor may begin with a picture.
    this.#connect();
    const token = this.#token;
    if (!token || this.network !== "online") return undefined;
    const url = new URL("api/v1/widget/attachments", this.base);
    url.searchParams.set("inbox", this.#embed.inboxKey);
    // The end holds the extension.
    url.searchParams.set("name", name.slice(-200));
    return { url: url.href, token };
  }

  get #token(): string | undefined {
    return this.#store.getItem(`${this.#prefix}token`) ?? undefined;
  }

  #keep(name: "token" | "who", value: string | undefined): void {
    put(this.#store, this.#prefix + name, value);
  }

  #rememberDraft(value: string | undefined): void {
    put(this.#tab, `${this.#prefix}draft`, value);
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
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
function newEchoId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The language to speak: the shop's wish, else the first of the browser's languages that the product has. */
export function chooseLocale(wish: string | undefined): string {
  return pickLocale([wish, ...navigator.languages]);
}
