import type { Types } from "mongoose";
import type { DecisionSummary } from "../../contract/bot.ts";
import type { ChannelName, PostMessage } from "../../contract/message.ts";
import type { Context } from "../context.ts";
import { AppError, notFound } from "../errors.ts";
import { ConversationModel, type ConversationRecord } from "../models/conversation.ts";
import { MessageModel, type MessageRecord, type StoredAttachment, type StoredOriginal } from "../models/message.ts";
import { accessConversation } from "../policies/conversations.ts";
import type { Viewer } from "../policies/viewer.ts";
import { appendMessage } from "./append-message.ts";
import { takeAttachments } from "./attachments.ts";
import { changeConversation } from "./change-conversation.ts";
import { dueAt, heldFields } from "./held-replies.ts";
import { translateReply } from "./translations.ts";

/**
 * An agent's reply or private note. A retry with the same echoId returns the first message.
 * @throws AppError not_found, empty_message, message_too_long, unknown_channel, unknown_attachment
 */
export async function sendReply(
  ctx: Context,
  { viewer, conversationId, body }: { viewer: Viewer; conversationId: string; body: PostMessage },
): Promise<MessageRecord> {
  const conversation = await accessConversation(viewer, conversationId);
  const attachmentIds = body.attachments ?? [];
  const forwarded = body.forwardTo && body.forwards ? await messageOf(conversation, body.forwards) : undefined;
  if (body.text.trim() === "" && attachmentIds.length === 0 && !forwarded) throw new AppError("empty_message");
  const channel = channelFor(ctx, conversation, body.channel);
  const { maxLength, html, threads } = ctx.channels.get(channel).capabilities;
  if (!body.private && body.text.length > maxLength) throw new AppError("message_too_long", { max: maxLength });
  const attachments = await takeAttachments(ctx, {
    workspaceId: viewer.workspaceId,
    ids: attachmentIds,
    owner: `user:${viewer.userId}`,
  });
  const translated =
    body.translateTo && !body.private && body.text.trim() !== ""
      ? await translateReply(ctx, { workspaceId: viewer.workspaceId, text: body.text, to: body.translateTo })
      : {};
  // A person who answers, rather than passing it on, has taken over: the bot is silent from here on, and a reply it is writing is dropped.
  if (!body.private && !body.forwardTo && conversation.status === "pending") {
    await changeConversation(
      ctx,
      { _id: conversation._id, status: "pending" },
      { $set: { status: "open", statusSeq: conversation.lastSeq } },
    );
  }
  const until = body.private ? undefined : await dueAt(ctx, viewer, conversation, { channel, undo: body.undo });
  const { message } = await appendMessage(
    ctx,
    {
      workspaceId: conversation.workspaceId,
      conversationId: conversation._id,
      inboxId: conversation.inboxId,
      sourceId: body.echoId && `user:${viewer.userId}:${conversationId}:${body.echoId}`,
      echoId: body.echoId,
      channel,
      direction: "outgoing",
      private: body.private ?? false,
      author: { type: "user", id: viewer.userId, name: viewer.name },
      text: body.text,
      attachments: [...attachments, ...(forwarded?.attachments ?? [])],
      status: body.private ? "sent" : "pending",
      automatic: false,
      ...heldFields(viewer, until),
      ...translated,
      // Designed text is not translated: its buyer gets the plain one.
      ...(html && body.html && !translated.sentIn && { html: body.html }),
      ...(threads && !body.private && body.forwardTo && { forwardTo: body.forwardTo }),
      ...(threads && !body.private && forwarded && { forwards: forwarded.seq }),
      ...(threads && !body.private && hasCopies(body) && { original: originalOf(conversation, body) }),
    },
    { owed: body.private ? [] : ["deliver"], ...(until && { dueAt: until }) },
  );
  if (threads && !body.private && !until) await admitCopies(conversation, body);
  return message;
}

/** A message that may leave the house: notes may not. @throws AppError not_found */
async function messageOf(conversation: ConversationRecord, id: string): Promise<MessageRecord> {
  const message = await MessageModel.findOne({ _id: id, conversationId: conversation._id }).lean<MessageRecord>();
  if (!message || message.private || message.direction === "activity") throw notFound("message");
  return message;
}

function hasCopies({ cc, bcc, subject, forwardTo }: PostMessage): boolean {
  return Boolean(cc?.length || bcc?.length || subject || forwardTo);
}

function originalOf(conversation: ConversationRecord, { cc, bcc, subject, forwardTo }: PostMessage): StoredOriginal {
  const people = (addresses: string[] = []) => addresses.map((address) => ({ address, name: "" }));
  return {
    subject: subject ?? conversation.subject ?? "",
    to: people(
      [forwardTo ?? conversation.answerTo ?? conversation.contact.email ?? ""].filter((address) => address !== ""),
    ),
    cc: people(cc),
    ...(bcc?.length && { bcc: people(bcc) }),
    stored: false,
    notes: [],
  };
}

/** Whom the shop copies may answer into the conversation; who only gets it passed on may not. */
async function admitCopies(conversation: ConversationRecord, { cc = [], bcc = [] }: PostMessage): Promise<void> {
  const addresses = [...cc, ...bcc].map((address) => address.toLowerCase());
  if (addresses.length === 0) return;
  await ConversationModel.collection.updateOne(
    { _id: conversation._id },
    { $addToSet: { participants: { $each: addresses } } },
  );
}

/**
 * The bot's reply, at exactly the place after what it had read.
 * @throws SeqTaken when somebody wrote or took over meanwhile: decide again
 */
export async function sendBotReply(
  ctx: Context,
  {
    conversation,
    answersTo,
    text,
    locale,
    decision,
    expectedSeq,
    attachments = [],
  }: {
    conversation: ConversationRecord;
    /** The buyer's message it answers: one reply each. */
    answersTo: MessageRecord;
    text: string;
    locale: string;
    decision: DecisionSummary;
    expectedSeq: number;
    attachments?: StoredAttachment[];
  },
): Promise<MessageRecord> {
  const { message } = await appendMessage(
    ctx,
    {
      workspaceId: conversation.workspaceId,
      conversationId: conversation._id,
      inboxId: conversation.inboxId,
      sourceId: `bot:${answersTo._id.toHexString()}`,
      channel: conversation.channel,
      direction: "outgoing",
      private: false,
      author: { type: "bot" },
      text,
      attachments,
      status: "pending",
      automatic: true,
      bot: decision,
      locale,
    },
    { owed: ["deliver"], expectedSeq },
  );
  return message;
}

/** An agent sends what the bot drafted, as it is or edited. Two who approve at once send it once. */
export async function approveDraft(
  ctx: Context,
  {
    viewer,
    conversationId,
    text,
    undo,
  }: { viewer: Viewer; conversationId: string; text?: string | undefined; undo?: boolean | undefined },
): Promise<MessageRecord> {
  const conversation = await accessConversation(viewer, conversationId);
  const { draft } = conversation;
  if (!draft) throw new AppError("draft_gone");
  const until = await dueAt(ctx, viewer, conversation, { channel: conversation.channel, undo });
  const edited = text !== undefined && text.trim() !== draft.text.trim();
  const { message } = await appendMessage(
    ctx,
    {
      workspaceId: conversation.workspaceId,
      conversationId: conversation._id,
      inboxId: conversation.inboxId,
      sourceId: `draft:${draft.id.toHexString()}`,
      channel: conversation.channel,
      direction: "outgoing",
      private: false,
      author: edited ? { type: "user", id: viewer.userId, name: viewer.name } : { type: "bot", name: viewer.name },
      text: text ?? draft.text,
      attachments: draft.attachments ?? [],
      status: "pending",
      automatic: false,
      bot: draft.bot,
      ...heldFields(viewer, until),
      ...(draft.locale && { locale: draft.locale }),
    },
    { owed: ["deliver"], ...(until && { dueAt: until }) },
  );
  await discardDraft(ctx, { viewer, conversationId, draftId: draft.id });
  return message;
}

/** Takes the bot's draft off a conversation. */
export async function discardDraft(
  ctx: Context,
  { viewer, conversationId, draftId }: { viewer: Viewer; conversationId: string; draftId?: Types.ObjectId },
): Promise<ConversationRecord> {
  const conversation = await accessConversation(viewer, conversationId);
  const id = draftId ?? conversation.draft?.id;
  if (!id) return conversation;
  return (
    (await changeConversation(ctx, { _id: conversation._id, "draft.id": id }, { $unset: { draft: "" } })) ??
    conversation
  );
}

function channelFor(ctx: Context, conversation: ConversationRecord, wanted: ChannelName | undefined): ChannelName {
  const channel = wanted ?? conversation.channel;
  if (!ctx.channels.has(channel)) throw new AppError("unknown_channel", { channel });
  return channel;
}
