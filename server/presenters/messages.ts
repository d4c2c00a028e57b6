import type { Activity, Message, MessageOriginal, UndoneReply } from "../../contract/message.ts";
import type { PublicMessage } from "../../contract/sockets.ts";
import { buyersText } from "../buyers-text.ts";
import type { Context } from "../context.ts";
import type { MessageRecord, StoredOriginal } from "../models/message.ts";
import { presentAttachment } from "./attachments.ts";

/** A message as agents see it. `locale`: the reader's, where there is one reader. */
export function presentMessage(ctx: Context, message: MessageRecord, locale?: string): Message {
  return {
    id: message._id.toHexString(),
    conversationId: message.conversationId.toHexString(),
    seq: message.seq,
    channel: message.channel,
    direction: message.direction,
    private: message.private && !message.held,
    author: message.author,
    // What was taken back goes to the one who did, and stands nowhere else.
    text: message.takenBack ? "" : message.text,
    attachments: message.takenBack ? [] : message.attachments.map((file) => presentAttachment(ctx, file)),
    status: message.status,
    automatic: message.automatic,
    createdAt: message.createdAt.toISOString(),
    ...(message.failure && failureOf(ctx, message.failure, message, locale)),
    ...(message.mayBeTwice && { mayBeTwice: true }),
    ...(message.activity && { activity: message.activity }),
    ...(message.bot && { bot: message.bot }),
    ...(message.automation && {
      automation: { id: message.automation.id.toHexString(), name: message.automation.name },
    }),
    ...(message.original && { original: presentOriginal(message.original) }),
    ...(message.locale && { locale: message.locale }),
    ...(message.translations && { translations: message.translations }),
    ...(message.sentIn && { sentIn: message.sentIn }),
    ...(message.translationFailed && { translationFailed: true }),
    ...(message.held && { sendAt: message.held.until.toISOString() }),
    ...(message.echoId && { echoId: message.echoId }),
  };
}

/** A reply that was taken back, with what was written. */
export function presentUndone(ctx: Context, message: MessageRecord): UndoneReply {
  const { text, channel, attachments, html, original, forwardTo, sentIn } = message;
  return {
    message: presentMessage(ctx, message),
    reply: {
      text,
      channel,
      attachments: attachments.map((file) => presentAttachment(ctx, file)),
      cc: (original?.cc ?? []).map(({ address }) => address),
      bcc: (original?.bcc ?? []).map(({ address }) => address),
      ...(html && { html }),
      ...(original?.subject && { subject: original.subject }),
      ...(forwardTo && { forwardTo }),
      ...(sentIn && { translateTo: sentIn }),
    },
  };
}

function presentOriginal(original: StoredOriginal): MessageOriginal {
  const { subject, from, to, cc, bcc, stored, kind, notes, proof, role, claims } = original;
  return {
    subject,
    to,
    cc,
    stored,
    notes,
    ...(from && { from }),
    ...(bcc && { bcc }),
    ...(kind && { kind }),
    ...(proof && { proof }),
    ...(role && { role }),
    ...(claims && { claims }),
  };
}

/** Channels name a reason by its key in the locale files: `email:failures.mailbox_full`. */
function failureOf(
  ctx: Context,
  failure: string,
  { problem }: MessageRecord,
  locale: string | undefined,
): Pick<Message, "failure" | "problem"> {
  const [, code] = failure.split(":failures.");
  if (code === undefined) return { failure };
  return { failure: ctx.translate(locale, failure), problem: { kind: "soft", ...problem, code } };
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

/**
 * Whether a shopper may see a message at all: no notes, no internal history, nothing written to somebody else, and nothing
 * that somebody else wrote in their name.
 */
export function isPublic(message: MessageRecord): boolean {
  if (message.private || message.forwardTo) return false;
  if (message.original?.proof === "fail" || message.original?.role) return false;
  return (
    message.direction !== "activity" || (message.activity !== undefined && PUBLIC_ACTIVITY.has(message.activity.kind))
  );
}

/** A message as the shopper sees it: nothing of confidence, sources, reasons or internal ids of people. */
export function presentPublicMessage(ctx: Context, message: MessageRecord): PublicMessage {
  const {
    bot: _bot,
    automation: _automation,
    private: _private,
    failure: _failure,
    problem: _problem,
    mayBeTwice: _mayBeTwice,
    original: _original,
    translations: _translations,
    sentIn: _sentIn,
    translationFailed: _translationFailed,
    ...shown
  } = presentMessage(ctx, message);
  const { type, name } = shown.author;
  const named = name !== undefined && type !== "bot";
  return {
    ...shown,
    text: buyersText(message),
    author: { type, ...(named && { name }) },
    ...(shown.activity && {
      activity: { kind: shown.activity.kind, ...(shown.activity.name && { name: shown.activity.name }) },
    }),
    // Sending by other channels is the shop's business: for the shopper a stored message is there.
    status: shown.status === "failed" || shown.status === "pending" ? "sent" : shown.status,
  };
}
