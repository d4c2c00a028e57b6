import type { OutboundMessage } from "../../channels/channel.ts";
import { scheduleContinuation } from "../actions/continue-elsewhere.ts";
import { releaseReply, settleLeft } from "../actions/held-replies.ts";
import { unsubscribeUrl } from "../actions/opt-out.ts";
import { beginSending, recordDelivery, stillToSend } from "../actions/owed.ts";
import { markUnreachable } from "../actions/record-bounce.ts";
import { waitAgain } from "../actions/recount-waiting.ts";
import { buyersText } from "../buyers-text.ts";
import type { Context } from "../context.ts";
import { findConversation } from "../queries/conversations.ts";
import { findInbox, inboxOfChannel } from "../queries/inboxes.ts";
import { filesOf, isUnreachable, missedMessages, threadOf, waitsHere } from "../queries/threads.ts";
import type { ConversationRecord, InboxRecord, MessageRecord } from "../records.ts";
import type { WorkResult } from "./owed.ts";

const MAX_ATTEMPTS = 10;
const FIRST_RETRY_MS = 5_000;
const LONGEST_RETRY_MS = 3_600_000;

/** Unread for some minutes, on a page that is closed or left open: then another channel takes over, if the shop knows an address of theirs. */
async function continueLater(ctx: Context, conversation: ConversationRecord, message: MessageRecord): Promise<void> {
  const { email, emailHint } = conversation.contact;
  if (!(email ?? emailHint) || message.author.type === "system") return;
  await scheduleContinuation(ctx, { conversationId: conversation._id });
}

/** No answer was seen to a message that was handed over. It is tried once more; then a person decides. */
const UNCONFIRMED = "email:failures.unconfirmed";

/** Hands a pending message to its channel and records how it went. */
export async function deliver(ctx: Context, owing: MessageRecord): Promise<WorkResult> {
  if (owing.status !== "pending") return "done";
  const message = await releaseReply(ctx, owing);
  if (!message) return "lost";
  if (message.leftAt && !message.attempts) await settleLeft(ctx, message);
  if (message.sendingAt) {
    // The process ended, or lost its database, between handing it over and writing down the answer.
    const repeated = message.mayBeTwice === true;
    const status = repeated ? "failed" : "pending";
    if (repeated) await waitAgain(ctx, message);
    await recordDelivery(ctx, { message, status, failure: UNCONFIRMED, mayBeTwice: true });
    if (repeated) return "done";
  }
  const [conversation, own] = await Promise.all([
    findConversation(message.conversationId),
    findInbox(ctx, message.inboxId),
  ]);
  // A conversation that began elsewhere is answered through the shop's inbox of the channel that the reply takes.
  const inbox = own && own.channel !== message.channel ? await inboxOfChannel(own.workspaceId, message.channel) : own;
  if (!conversation || !inbox) {
    await waitAgain(ctx, message);
    await recordDelivery(ctx, { message, status: "failed", failure: "email:failures.inbox_gone" });
    return "done";
  }
  const channel = ctx.channels.get(message.channel);
  const outbound = await outboundOf(ctx, message, conversation, inbox);
  // It may have waited for its turn: somebody may have withdrawn it since, or another node have it.
  if (!channel.capabilities.live && !(await stillToSend(ctx, message))) return "lost";
  const result = await channel.send(outbound, { begin: () => beginSending(ctx, message) });
  if (result.status === "withdrawn") return "lost";
  if (result.status !== "failed") {
    const refused = {
      ...(result.reason && { failure: result.reason }),
      ...(result.problem && { problem: result.problem }),
    };
    await recordDelivery(ctx, { message, status: result.status, ...refused });
    if (waitsHere(ctx, conversation, message)) await continueLater(ctx, conversation, message);
    return "done";
  }
  if (result.unreachable && conversation.contact.email) {
    await markUnreachable(ctx, {
      workspaceId: message.workspaceId,
      channel: message.channel,
      recipients: [message.forwardTo ?? conversation.answerTo ?? conversation.contact.email],
      reason: result.reason,
    });
  }
  const attempts = (message.attempts ?? 0) + 1;
  const failure = { failure: result.reason, ...(result.problem && { problem: result.problem }) };
  const repeated = result.unconfirmed && (message.mayBeTwice || message.sendingAt !== undefined);
  if (!result.retry || repeated || attempts >= MAX_ATTEMPTS) {
    await waitAgain(ctx, message);
    await recordDelivery(ctx, { message, status: "failed", ...failure });
    return "done";
  }
  await recordDelivery(ctx, {
    message,
    status: "pending",
    ...failure,
    ...(result.unconfirmed && { mayBeTwice: true }),
    retryAt: new Date(ctx.clock.now().getTime() + backoff(attempts)),
  });
  return "later";
}

/** Exponential, with jitter so that a provider that comes back is not met by all at once. */
function backoff(attempts: number): number {
  const full = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (attempts - 1));
  return full / 2 + Math.random() * (full / 2);
}

async function outboundOf(
  ctx: Context,
  message: MessageRecord,
  conversation: ConversationRecord,
  inbox: InboxRecord,
): Promise<OutboundMessage> {
  const { contact } = conversation;
  const { capabilities } = ctx.channels.get(message.channel);
  const thread = capabilities.threads ? await threadOf(conversation, message) : undefined;
  const reaches = capabilities.threads && !message.forwardTo;
  const missed = reaches ? await missedMessages(ctx, conversation, message, { proven: true }) : [];
  const files = message.attachments.map((file) => ({ ...file, id: file.id.toHexString() }));
  const begins = message.author.type === "system";
  return {
    ...(capabilities.html && message.html && { html: message.html }),
    ...(message.original?.subject && { subject: message.original.subject }),
    ...(message.original?.cc.length && { cc: message.original.cc.map(({ address }) => address) }),
    ...(message.original?.bcc?.length && { bcc: message.original.bcc.map(({ address }) => address) }),
    ...(message.forwardTo && { forwardTo: message.forwardTo }),
    ...(thread && { thread: thread.thread }),
    ...(message.forwardTo && thread?.quote && { quote: thread.quote }),
    ...(message.automation?.proactive && { unsubscribeUrl: unsubscribeUrl(ctx, conversation.contactId) }),
    ...(begins && contact.email && (await isUnreachable(message, contact.email)) && { unreachable: true }),
    id: message._id.toHexString(),
    conversationId: conversation._id.toHexString(),
    seq: message.seq,
    text: buyersText(message),
    ...filesOf(ctx, missed, { before: files, locale: message.locale ?? conversation.locale }),
    automatic: message.automatic,
    inbox: {
      id: inbox._id.toHexString(),
      key: inbox.key,
      name: inbox.name,
      settings: inbox.settings,
      ...(inbox.address && { address: inbox.address }),
    },
    to: {
      contactId: conversation.contactId.toHexString(),
      name: contact.name,
      ...(contact.email && { email: conversation.answerTo ?? contact.email }),
      ...(contact.locale && { locale: contact.locale }),
    },
    // What an agent writes goes without a language: that of the conversation, as the buyer writes it.
    ...((message.locale ?? conversation.locale) && { locale: message.locale ?? conversation.locale }),
  };
}
