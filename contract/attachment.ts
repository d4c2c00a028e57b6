import { z } from "zod";
import { idSchema } from "./common.ts";

/** What a client shows of a stored file. `url` is signed, relative to the hub's address, and valid for some days. */
export const attachmentSchema = z.object({
  id: idSchema,
  name: z.string(),
  type: z.string(),
  /** Bytes. */
  size: z.number().int().nonnegative(),
  url: z.string(),
  /** Pixels, for pictures. */
  width: z.number().int().optional(),
  height: z.number().int().optional(),
});
export type Attachment = z.infer<typeof attachmentSchema>;

export const attachmentIdsSchema = z.array(idSchema).max(10);

/** Types a shopper or agent may send. The stored type is the one the bytes show, never the one claimed. */
export const ATTACHMENT_TYPES = [
  "image/png",
  "image/jpeg",
  "image/gif",
  "image/webp",
  "image/heic",
  "application/pdf",
  "text/plain",
  "video/mp4",
  "video/quicktime",
] as const;
export const ATTACHMENT_MAX_BYTES = 20 * 1024 * 1024;
