/** The shapes of stored documents, for code that handles them but may not query: http, realtime, jobs. */
export type { Announcement } from "./models/announcement.ts";
export type { ContactIdentityRecord, ContactRecord } from "./models/contact.ts";
export type { ConversationRecord } from "./models/conversation.ts";
export type { FaqRecord } from "./models/faq.ts";
export type { InboxRecord } from "./models/inbox.ts";
export type { LocalMailRecord, MailRecord } from "./models/mail.ts";
export type { MessageRecord, OwedWork, StoredAttachment } from "./models/message.ts";
export type { OrderRecord } from "./models/order.ts";
export type { WebhookDeliveryRecord, WebhookLaneRecord, WebhookRecord } from "./models/webhook.ts";
