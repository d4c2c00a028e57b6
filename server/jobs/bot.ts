import { type BotResult, type BotTool, findOrderNumber } from "../../bot/index.ts";
import type { DecisionSummary, HandoffReason } from "../../contract/bot.ts";
import { SeqTaken } from "../actions/append-message.ts";
import { saveDraft } from "../actions/drafts.ts";
import { handToHuman } from "../actions/hand-off.ts";
import { requestProof, tryOrderCode } from "../actions/order-proofs.ts";
import { sendBotReply } from "../actions/send-reply.ts";
import { recordOpenQuestion } from "../actions/suggestions.ts";
import type { Context } from "../context.ts";
import { botInputOf } from "../queries/bot-input.ts";
import { findConversation, listMessages } from "../queries/conversations.ts";
import { filesFor } from "../queries/documents.ts";
import { findInbox } from "../queries/inboxes.ts";
import { ownedOrder } from "../queries/order-access.ts";
import { serviceFor } from "../queries/service.ts";
import { workspaceLocale } from "../queries/workspace.ts";
import type {
  ConversationRecord,
  InboxRecord,
  MailedCodeRecord,
  MessageRecord,
  OrderRecord,
  StoredAttachment,
} from "../records.ts";
import { describeOrder } from "./describe-order.ts";
import { summarizeHandoff } from "./handoff-summary.ts";
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
    if (conversation?.status !== "pending" || conversation.kind !== "person" || conversation.assigneeId) return "done";
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
      const codes: MailedCodeRecord[] = [];
      const result = await decide(ctx, conversation, inbox, items, open, codes);
      await act(ctx, { conversation, inbox, result, newest, messages: items, place: last.seq + 1 });
      for (const code of codes) ctx.bus.emit("code.due", { code });
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
  const answeredAt = messages.findLastIndex(
    ({ direction, private: hidden, held, forwardTo }) => direction === "outgoing" && (!hidden || held) && !forwardTo,
  );
  return messages.slice(answeredAt + 1).filter((message) => message.direction === "incoming" && !message.automatic);
}

/** @param codes takes those that are to be mailed once the answer is out */
async function decide(
  ctx: Context,
  conversation: ConversationRecord,
  inbox: InboxRecord,
  messages: MessageRecord[],
  open: MessageRecord[],
  codes: MailedCodeRecord[],
): Promise<BotResult & { order: boolean }> {
  const bot = await ctx.knowledge.botFor(conversation.workspaceId.toHexString());
  const newest = open.at(-1);
  const [input, proof] = await Promise.all([
    botInputOf(ctx, conversation, inbox, messages),
    newest && tryOrderCode(ctx, { conversation, message: newest }),
  ]);
  let told = false;
  const order = async (number?: string) => {
    const owned = await ownedOrder(ctx, conversation, number, open);
    if (owned) told = true;
    return owned;
  };
  const result = await bot.decide({
    ...input,
    service: () => serviceFor(ctx, conversation),
    ...(proof && { proof }),
    async describeOrder(number, locale) {
      const owned = await order(number);
      return owned && describeOrder(ctx, owned, locale);
    },
    async proveOrder(number, locale) {
      const code = newest && (await requestProof(ctx, { conversation, number, seq: newest.seq, locale }));
      if (code) codes.push(code);
      return code !== undefined;
    },
    tools: [orderTool(order)],
    ...(open.some((message) => message.wantsHuman) && { wantsHuman: true }),
  });
  // A model may say again what it reads above.
  return { ...result, order: told || (result.model !== undefined && messages.some(({ bot: said }) => said?.order)) };
}

async function act(
  ctx: Context,
  {
    conversation,
    inbox,
    result,
    newest,
    messages,
    place,
  }: {
    conversation: ConversationRecord;
    inbox: InboxRecord;
    result: BotResult & { order: boolean };
    newest: MessageRecord;
    messages: MessageRecord[];
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
  const files = await documentsOf(ctx, conversation, result);
  if (inbox.bot.mode === "draft" && result.decision !== "hand_off") {
    // A draft waits for a person, so the conversation does too.
    const kept = await saveDraft(ctx, {
      conversation,
      text: result.text ?? "",
      locale: result.language,
      decision,
      seq: newest.seq,
      attachments: files,
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
      attachments: files,
    });
  }
  if (result.decision === "hand_off") {
    const reason = result.reason ?? "low_confidence";
    await handOver(ctx, { conversation, messages, reason, cause: newest._id.toHexString() });
    if (UNKNOWN.has(reason)) {
      const text = unanswered(messages)
        .map((message) => message.text)
        .join("\n");
      await recordOpenQuestion(ctx, { conversation, message: newest, text, locale: result.language });
    }
  }
}

/** Reasons that mean: the FAQ lacks something. */
const UNKNOWN: ReadonlySet<HandoffReason> = new Set(["missing_knowledge", "low_confidence"]);

async function handOver(
  ctx: Context,
  {
    conversation,
    messages,
    reason,
    cause,
  }: { conversation: ConversationRecord; messages: MessageRecord[]; reason: HandoffReason; cause?: string },
): Promise<void> {
  const bot = await ctx.knowledge.botFor(conversation.workspaceId.toHexString());
  await handToHuman(ctx, {
    conversation,
    reason,
    summary: summarizeHandoff(messages, { reason, orderNumber: orderNumberOf(conversation, messages) }),
    ...(bot.hasModel && { owed: ["summarize"] }),
    ...(cause && { cause }),
  });
}

function orderNumberOf({ orderId }: ConversationRecord, messages: MessageRecord[]): string | undefined {
  const said = messages
    .filter(({ direction }) => direction === "incoming")
    .map(({ text }) => findOrderNumber(text))
    .findLast((number) => number !== undefined);
  return said ?? orderId;
}

/** The files of the documents an answer goes with, where the channel carries files. */
async function documentsOf(
  ctx: Context,
  { workspaceId, channel }: ConversationRecord,
  { documents = [], language }: BotResult,
): Promise<StoredAttachment[]> {
  const { attachments } = ctx.channels.get(channel).capabilities;
  if (documents.length === 0 || !attachments) return [];
  const files = await filesFor(workspaceId, documents, [language, await workspaceLocale(workspaceId)]);
  return files.filter(({ size }) => size <= attachments.maxBytes);
}

/** A crash between the bot's goodbye and the handoff itself: complete it. */
async function finishHandoff(
  ctx: Context,
  conversation: ConversationRecord,
  messages: MessageRecord[],
): Promise<boolean> {
  const goodbye = messages.findLast(
    ({ direction, private: hidden, forwardTo }) => direction === "outgoing" && !hidden && !forwardTo,
  );
  if (goodbye?.bot?.decision !== "hand_off" || goodbye.seq <= conversation.statusSeq) return false;
  const cause = goodbye.sourceId?.replace(/^bot:/, "");
  await handOver(ctx, {
    conversation,
    messages,
    reason: goodbye.bot.reason ?? "low_confidence",
    ...(cause && { cause }),
  });
  return true;
}

/** What a model may look up of the buyer's own order. */
function orderTool(find: (number?: string) => Promise<OrderRecord | undefined>): BotTool {
  return {
    name: "get_order",
    description: "State, promised day and tracking of the buyer's own order.",
    parameters: {
      type: "object",
      properties: { number: { type: "string", description: "The order's number; the only open one when absent." } },
      additionalProperties: false,
    },
    untrusted: ["name", "description", "note", "title", "variant", "carrier", "categories", "extra"],
    async run({ number }) {
      const order = await find(typeof number === "string" && number !== "" ? number : undefined);
      if (!order) return { error: "No such order is known to be this buyer's. Do not guess; hand off or ask back." };
      const { state, delayed, promisedAt, deliveredAt, tracking, items } = order;
      return { number: order.number, state, delayed, promisedAt, deliveredAt, tracking, items };
    },
  };
}

function summaryOf(result: BotResult & { order: boolean }): DecisionSummary {
  return {
    decision: result.decision,
    confidence: result.confidence,
    sources: result.sources,
    latency: result.latency,
    ...(result.order && { order: true }),
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
