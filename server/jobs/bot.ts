import type { BotInput, BotResult, BotTurn } from "../../bot/index.ts";
import type { DecisionSummary } from "../../contract/bot.ts";
import type { Locale } from "../../contract/locales.ts";
import { SeqTaken } from "../actions/append-message.ts";
import { saveDraft } from "../actions/drafts.ts";
import { handToHuman } from "../actions/hand-off.ts";
import { sendBotReply } from "../actions/send-reply.ts";
import type { Context } from "../context.ts";
import { findConversation, listMessages } from "../queries/conversations.ts";
import { findInbox } from "../queries/inboxes.ts";
import { workspaceLocale } from "../queries/workspace.ts";
import type { ConversationRecord, InboxRecord, MessageRecord } from "../records.ts";
import { describeOrder } from "./describe-order.ts";
import type { WorkResult } from "./owed.ts";

/** As much of a conversation as the bot reads. */
const TURNS = 40;
/** Times the bot thinks again because the conversation went on meanwhile; then the sweeper comes back. */
const MAX_TRIES = 5;

/**
 * Answers what the buyer wrote, if the conversation is with the bot. Decides on the conversation as it stands and
 * posts at exactly the next place: a message that came meanwhile makes it decide again, a person who took over
 * makes it drop the reply.
 */
export async function answerWithBot(ctx: Context, trigger: MessageRecord): Promise<WorkResult> {
  for (let attempt = 0; attempt < MAX_TRIES; attempt += 1) {
    const conversation = await findConversation(trigger.conversationId);
    if (conversation?.status !== "pending" || conversation.assigneeId) return "done";
    const inbox = await findInbox(ctx, conversation.inboxId);
    if (!inbox || inbox.bot.mode === "off") return "done";
    const { items } = await listMessages(conversation._id, { limit: TURNS });
    if (await finishHandoff(ctx, conversation, items)) return "done";
    const last = items.at(-1);
    const open = unanswered(items);
    const newest = open.at(-1);
    if (!last || !newest || conversation.draft?.seq === newest.seq) return "done";

    const stopTyping = showTyping(ctx, conversation, inbox);
    try {
      const result = await decide(ctx, conversation, inbox, items, open);
      await act(ctx, { conversation, inbox, result, newest, place: last.seq + 1 });
      return "done";
    } catch (error) {
      if (!(error instanceof SeqTaken)) throw error;
    } finally {
      stopTyping();
    }
  }
  return "later";
}

/** The buyer's messages since somebody last answered. */
function unanswered(messages: MessageRecord[]): MessageRecord[] {
  const answeredAt = messages.findLastIndex((message) => message.direction === "outgoing" && !message.private);
  return messages.slice(answeredAt + 1).filter((message) => message.direction === "incoming" && !message.automatic);
}

async function decide(
  ctx: Context,
  conversation: ConversationRecord,
  inbox: InboxRecord,
  messages: MessageRecord[],
  open: MessageRecord[],
): Promise<BotResult> {
  const bot = await ctx.knowledge.botFor(conversation.workspaceId.toHexString());
  const { contact } = conversation;
  return bot.decide({
    turns: messages.filter((message) => !message.private && message.direction !== "activity").map(turnOf),
    hints: {
      workspaceLocale: await workspaceLocale(conversation.workspaceId),
      ...(conversation.locale && { conversationLocale: conversation.locale }),
      ...(contact.locale && { browserLocale: contact.locale }),
      ...(contact.country && { orderCountry: contact.country }),
      ...(contact.name && { contactName: contact.name }),
    },
    threshold: inbox.bot.threshold,
    maxLength: ctx.channels.get(conversation.channel).capabilities.maxLength,
    say: sayWith(ctx),
    // Only who the shop or platform vouched for learns of an order, and only of their own.
    ...(contact.verified && {
      describeOrder: (number: string, locale: Locale) =>
        describeOrder(ctx, {
          workspaceId: conversation.workspaceId,
          contactId: conversation.contactId,
          number,
          locale,
        }),
    }),
    ...(open.some((message) => message.wantsHuman) && { wantsHuman: true }),
  });
}

async function act(
  ctx: Context,
  {
    conversation,
    inbox,
    result,
    newest,
    place,
  }: {
    conversation: ConversationRecord;
    inbox: InboxRecord;
    result: BotResult;
    newest: MessageRecord;
    place: number;
  },
): Promise<void> {
  const decision = summaryOf(result);
  ctx.log.info(
    {
      conversationId: conversation._id.toHexString(),
      decision: result.decision,
      reason: result.reason,
      confidence: result.confidence,
      latency: result.latency,
    },
    "bot decided",
  );
  if (result.decision === "silent") return;
  if (inbox.bot.mode === "draft" && result.decision !== "hand_off") {
    // A draft waits for a person, so the conversation does too.
    const kept = await saveDraft(ctx, {
      conversation,
      text: result.text ?? "",
      locale: result.language,
      decision,
      seq: newest.seq,
    });
    if (!kept) throw new SeqTaken();
    return;
  }
  const text = inbox.bot.mode === "draft" ? undefined : result.text;
  if (text) {
    await sendBotReply(ctx, {
      conversation,
      answersTo: newest,
      text,
      locale: result.language,
      decision,
      expectedSeq: place,
    });
  }
  if (result.decision === "hand_off") {
    await handToHuman(ctx, {
      conversation,
      reason: result.reason ?? "low_confidence",
      cause: newest._id.toHexString(),
    });
  }
}

/** A crash between the bot's goodbye and the handoff itself: complete it. */
async function finishHandoff(
  ctx: Context,
  conversation: ConversationRecord,
  messages: MessageRecord[],
): Promise<boolean> {
  const goodbye = messages.findLast((message) => message.direction === "outgoing" && !message.private);
  if (goodbye?.bot?.decision !== "hand_off" || goodbye.seq <= conversation.statusSeq) return false;
  const cause = goodbye.sourceId?.replace(/^bot:/, "");
  await handToHuman(ctx, {
    conversation,
    reason: goodbye.bot.reason ?? "low_confidence",
    ...(cause && { cause }),
  });
  return true;
}

/** The bot's phrases, from the namespace `bot` of the locale files. */
export function sayWith(ctx: Context): BotInput["say"] {
  return (locale, key, params) => ctx.translate(locale, `bot:${key}`, params);
}

function turnOf(message: MessageRecord): BotTurn {
  const faqId = message.bot?.sources[0]?.faqId;
  return {
    seq: message.seq,
    author: message.author.type,
    text: message.text,
    attachments: message.attachments.map(({ name, type }) => ({ name, type })),
    at: message.createdAt,
    ...(faqId && message.author.type === "bot" && { faqId }),
  };
}

function summaryOf(result: BotResult): DecisionSummary {
  return {
    decision: result.decision,
    confidence: result.confidence,
    sources: result.sources,
    latency: result.latency,
    ...(result.reason && { reason: result.reason }),
    ...(result.model && { model: result.model }),
    ...(result.tokens !== undefined && { tokens: result.tokens }),
  };
}

function showTyping(ctx: Context, conversation: ConversationRecord, inbox: InboxRecord): () => void {
  if (inbox.bot.mode !== "auto" || !ctx.channels.get(conversation.channel).capabilities.typing) return () => {};
  ctx.bus.emit("bot.typing", { conversation, on: true });
  return () => ctx.bus.emit("bot.typing", { conversation, on: false });
}
