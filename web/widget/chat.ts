import type { ErrorBody } from "../../contract/errors.ts";
import { pickLocale } from "../../contract/locales.ts";
import type { WidgetConfig } from "../../contract/sockets.ts";
import { Chat } from "../ui/chat/chat.ts";
import type { ChatSession } from "../ui/chat/connection.ts";
import type { UploadTarget } from "../ui/chat/uploads.ts";
import type { Translate } from "../ui/texts.ts";
import { checkIdentity, customerOf, type Embed, type Identity, tellDeveloper } from "./embed.ts";

export interface WidgetChatOptions {
  embed: Embed;
  config: WidgetConfig;
  locale: string;
  t: Translate;
  /** The hub does not serve this page: the widget goes away. */
  onGone: () => void;
  /** The hub does not take the identity: the page may fetch another one and say it again. */
  onIdentityRefused: (error: ErrorBody) => void;
}

/** The chat of a shop's page: a visitor known by a token, or a customer whom the shop vouches for. */
export class WidgetChat extends Chat {
  readonly isReturning: boolean;
  isOpen = false;

  readonly #embed: Embed;
  readonly #onGone: () => void;
  readonly #onIdentityRefused: (error: ErrorBody) => void;
  #identity: Identity | undefined;
  /** The hub knew the shopper as a customer when this page last connected. */
  #isCustomer = false;

  constructor({ embed, config, locale, t, onGone, onIdentityRefused }: WidgetChatOptions) {
    super({ config, locale, t, base: embed.base, namespace: "widget", prefix: `parley:${embed.inboxKey}:` });
    this.#embed = embed;
    this.#onGone = onGone;
    this.#onIdentityRefused = onIdentityRefused;
    this.isReturning = this.#token !== undefined || embed.identity !== undefined;
    void this.#tellLogouts();
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
    if (JSON.stringify(identity) === JSON.stringify(this.#identity)) return;
    const before = this.#who;
    // Somebody else used this browser and never logged out: their conversation is not this one's.
    if (before && before !== customerOf(identity)) this.#leave();
    this.#identity = identity;
    this.disconnect();
    this.connect();
  }

  /** The shopper logged out of the shop: their session ends at the hub, and the browser forgets the conversation. */
  logout(): void {
    this.#leave();
    this.disconnect();
    if (this.isOpen) this.connect();
    this.changed();
  }

  protected override forget(): void {
    super.forget();
    this.#identity = undefined;
    this.#isCustomer = false;
    this.keep("token", undefined);
    this.keep("who", undefined);
  }

  /** Ends the customer's session, also when the hub can not be reached just now. */
  #leave(): void {
    const token = this.#token;
    if (token) this.keep("leaving", `${this.#kept("leaving") ?? ""} ${token}`);
    this.forget();
    void this.#tellLogouts();
  }

  /** Tells the hub of logouts that it has not heard of. Outlives the page, which a logout often leaves. */
  async #tellLogouts(): Promise<void> {
    for (const token of this.#kept("leaving")?.trim().split(" ") ?? []) {
      const headers = { authorization: `Bearer ${token}` };
      const answer = await fetch(this.#api("logout").href, { method: "POST", keepalive: true, headers }).catch(
        () => {},
      );
      // A token that is refused opens nothing either.
      if (answer && answer.status < 429)
        this.keep("leaving", this.#kept("leaving")?.replace(` ${token}`, "") || undefined);
    }
  }

  protected override auth(): Record<string, unknown> {
    // Logged out in another tab: this one's identity is of before.
    if (this.#isCustomer && !this.#who) this.#identity = undefined;
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
    const isCustomer = session.identifiedUntil !== undefined;
    // Logged out in another tab. A session that merely ran out leaves what is being written.
    if (this.#isCustomer && !isCustomer && !this.#who) super.forget();
    this.#isCustomer = isCustomer;
    if (isCustomer && this.#identity) this.keep("who", customerOf(this.#identity));
    this.keep("token", session.visitorToken);
    super.onSession(session);
    void this.#tellLogouts();
  }

  protected override onRefused(error: ErrorBody): "now" | "later" | "never" {
    if (error.code === "invalid_visitor_token" && this.#token) {
      this.keep("token", undefined);
      return "now";
    }
    if (this.#identity && /identity|request/.test(error.code)) {
      tellDeveloper("The identity was refused.", error.code, error.message, error.details);
      this.#identity = undefined;
      this.#onIdentityRefused(error);
      // The browser may still be known from an earlier one.
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
    const url = this.#api("attachments");
    // The end holds the extension.
    url.searchParams.set("name", name.slice(-200));
    return { url: url.href, token };
  }

  #api(path: string): URL {
    return new URL(`api/v1/widget/${path}?inbox=${encodeURIComponent(this.#embed.inboxKey)}`, this.base);
  }

  #kept(name: string): string | undefined {
    return this.store.getItem(this.prefix + name) ?? undefined;
  }
  /** The customer whose conversation this browser shows. */
  get #who(): string | undefined {
    return this.#kept("who");
  }
  get #token(): string | undefined {
    return this.#kept("token");
  }
}

/** The language to speak: the shop's wish, else the first of the browser's languages that the product has. */
export function chooseLocale(wish: string | undefined): string {
  return pickLocale([wish, ...navigator.languages]);
}
