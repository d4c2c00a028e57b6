import type { Attachment } from "../../contract/attachment.ts";
import type { Context } from "../context.ts";
import type { StoredAttachment } from "../models/message.ts";
import { sign, verifySignature } from "../signing.ts";

const DAY_MS = 24 * 3600 * 1000;
const VALID_DAYS = 7;

/** A stored file with a link that serves it for some days to whoever has the link. */
export function presentAttachment(ctx: Context, file: StoredAttachment): Attachment {
  const id = file.id.toHexString();
  return {
    id,
    name: file.name,
    type: file.type,
    size: file.size,
    url: attachmentUrl(ctx, id),
    ...(file.width !== undefined && { width: file.width, height: file.height }),
  };
}

function attachmentUrl(ctx: Context, id: string): string {
  // Whole days, so that a browser's cache knows the file again.
  const expires = (Math.floor(ctx.clock.now().getTime() / DAY_MS) + VALID_DAYS) * DAY_MS;
  const signature = sign(ctx.config.secretKey, "attachment", `${id}.${expires}`);
  return `/api/v1/attachments/${id}?expires=${expires}&signature=${signature}`;
}

/** Whether a link was made by us and is still valid. */
export function isAttachmentLink(
  ctx: Context,
  { id, expires, signature }: { id: string; expires: number; signature: string },
): boolean {
  if (!(expires > ctx.clock.now().getTime())) return false;
  return verifySignature(ctx.config.secretKey, "attachment", `${id}.${expires}`, signature);
}
