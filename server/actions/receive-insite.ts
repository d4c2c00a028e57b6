import type { InsiteMessage, InsiteReceipt } from "../../contract/insite.ts";
import type { InboundMessage } from "../../contract/message.ts";
import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import { Locks } from "../locks.ts";
import { ConversationModel, type ConversationRecord } from "../models/conversation.ts";
import type { InboxRecord } from "../models/inbox.ts";
import { MessageModel, type MessageRecord } from "../models/message.ts";
import type { Viewer } from "../policies/viewer.ts";
import { findInboxByKey } from "../queries/inboxes.ts";
import { threadIdOf } from "../queries/outbox.ts";
import { foldMessage } from "./append-message.ts";
import { storeAttachment } from "./attachments.ts";
import { identitiesOf } from "./contacts.ts";
import { presentContactId } from "./order-buyers.ts";
import { currentConversation, knownThread, type Received, receiveMessage } from "./receive-message.ts";

/** A platform's message as it is about to be stored. */
interface Arriving {
  inbox: InboxRecord;
  inbound: InboundMessage & { threadId: string };
}

/** A new thread, and each message in it, is judged and stored before another of the same id is looked at. */
const locks = new Locks();

/**
 * A platform's message into the store, once per messageId.
 * @throws AppError unknown_inbox, also for another workspace's; what receiveIntoInbox throws
 */
export async function receiveInsiteMessage(
  ctx: Context,
  { viewer, inboxKey, payload }: { viewer: Viewer; inboxKey: string; payload: InsiteMessage },
): Promise<InsiteReceipt> {
  const inbox = await insiteInbox(ctx, viewer, inboxKey);
  return receiveIntoInbox(ctx, { inbox, payload, source: inbox.source });
}

/**
 * Several messages, those of a thread one after the other in the order given. What is wrong with one of them is told after
 * the others are in: sending all of them again is safe.
 * @throws as receiveInsiteMessage does, for the first that fails
 */
export async function receiveInsiteBatch(
  ctx: Context,
  { viewer, inboxKey, payloads }: { viewer: Viewer; inboxKey: string; payloads: readonly InsiteMessage[] },
): Promise<InsiteReceipt[]> {
  const inbox = await insiteInbox(ctx, viewer, inboxKey);
  const receipts = new Map<InsiteMessage, InsiteReceipt>();
  const failures: unknown[] = [];
  const threads = Map.groupBy(payloads, ({ threadId }) => threadId);
  await Promise.all(
    [...threads.values()].map(async (thread) => {
      for (const payload of thread) {
        try {
          receipts.set(payload, await receiveIntoInbox(ctx, { inbox, payload, source: inbox.source }));
        } catch (error) {
          failures.push(error);
          // What is wrong with a message is no reason to leave out the rest of its thread; a failure of ours is.
          if (!(error instanceof AppError) || error.status >= 500) return;
        }
      }
    }),
  );
  if (failures.length > 0) throw failures.find((error) => !(error instanceof AppError)) ?? failures[0];
  return payloads.map((payload) => receipts.get(payload) as InsiteReceipt);
}

/**
 * The same for an inbox that is known. A repeat is the same message in the same thread from the same buyer; anything else
 * under an id that was there is refused, and leaves nothing behind.
 * @param source the platform whose ids of buyer and order these are; the shop's own without one
 * @throws AppError message_id_reused, thread_of_another_buyer; what receiveMessage and storeAttachment throw
 */
export async function receiveIntoInbox(
  ctx: Context,
  { inbox, payload, source }: { inbox: InboxRecord; payload: InsiteMessage; source?: string | undefined },
): Promise<InsiteReceipt> {
  const { threadId } = payload;
  const read = ctx.channels.get(inbox.channel).receive({ payload, attachmentIds: [], inbox: inbox.key, source });
  const arriving = { inbox, inbound: { ...read, threadId } };
  const files = payload.attachments ?? [];
  const { message, duplicate } =
    files.length === 0 && knownThread(ctx, arriving)
      ? await take(ctx, arriving)
      : await locks.run([keyOf(inbox, "thread", threadId), keyOf(inbox, "message", read.sourceId)], async () => {
          const first = await storedMessage(arriving);
          if (first) {
            await requireSameMessage(arriving, first);
            // Whoever repeats it may do so because a crash came before the rest was done.
            await foldMessage(ctx, first);
            return { message: first, duplicate: true };
          }
          await requireSameThread(arriving);
          return take(ctx, {
            inbox,
            inbound: { ...arriving.inbound, attachmentIds: await store(ctx, arriving, files) },
          });
        });
  return { conversationId: message.conversationId.toHexString(), messageId: message._id.toHexString(), duplicate };
}

/** An inbox that takes messages by the API; of a key that is bound, its own. @throws AppError unknown_inbox */
export async function insiteInbox(ctx: Context, viewer: Viewer, inboxKey: string) {
  const inbox = await findInboxByKey(ctx, inboxKey);
  if (!inbox?.enabled || inbox.channel !== "insite" || !inbox.workspaceId.equals(viewer.workspaceId)) {
    throw new AppError("unknown_inbox");
  }
  const { bound } = viewer;
  if (bound && (bound.source !== inbox.source || (bound.inboxKey ?? inbox.key) !== inbox.key)) {
    throw new AppError("unknown_inbox");
  }
  return inbox;
}

const keyOf = ({ _id }: InboxRecord, what: "thread" | "message", id: string) => `${_id.toHexString()} ${what} ${id}`;

async function take(ctx: Context, arriving: Arriving): Promise<Pick<Received, "message" | "duplicate">> {
  const { inbox, inbound } = arriving;
  const received = await receiveMessage(ctx, { inbox, inbound, verified: true, uploader: inbound.from.key });
  if (received.duplicate) await requireSameMessage(arriving, received.message);
  return received;
}

async function store(
  ctx: Context,
  { inbox, inbound }: Arriving,
  files: NonNullable<InsiteMessage["attachments"]>,
): Promise<string[]> {
  const ids: string[] = [];
  for (const { name, type, content } of files) {
    const file = await storeAttachment(ctx, {
      workspaceId: inbox.workspaceId,
      owner: inbound.from.key,
      name,
      claimedType: type,
      bytes: Buffer.from(content, "base64"),
    });
    ids.push(file.id.toHexString());
  }
  return ids;
}

async function storedMessage({ inbox, inbound: { sourceId } }: Arriving): Promise<MessageRecord | null> {
  return MessageModel.findOne({ inboxId: inbox._id, sourceId }).lean<MessageRecord>();
}

/** @throws AppError message_id_reused */
async function requireSameMessage(arriving: Arriving, first: MessageRecord): Promise<void> {
  const { inbox, inbound } = arriving;
  const { threadId, from, sourceId } = inbound;
  const conversation = await ConversationModel.findById(first.conversationId).lean<ConversationRecord>();
  // From before a message kept its thread's name, its conversation may still know it.
  const thread = first.thread?.id ?? (conversation ? threadIdOf(conversation) : undefined);
  const same =
    first.direction === "incoming" &&
    first.channel === inbox.channel &&
    (thread === undefined || thread === threadId) &&
    conversation !== null &&
    (first.thread?.from === from.key || (await isBuyerOf(arriving, conversation)));
  if (!same) throw new AppError("message_id_reused", { messageId: sourceId });
}

/** @throws AppError thread_of_another_buyer */
async function requireSameThread(arriving: Arriving): Promise<void> {
  const { inbox, inbound } = arriving;
  const conversation = await currentConversation(
    inbox.workspaceId,
    inbox._id,
    `${inbox._id.toHexString()}:${inbound.threadId}`,
  );
  if (conversation && !(await isBuyerOf(arriving, conversation))) {
    throw new AppError("thread_of_another_buyer", { threadId: inbound.threadId });
  }
}

/** Whether a conversation is the sender's: begun from their address, or of what is one contact with them by now. */
async function isBuyerOf({ inbox, inbound }: Arriving, conversation: ConversationRecord): Promise<boolean> {
  if (conversation.identity === `${inbox.channel}:${inbound.from.key}`) return true;
  const [identity] = await identitiesOf({
    workspaceId: inbox.workspaceId,
    channel: inbox.channel,
    key: inbound.from.key,
  });
  if (!identity) return false;
  const [mine, theirs] = await Promise.all([
    presentContactId(identity.contactId),
    presentContactId(conversation.contactId),
  ]);
  return mine !== undefined && theirs !== undefined && mine.equals(theirs);
}
