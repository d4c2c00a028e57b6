import { Types } from "mongoose";
import type { z } from "zod";
import {
  conversationKindSchema,
  type conversationQuerySchema,
  conversationStatusSchema,
  type messagesQuerySchema,
  prioritySchema,
} from "../../contract/conversation.ts";
import { AppError, invalidRequest } from "../errors.ts";
import { ContactModel, searchWords } from "../models/contact.ts";
import { ConversationModel, type ConversationRecord, PRIORITY_RANKS } from "../models/conversation.ts";
import { MessageModel, type MessageRecord } from "../models/message.ts";
import type { Viewer } from "../policies/viewer.ts";
import { findOrderByNumber } from "./orders.ts";

const SEARCHED_CONTACTS = 200;
/** Places before the one that a reader knows of. */
const LEFT_BEHIND = 50;

/**
 * One page of the viewer's conversations, longest waiting first, then the rest by recency; or the most urgent first, in that
 * order each. The cursor names the last row's place, so rows that move do not shift the pages.
 * @throws AppError invalid_request, invalid_cursor
 */
export async function listConversations(
  viewer: Viewer,
  query: z.output<typeof conversationQuerySchema>,
): Promise<{ items: ConversationRecord[]; nextCursor: string | null }> {
  const filter: Record<string, unknown> = { workspaceId: new Types.ObjectId(viewer.workspaceId) };
  const statuses = parseEach(query.status, "status", conversationStatusSchema);
  const kinds = parseEach(query.kind, "kind", conversationKindSchema) ?? ["person"];
  filter.kind = kinds.length === 1 ? kinds[0] : { $in: kinds };
  const priorities = parseEach(query.priority, "priority", prioritySchema);
  const byPriority = query.sort === "priority";
  if (statuses === undefined) filter.active = true;
  else if (statuses.length === 1) filter.status = statuses[0];
  else {
    filter.status = { $in: statuses };
    if (!statuses.includes("resolved")) filter.active = true;
  }
  if (query.assignee !== undefined) {
    filter.assigneeId = assigneeOf(viewer, query.assignee);
    // The index of assignees is by active: name it, so that it serves the order too.
    if (filter.active === undefined && statuses?.length === 1) filter.active = statuses[0] !== "resolved";
  }
  if (priorities) filter.priorityRank = { $in: priorities.map((priority) => PRIORITY_RANKS[priority]) };
  // The index of priorities is by active too.
  if (byPriority && filter.active === undefined) {
    filter.active = { $in: [...new Set(statuses?.map((status) => status !== "resolved") ?? [])] };
  }
  if (query.label !== undefined) filter.labels = query.label;
  if (query.inbox !== undefined) filter.inboxId = new Types.ObjectId(query.inbox);
  if (query.q?.trim()) filter.contactId = { $in: await contactsLike(viewer, query.q.trim()) };
  if (query.cursor) {
    const { priorityRank, queueOrder, id } = parseCursor(query.cursor, byPriority);
    const same = byPriority ? { priorityRank } : {};
    filter.$or = [
      ...(byPriority ? [{ priorityRank: { $gt: priorityRank } }] : []),
      { ...same, queueOrder: { $gt: queueOrder } },
      { ...same, queueOrder, _id: { $gt: id } },
    ];
  }
  const rows = await ConversationModel.find(filter)
    .sort({ ...(byPriority && { priorityRank: 1 as const }), queueOrder: 1, _id: 1 })
    .limit(query.limit + 1)
    .lean<ConversationRecord[]>();
  const items = rows.slice(0, query.limit);
  const last = items.at(-1);
  return {
    items,
    nextCursor: rows.length > query.limit && last ? cursorOf(last, byPriority) : null,
  };
}

/** A contact's conversations, newest first, at most 50. */
export async function conversationsOfContact(contactId: Types.ObjectId): Promise<ConversationRecord[]> {
  return ConversationModel.find({ contactId }).sort({ _id: -1 }).limit(50).lean<ConversationRecord[]>();
}

/** A page of a contact's conversations, newest first. @throws AppError invalid_cursor */
export async function pageOfContact(
  contactId: Types.ObjectId,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
): Promise<{ items: ConversationRecord[]; nextCursor: string | null }> {
  if (cursor !== undefined && !/^[0-9a-f]{24}$/.test(cursor)) throw new AppError("invalid_cursor");
  const rows = await ConversationModel.find({
    contactId,
    ...(cursor !== undefined && { _id: { $lt: new Types.ObjectId(cursor) } }),
  })
    .sort({ _id: -1 })
    .limit(limit + 1)
    .lean<ConversationRecord[]>();
  const items = rows.slice(0, limit);
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?._id.toHexString() ?? null) : null };
}

/** Messages of a conversation, oldest first. Without bounds the latest. `more`: there are further ones in that direction. */
export async function listMessages(
  conversationId: Types.ObjectId,
  { afterSeq, beforeSeq, limit }: z.output<typeof messagesQuerySchema>,
  { publicOnly = false } = {},
): Promise<{ items: MessageRecord[]; more: boolean }> {
  const forward = afterSeq !== undefined;
  const range: Record<string, number> = {};
  if (afterSeq !== undefined) range.$gt = afterSeq;
  if (beforeSeq !== undefined) range.$lt = beforeSeq;
  const rows = await MessageModel.find({
    conversationId,
    ...(Object.keys(range).length > 0 && { seq: range }),
    ...(publicOnly && { private: false }),
  })
    .sort({ seq: forward ? 1 : -1 })
    .limit(limit + 1)
    .lean<MessageRecord[]>();
  const items = rows.slice(0, limit);
  if (!forward) items.reverse();
  if (forward && publicOnly) items.unshift(...(await leftLately(conversationId, afterSeq)));
  return { items, more: rows.length > limit };
}

/** When the next sleeping conversation is to wake. */
export async function nextSnooze(): Promise<Date | undefined> {
  const next = await ConversationModel.findOne({ snoozedUntil: { $gt: new Date(0) } }, { snoozedUntil: 1 })
    .sort({ snoozedUntil: 1 })
    .lean<Pick<ConversationRecord, "snoozedUntil">>();
  return next?.snoozedUntil;
}

/** A reply that waited to leave has the place where it was written: a reader who has passed that place gets it again. */
async function leftLately(conversationId: Types.ObjectId, afterSeq: number): Promise<MessageRecord[]> {
  return MessageModel.find({
    conversationId,
    seq: { $gt: afterSeq - LEFT_BEHIND, $lte: afterSeq },
    private: false,
    leftAt: { $exists: true },
  })
    .sort({ seq: 1 })
    .limit(LEFT_BEHIND)
    .lean<MessageRecord[]>();
}

/** Conversations that have slept long enough. */
export async function dueSnoozes(now: Date): Promise<ConversationRecord[]> {
  return ConversationModel.find({ snoozedUntil: { $lte: now } })
    .limit(500)
    .lean<ConversationRecord[]>();
}

export async function findConversation(id: Types.ObjectId | string): Promise<ConversationRecord | null> {
  return ConversationModel.findById(id).lean<ConversationRecord>();
}

/** The values of a comma separated list. */
function parseEach<T extends string>(
  list: string | undefined,
  name: string,
  schema: z.ZodType<T> & { options: readonly T[] },
): T[] | undefined {
  if (list === undefined) return undefined;
  return list.split(",").map((part) => {
    const parsed = schema.safeParse(part.trim());
    if (parsed.success) return parsed.data;
    throw invalidRequest([{ path: `query.${name}`, message: `must be one of ${schema.options.join(", ")}` }]);
  });
}

function assigneeOf(viewer: Viewer, assignee: string): Types.ObjectId | null {
  if (assignee === "none") return null;
  const id = assignee === "me" ? viewer.userId : assignee;
  if (!/^[0-9a-f]{24}$/.test(id)) {
    throw invalidRequest([{ path: "query.assignee", message: "must be me, none or a user's id" }]);
  }
  return new Types.ObjectId(id);
}

/** Names a row's place in its list: `[p<rank>.]<queueOrder>.<id>`. */
function cursorOf({ priorityRank, queueOrder, _id }: ConversationRecord, byPriority: boolean): string {
  return `${byPriority ? `p${priorityRank}.` : ""}${queueOrder}.${_id.toHexString()}`;
}

function parseCursor(cursor: string, byPriority: boolean) {
  const match = /^(?:p(\d)\.)?(\d{1,16}(?:\.\d+)?)\.([0-9a-f]{24})$/.exec(cursor);
  if (!match?.[2] || !match[3] || (match[1] !== undefined) !== byPriority) throw new AppError("invalid_cursor");
  return { priorityRank: Number(match[1]), queueOrder: Number(match[2]), id: new Types.ObjectId(match[3]) };
}

/** Contacts whose name or email begins with the words, whatever the case, and whose order has this number. */
async function contactsLike(viewer: Viewer, q: string): Promise<Types.ObjectId[]> {
  const [named, order] = await Promise.all([
    contactsNamed(viewer, q),
    findOrderByNumber(new Types.ObjectId(viewer.workspaceId), q),
  ]);
  return order?.contactId ? [...named, order.contactId] : named;
}

async function contactsNamed(viewer: Viewer, q: string): Promise<Types.ObjectId[]> {
  const words = searchWords(q);
  if (words.length === 0) return [];
  const contacts = await ContactModel.find(
    {
      workspaceId: viewer.workspaceId,
      $and: words.map((word) => ({ searchWords: { $regex: `^${word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}` } })),
    },
    { _id: 1 },
  )
    .limit(SEARCHED_CONTACTS)
    .lean<{ _id: Types.ObjectId }[]>();
  return contacts.map(({ _id }) => _id);
}
