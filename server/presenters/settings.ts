import type { Channels } from "../../channels/index.ts";
import type { CannedResponse } from "../../contract/canned-response.ts";
import type { Faq } from "../../contract/faq.ts";
import type { Inbox } from "../../contract/settings.ts";
import type { CannedResponseRecord } from "../models/canned-response.ts";
import type { FaqRecord } from "../models/faq.ts";
import type { InboxRecord } from "../models/inbox.ts";
import { undoSecondsOf } from "../undo-seconds.ts";

/** An inbox without its secrets, with what its channel can do. */
export function presentInbox(channels: Channels, inbox: InboxRecord): Inbox {
  const { attachments, ...can } = channels.get(inbox.channel).capabilities;
  const { html, typing, readReceipts, proactive, maxLength, threads = false } = can;
  return {
    id: inbox._id.toHexString(),
    version: inbox.version ?? 0,
    key: inbox.key,
    channel: inbox.channel,
    name: inbox.name,
    enabled: inbox.enabled,
    greeting: inbox.greeting,
    bot: inbox.bot,
    accent: inbox.accent,
    allowedOrigins: inbox.allowedOrigins,
    undoSeconds: undoSecondsOf(channels, inbox.channel, inbox.undoSeconds),
    capabilities: { html, attachments: attachments !== null, typing, readReceipts, proactive, maxLength, threads },
    ...(inbox.address && { address: inbox.address }),
    ...(inbox.source && { source: inbox.source }),
  };
}

export function presentFaq(faq: FaqRecord): Faq {
  return {
    id: faq._id.toHexString(),
    version: faq.version ?? 0,
    questions: faq.questions,
    answers: faq.answers,
    enabled: faq.enabled,
    createdAt: faq.createdAt.toISOString(),
    updatedAt: faq.updatedAt.toISOString(),
    ...(faq.externalId && { externalId: faq.externalId }),
    ...(faq.orderStatus && { orderStatus: true }),
    ...(faq.documents?.length && { documents: faq.documents }),
    ...(faq.drafts && Object.keys(faq.drafts).length > 0 && { drafts: presentDrafts(faq.drafts) }),
  };
}

function presentDrafts(drafts: NonNullable<FaqRecord["drafts"]>): NonNullable<Faq["drafts"]> {
  return Object.fromEntries(
    Object.entries(drafts).map(([locale, draft]) => [locale, { ...draft, createdAt: draft.createdAt.toISOString() }]),
  );
}

export function presentCannedResponse(response: CannedResponseRecord): CannedResponse {
  return {
    id: response._id.toHexString(),
    version: response.version ?? 0,
    shortcut: response.shortcut,
    texts: response.texts,
    createdAt: response.createdAt.toISOString(),
    updatedAt: response.updatedAt.toISOString(),
  };
}
