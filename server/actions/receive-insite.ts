import { insiteKey } from "../../channels/insite/index.ts";
import type { InsiteMessage, InsiteReceipt } from "../../contract/insite.ts";
import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import type { InboxRecord } from "../models/inbox.ts";
import type { Viewer } from "../policies/viewer.ts";
import { findInboxByKey } from "../queries/inboxes.ts";
import { storeAttachment } from "./attachments.ts";
import { receiveMessage } from "./receive-message.ts";

/**
 * A platform's message into the store, once per messageId.
 * @throws AppError unknown_inbox, also for another workspace's; what receiveMessage and storeAttachment throw
 */
export async function receiveInsiteMessage(
  ctx: Context,
  { viewer, inboxKey, payload }: { viewer: Viewer; inboxKey: string; payload: InsiteMessage },
): Promise<InsiteReceipt> {
  return receiveIntoInbox(ctx, { inbox: await insiteInbox(ctx, viewer, inboxKey), payload });
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
  const threads = Map.groupBy(payloads, ({ threadId }) => threadId);
  const results = await Promise.allSettled(
    [...threads.values()].map(async (thread) => {
      for (const payload of thread) receipts.set(payload, await receiveIntoInbox(ctx, { inbox, payload }));
    }),
  );
  for (const result of results) if (result.status === "rejected") throw result.reason;
  return payloads.map((payload) => receipts.get(payload) as InsiteReceipt);
}

/** The same for an inbox that is known. @throws what receiveMessage and storeAttachment throw */
export async function receiveIntoInbox(
  ctx: Context,
  { inbox, payload }: { inbox: InboxRecord; payload: InsiteMessage },
): Promise<InsiteReceipt> {
  const uploader = insiteKey(payload.buyer.externalId);
  const attachmentIds: string[] = [];
  for (const { name, type, content } of payload.attachments ?? []) {
    const file = await storeAttachment(ctx, {
      workspaceId: inbox.workspaceId,
      owner: uploader,
      name,
      claimedType: type,
      bytes: Buffer.from(content, "base64"),
    });
    attachmentIds.push(file.id.toHexString());
  }
  const { message, duplicate } = await receiveMessage(ctx, {
    inbox,
    inbound: ctx.channels.get(inbox.channel).receive({ payload, attachmentIds }),
    verified: true,
    uploader,
  });
  return { conversationId: message.conversationId.toHexString(), messageId: message._id.toHexString(), duplicate };
}

/** An inbox that takes messages by the API. @throws AppError unknown_inbox */
export async function insiteInbox(ctx: Context, viewer: Viewer, inboxKey: string) {
  const inbox = await findInboxByKey(ctx, inboxKey);
  if (!inbox?.enabled || inbox.channel !== "insite" || !inbox.workspaceId.equals(viewer.workspaceId)) {
    throw new AppError("unknown_inbox");
  }
  return inbox;
}
