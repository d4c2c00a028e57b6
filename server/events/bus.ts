import { EventEmitter } from "node:events";
import type { ContactRecord } from "../models/contact.ts";
import type { ConversationRecord } from "../models/conversation.ts";
import type { FaqRecord } from "../models/faq.ts";
import type { InboxRecord } from "../models/inbox.ts";
import type { IntegrationEventRecord } from "../models/integration.ts";
import type { MailRecord } from "../models/mail.ts";
import type { MailedCodeRecord } from "../models/mailed-code.ts";
import type { MessageRecord, OwedWork } from "../models/message.ts";
import type { OrderEventRecord, OrderRecord } from "../models/order.ts";

/** What happened, after it was stored. Subscribers never hold up the one who acted. */
export interface Events {
  "message.created": { message: MessageRecord; conversation: ConversationRecord; owed: OwedWork[]; origin?: string };
  /** An older message owes work again, such as a retry. */
  "message.owed": { message: MessageRecord };
  /** A raw mail came in and is stored; what to make of it is still owed. */
  "mail.stored": { mail: MailRecord };
  "message.updated": { message: MessageRecord };
  /** A reply that waited is the buyer's to see from now on. */
  "message.left": { message: MessageRecord; conversation: ConversationRecord };
  "conversation.updated": { conversation: ConversationRecord };
  /** The bot thinks about its answer. Never stored. */
  "bot.typing": { conversation: ConversationRecord; on: boolean };
  "user.typing": { conversation: ConversationRecord; userId: string; name: string; on: boolean };
  "contact.typing": { workspaceId: string; conversationId: string; on: boolean };
  /** A browser turned out to be a known customer. */
  "contact.linked": { workspaceId: string; contactId: string; identityKeys: string[] };
  /** Browsers are a customer's no longer: they logged out, or another one logged in. */
  "widget_sessions.ended": { sessionIds: string[] };
  /** Addresses of one contact are another's now, with all that belongs to them: a merge or a split. */
  "contact.moved": {
    workspaceId: string;
    moveId: string;
    fromId: string;
    toId: string;
    identityKeys: string[];
    /** Webhooks are to hear of it. */
    announced: boolean;
  };
  "contact.updated": { contact: ContactRecord };
  "contact.deleted": { workspaceId: string; contactId: string };
  "order.updated": { order: OrderRecord; event: string };
  /** Rules are to look at an order event that was stored just now. */
  "order.owed": { order: OrderRecord; event: OrderEventRecord };
  /** A file of orders is to be taken in now. */
  "import.started": { importId: string };
  /** A platform's event is stored; what to make of it is still owed. */
  "integration.event": { event: IntegrationEventRecord };
  /** A one-time code may leave: whoever asked for it has their answer. */
  "code.due": { code: Pick<MailedCodeRecord, "_id" | "dueAt"> };
  /** Sessions at the message centre have ended: their pages close. `rooms`: by session, address or customer number. */
  "buyer.signed_out": { rooms: string[] };
  /** Something is to be sent to a webhook now. */
  "webhook.due": { webhookId: string };
  /** A webhook was made, changed, turned on or off, or removed. */
  "webhook.changed": { webhookId: string };
  /** Rules have something to do, at this time or later. */
  "check_ins.scheduled": { dueAt: Date };
  /** A rule was made, changed, turned on or off, or removed. */
  "automation.changed": { workspaceId: string; automationId: string };
  /** A rule failed too often and stopped itself. */
  "automation.paused": { workspaceId: string; automationId: string; key?: string; name: string; reason: string };
  /** A buyer who left is to be reached another way, at this time unless they come back. */
  "continuation.scheduled": { at: Date };
  "faq.saved": { faq: FaqRecord };
  "faq.deleted": { workspaceId: string; faqId: string };
  "faq.imported": { workspaceId: string };
  "inbox.updated": { inbox: InboxRecord };
  /** What a user, login or key may do has changed or ended: live connections of it authenticate anew. */
  "access.changed": {
    workspaceId: string;
    userId?: string;
    sessionId?: string;
    exceptSessionId?: string;
    apiKeyId?: string;
    /** Another node told of it. */
    told?: true;
  };
}

export type EventName = keyof Events;

/** The in-process bus. A failing subscriber is reported and does not stop the others. */
export class Bus {
  readonly #emitter = new EventEmitter({ captureRejections: false });
  readonly #onError: (error: unknown, event: string) => void;

  constructor(onError: (error: unknown, event: string) => void) {
    this.#onError = onError;
    this.#emitter.setMaxListeners(50);
  }

  emit<Name extends EventName>(name: Name, event: Events[Name]): void {
    this.#emitter.emit(name, event);
  }

  /** Returns the function that unsubscribes. */
  on<Name extends EventName>(name: Name, listener: (event: Events[Name]) => void | Promise<void>): () => void {
    const guarded = (event: Events[Name]) => {
      try {
        Promise.resolve(listener(event)).catch((error) => this.#onError(error, name));
      } catch (error) {
        this.#onError(error, name);
      }
    };
    this.#emitter.on(name, guarded);
    return () => this.#emitter.off(name, guarded);
  }
}
