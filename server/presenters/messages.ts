import type { Activity, Message, MessageOriginal } from "../../contract/message.ts";
import type { PublicMessage } from "../../contract/sockets.ts";
import type { Context } from "../context.ts";
import type { MessageRecord, StoredOriginal } from "../models/message.ts";
import { presentAttachment } from "./attachments.ts";

/** A message as agents see it. */
export function presentMessage(ctx: Context, message: MessageRecord): Message {
  return {
    id: message._id.toHexString(),
    conversationId: message.conversationId.toHexString(),
    seq: message.seq,
    channel: message.channel,
    direction: message.direction,
    private: message.private,
    author: message.author,
    text: message.text,
    attachments: message.attachments.map((file) => presentAttachment(ctx, file)),
    status: message.status,
    automatic: message.automatic,
    createdAt: message.createdAt.toISOString(),
    ...(message.failure && { failure: failureInWords(ctx, message.failure) }),
    ...(message.activity && { activity: message.activity }),
    ...(message.bot && { bot: message.bot }),
    ...(message.original && { original: presentOriginal(message.original) }),
    ...(message.locale && { locale: message.locale }),
    ...(message.echoId && { echoId: message.echoId }),
  };
}

function presentOriginal({ subject, from, to, cc, bcc, stored, kind, notes }: StoredOriginal): MessageOriginal {
  return { subject, to, cc, stored, notes, ...(from && { from }), ...(bcc && { bcc }), ...(kind && { kind }) };
}

/** Channels name a reason by its key in the locale files: `email:failures.mailbox_full`. */
function failureInWords(ctx: Context, failure: string): string {
  return failure.includes(":failures.") ? ctx.translate(undefined, failure) : failure;
}

/** What a shopper learns of the history beside messages. */
const PUBLIC_ACTIVITY: ReadonlySet<Activity["kind"]> = new Set([
  "claimed",
  "assigned",
  "handed_off",
  "handed_to_bot",
  "resolved",
  "reopened",
]);

/** Whether a shopper may see a message at all: no notes, no internal history. */
export function isPublic(message: MessageRecord): boolean {
  if (message.private) return false;
  return (
    message.direction !== "activity" || (message.activity !== undefined && PUBLIC_ACTIVITY.has(message.activity.kind))
  );
}

/** A message as the shopper sees it: nothing of confidence, sources, reasons or internal ids of people. */
export function presentPublicMessage(ctx: Context, message: MessageRecord): PublicMessage {
  const {
    bot: _bot,
    private: _private,
    failure: _failure,
    original: _original,
    ...shown
  } = presentMessage(ctx, message);
  const { type, name } = shown.author;
  const named = name !== undefined && type !== "bot";
  return {
    ...shown,
    author: { type, ...(named && { name }) },
    ...(shown.activity && {
      activity: { kind: shown.activity.kind, ...(shown.activity.name && { name: shown.activity.name }) },
    }),
    // Sending by other channels is the shop's business: for the shopper a stored message is there.
    status: shown.status === "failed" || shown.status === "pending" ? "sent" : shown.status,
  };
}
