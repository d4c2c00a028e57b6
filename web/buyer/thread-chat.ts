import type { BuyerSession } from "../../contract/buyer.ts";
import type { ErrorBody } from "../../contract/errors.ts";
import { Chat } from "../ui/chat/chat.ts";
import type { UploadTarget } from "../ui/chat/uploads.ts";
import { apiUrl } from "../ui/http.ts";
import type { Translate } from "../ui/texts.ts";

export interface ThreadChatOptions {
  id: string;
  session: BuyerSession;
  locale: string;
  t: Translate;
  /** Something in this thread or another is new. */
  onThreadsChanged: () => void;
  /** The thread is not this buyer's, or the cookie no longer good. */
  onRefused: (code: "not_found" | "link_expired") => void;
}

/** One thread of the message centre. The cookie says who writes. */
export class ThreadChat extends Chat {
  readonly isReturning = true;
  readonly #options: ThreadChatOptions;

  constructor(options: ThreadChatOptions) {
    const { id, session, locale, t } = options;
    super({
      config: { ...session, greeting: null },
      locale,
      t,
      base: new URL("/", location.href),
      namespace: "buyer",
      // What a buyer left unsent is not the next one's who uses this browser.
      prefix: `parley:${session.key}:${id}:`,
    });
    this.#options = options;
  }

  open(): void {
    this.connect();
  }

  close(): void {
    this.dispose();
  }

  protected override auth(): Record<string, unknown> {
    return { conversationId: this.#options.id, locale: this.locale };
  }

  protected override uploadTarget(name: string): UploadTarget | undefined {
    return uploadTarget(name);
  }

  protected override onThreadsChanged(): void {
    this.#options.onThreadsChanged();
  }

  protected override onRefused({ code }: ErrorBody): "later" | "never" {
    if (code !== "not_found" && code !== "link_expired" && code !== "invalid_request") return "later";
    this.#options.onRefused(code === "link_expired" ? code : "not_found");
    return "never";
  }
}

/** Where a buyer's file goes; the cookie goes with it. */
export function uploadTarget(name: string): UploadTarget {
  // The end holds the extension.
  return { url: apiUrl("/buyer/attachments", { name: name.slice(-200) }) };
}
