import { Types } from "mongoose";
import { isNobody } from "../../contract/buyer-id.ts";
import { type BuyerIdentity, identifyBuyer, isSameBuyer, presentContactId } from "../actions/order-buyers.ts";
import { addReviewItem } from "../actions/review-items.ts";
import type { Context } from "../context.ts";
import { ContactIdentityModel, type ContactIdentityRecord } from "../models/contact.ts";
import { ContactMoveModel, type ContactMoveRecord } from "../models/contact-move.ts";
import { ConversationModel, type ConversationRecord } from "../models/conversation.ts";
import { InboxModel, type InboxRecord } from "../models/inbox.ts";
import { MessageModel, type MessageRecord } from "../models/message.ts";
import { OrderEventModel, type OrderEventRecord, OrderModel, type OrderRecord } from "../models/order.ts";
import { OWN_THREAD, threadIdOf } from "../queries/outbox.ts";
import type { Migration } from "./migration.ts";

const BATCH = 500;
const CUSTOMER = "customer:";
/** Threads that the hub itself began: they may wait for their first message. */
const OURS = [OWN_THREAD, "order:", "contact:"];

/**
 * Lists what ids that came again for another buyer mixed up before they were refused: threads and orders of several buyers,
 * conversations that were left empty, and guests who were taken for one person. Changes none of it.
 */
export const migration: Migration = {
  id: "002-insite",
  async run(ctx) {
    await listThreads(ctx);
    await listOrders(ctx);
    await listGuests(ctx);
  },
};

async function listThreads(ctx: Context): Promise<void> {
  const inboxes = await InboxModel.find({ key: { $gt: "" } }).lean<InboxRecord[]>();
  const platforms = new Set(inboxes.filter(({ channel }) => channel === "insite").map(({ _id }) => String(_id)));
  await inBatches<ConversationRecord>(ConversationModel, async (conversations) => {
    const threads = conversations.filter((one) => platforms.has(String(one.inboxId)));
    const rows = await MessageModel.find(
      { conversationId: { $in: threads.map(({ _id }) => _id) } },
      { conversationId: 1, direction: 1, "author.type": 1, "author.id": 1 },
    ).lean<Pick<MessageRecord, "conversationId" | "direction" | "author">[]>();
    const byThread = Map.groupBy(rows, ({ conversationId }) => String(conversationId));
    for (const thread of threads) {
      const threadId = threadIdOf(thread);
      const messages = byThread.get(String(thread._id)) ?? [];
      const authors = new Set(
        messages.flatMap(({ direction, author }) =>
          direction === "incoming" && author.type === "contact" && author.id ? [author.id] : [],
        ),
      );
      const people = authors.size > 1 ? await peopleOf([...authors]) : [];
      const empty = messages.length === 0 && threadId !== undefined && !OURS.some((own) => threadId.startsWith(own));
      if (people.length < 2 && !empty) continue;
      await addReviewItem(ctx, {
        workspaceId: thread.workspaceId,
        key: `mixed_thread:${thread._id.toHexString()}`,
        kind: "mixed_thread",
        contactIds: people.length > 0 ? people : [thread.contactId],
        conversationIds: [thread._id],
        facts: { messages: String(messages.length), ...(threadId !== undefined && { threadId }) },
      });
    }
  });
}

/** The contacts that authors are by now: merged ones are one, and so are those that a split made of one. */
async function peopleOf(authors: string[]): Promise<Types.ObjectId[]> {
  const found = new Map<string, Types.ObjectId>();
  for (const author of authors) {
    const contact = await presentContactId(new Types.ObjectId(author));
    if (contact) found.set(contact.toHexString(), contact);
  }
  const ids = [...found.values()];
  const splits = await ContactMoveModel.find({ toId: { $in: ids } }).lean<ContactMoveRecord[]>();
  const ofSplit = new Set(
    splits.flatMap(({ kind, fromId, toId }) => (kind === "split" && found.has(String(fromId)) ? [String(toId)] : [])),
  );
  return ids.filter((id) => !ofSplit.has(String(id)));
}

async function listOrders(ctx: Context): Promise<void> {
  await inBatches<OrderRecord>(OrderModel, async (orders) => {
    for (const [workspaceId, own] of Map.groupBy(orders, (order) => String(order.workspaceId))) {
      const events = await OrderEventModel.find(
        { workspaceId: new Types.ObjectId(workspaceId), orderId: { $in: own.map(({ orderId }) => orderId) } },
        { orderId: 1, "payload.buyer": 1, space: 1 },
      ).lean<OrderEventRecord[]>();
      const byOrder = Map.groupBy(events, ({ orderId }) => orderId);
      for (const order of own) {
        const buyers = buyersOf(byOrder.get(order.orderId) ?? []);
        if (!(await areSeveral(order, buyers))) continue;
        await addReviewItem(ctx, {
          workspaceId: order.workspaceId,
          key: `mixed_order:${order.orderId}`,
          kind: "mixed_order",
          ...(order.contactId && { contactIds: [order.contactId] }),
          orderId: order.orderId,
          facts: {
            number: order.number,
            buyers: buyers
              .map(({ externalId }) => externalId)
              .join(", ")
              .slice(0, 500),
          },
        });
      }
    }
  });
}

/** Whom reports name, each once. */
function buyersOf(events: readonly OrderEventRecord[]): BuyerIdentity[] {
  const buyers = events.flatMap(({ payload, space }) => identifyBuyer(payload.buyer, space) ?? []);
  return [...new Map(buyers.map((buyer) => [buyer.externalId, buyer])).values()];
}

async function areSeveral({ workspaceId }: OrderRecord, [first, ...others]: BuyerIdentity[]): Promise<boolean> {
  for (const other of others) {
    if (first && !(await isSameBuyer({ workspaceId, contactId: undefined }, first, other))) return true;
  }
  return false;
}

/** Contacts that are known by `0`, `guest` and the like, with more than one matter. */
async function listGuests(ctx: Context): Promise<void> {
  await inBatches<ContactIdentityRecord>(ContactIdentityModel, async (identities) => {
    for (const { workspaceId, contactId, key } of identities) {
      if (!key.startsWith(CUSTOMER) || !isNobody(key.slice(CUSTOMER.length))) continue;
      const orders = await OrderModel.find({ workspaceId, contactId }, { _id: 1 }).limit(2).lean<OrderRecord[]>();
      const conversations = await ConversationModel.find({ contactId }, { _id: 1 })
        .sort({ _id: -1 })
        .limit(BATCH)
        .lean<ConversationRecord[]>();
      if (orders.length + conversations.length < 2) continue;
      await addReviewItem(ctx, {
        workspaceId,
        key: `mixed_guests:${key}`,
        kind: "mixed_guests",
        contactIds: [contactId],
        conversationIds: conversations.slice(0, 20).map(({ _id }) => _id),
        facts: { externalId: key.slice(CUSTOMER.length) },
      });
    }
  });
}

type Collection = Pick<typeof ConversationModel, "collection">;

/** All documents of a collection in the order of their ids, some hundreds at a time. */
async function inBatches<T extends { _id: Types.ObjectId }>(
  model: { collection: Collection["collection"] },
  work: (documents: T[]) => Promise<void>,
): Promise<void> {
  let last = new Types.ObjectId("000000000000000000000000");
  for (;;) {
    const documents = (await model.collection
      .find({ _id: { $gt: last } })
      .sort({ _id: 1 })
      .limit(BATCH)
      .toArray()) as unknown as T[];
    if (documents.length === 0) return;
    await work(documents);
    last = documents.at(-1)!._id;
  }
}
