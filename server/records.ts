/** The shapes of stored documents, for code that handles them but may not query: http, realtime, jobs. */
export type { Announcement } from "./models/announcement.ts";
export type { CheckInRecord } from "./models/check-in.ts";
export type { ClaimedAddressRecord } from "./models/claimed-address.ts";
export type { ContactIdentityRecord, ContactRecord } from "./models/contact.ts";
export type { ConversationRecord } from "./models/conversation.ts";
export type { DocumentRecord } from "./models/document.ts";
export type { FaqRecord } from "./models/faq.ts";
export type { ImportRecord, ImportRowRecord } from "./models/import.ts";
export type { InboxRecord } from "./models/inbox.ts";
export type { IntegrationEventRecord, IntegrationRecord } from "./models/integration.ts";
export type { LocalMailRecord, MailRecord } from "./models/mail.ts";
export type { MailedCodeRecord } from "./models/mailed-code.ts";
export type { MessageRecord, OwedWork, StoredAttachment } from "./models/message.ts";
export type { OrderEventRecord, OrderRecord } from "./models/order.ts";
export type { TemplateRecord } from "./models/template.ts";
export type { WebhookDeliveryRecord, WebhookLaneRecord, WebhookRecord } from "./models/webhook.ts";
