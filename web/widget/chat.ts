import type { ErrorBody } from "../../contract/errors.ts";
import { pickLocale } from "../../contract/locales.ts";
import type { WidgetConfig } from "../../contract/sockets.ts";
import { Chat } from "../ui/chat/chat.ts";
import type { ChatSession } from "../ui/chat/connection.ts";
import type { UploadTarget } from "../ui/chat/uploads.ts";
import type { Translate } from "../ui/texts.ts";
import { checkIdentity, type Embed, type Identity, tellDeveloper } from "./embed.ts";

export interface WidgetChatOptions {
  embed: Embed;
  config: WidgetConfig;
  locale: string;
  t: Translate;
  /** The hub does not serve this page: the widget goes away. */
  onGone: () => void;
}

/** The chat of a shop's page: a visitor known by a token, or a customer whom the shop vouches for. */
export class WidgetChat extends Chat {
  readonly isReturning: boolean;
  isOpen = false;

  readonly #embed: Embed;
  readonly #onGone: () => void;
  #identity: Identity | undefined;

  constructor({ embed, config, locale, t, onGone }: WidgetChatOptions) {
    super({ config, locale, t, base: embed.base, namespace: "widget", prefix: `parley:${embed.inboxKey}:` });
    this.#embed = embed;
    this.#onGone = onGone;
    this.isReturning = this.#token !== undefined || embed.identity !== undefined;
    if (embed.identity) this.identify(embed.identity);
    // Someone who wrote before may have got an answer meanwhile; a new visitor costs no connection.
    if (this.#token || this.sync.outbox.length > 0) this.connect();
  }

  open(): void {
    if (this.isOpen) return;
    this.isOpen = true;
    this.connect();
    this.changed();
  }

  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.changed();
  }

  /** The shop says who the shopper is; the hub checks its signature. */
  identify(value: unknown): void {
    const identity = checkIdentity(value);
    if (!identity) return;
    if (identity.externalId === this.#identity?.externalId && identity.hash === this.#identity.hash) return;
    const before = this.store.getItem(`${this.prefix}who`);
    // Somebody else used this browser and never logged out: their conversation is not this one's.
    if (before && before !== identity.externalId) this.forget();
    this.#identity = identity;
    this.keep("who", identity.externalId);
    this.disconnect();
    this.connect();
  }

  /** The shopper logged out of the shop: the browser forgets the conversation. */
  logout(): void {
    this.forget();
    this.disconnect();
    if (this.isOpen) this.connect();
    this.changed();
  }

  protected override forget(): void {
    super.forget();
    this.#identity = undefined;
    this.keep("token", undefined);
    this.keep("who", undefined);
  }

  protected override auth(): Record<string, unknown> {
    const visitorToken = this.#token;
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    return {
      inboxKey: this.#embed.inboxKey,
      locale: this.locale,
      ...(timeZone && { timeZone }),
      ...(visitorToken && { visitorToken }),
      ...(this.#identity && { identity: this.#identity }),
    };
  }

  protected override onSession(session: ChatSession): void {
    this.keep("token", session.visitorToken);
    super.onSession(session);
  }

  protected override onRefused(error: ErrorBody): "now" | "later" | "never" {
    if (error.code === "invalid_visitor_token" && this.#token) {
      this.keep("token", undefined);
      return "now";
    }
    if (this.#identity && (error.code === "invalid_identity" || error.code === "invalid_request")) {
      tellDeveloper("The identity was refused; the shopper stays anonymous.", error.message, error.details);
      this.#identity = undefined;
      this.keep("who", undefined);
      return "now";
    }
    if (error.code === "unknown_inbox" || error.code === "origin_not_allowed") {
      tellDeveloper(error.message, error.code, this.#embed.inboxKey);
      this.#onGone();
      return "never";
    }
    return "later";
  }

  protected override uploadTarget(name: string): UploadTarget | undefined {
    // A new visitor may begin with a picture.
    this.connect();
    const token = this.#token;
    if (!token || this.network !== "online") return undefined;
    const url = new URL("api/v1/widget/attachments", this.base);
    url.searchParams.set("inbox", this.#embed.inboxKey);
    // The end holds the extension.
    url.searchParams.set("name", name.slice(-200));
    return { url: url.href, token };
  }

  get #token(): string | undefined {
    return this.store.getItem(`${this.prefix}token`) ?? undefined;
  }
}

/** The language to speak: the shop's wish, else the first of the browser's languages that the product has. */
export function chooseLocale(wish: string | undefined): string {
  return pickLocale([wish, ...navigator.languages]);
}
