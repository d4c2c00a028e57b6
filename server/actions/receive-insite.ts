import { insiteKey } from "../../channels/insite/index.ts";
import type { InsiteMessage } from "../../contract/insite.ts";
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
): Promise<{ conversationId: string; messageId: string; duplicate: boolean }> {
  return receiveIntoInbox(ctx, { inbox: await insiteInbox(ctx, viewer, inboxKey), payload });
}

/** The same for an inbox that is known. @throws what receiveMessage and storeAttachment throw */
export async function receiveIntoInbox(
  ctx: Context,
  { inbox, payload }: { inbox: InboxRecord; payload: InsiteMessage },
): Promise<{ conversationId: string; messageId: string; duplicate: boolean }> {
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
