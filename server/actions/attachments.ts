import { createHash } from "node:crypto";
import { fileTypeFromBuffer } from "file-type";
import { imageSize } from "image-size";
import mongoose, { Types } from "mongoose";
import { ATTACHMENT_MAX_BYTES, ATTACHMENT_TYPES } from "../../contract/attachment.ts";
import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import { AttachmentFileModel, type FileMetadata } from "../models/attachment-file.ts";
import type { StoredAttachment } from "../models/message.ts";
import { addressKey, type RateLimit } from "../rate-limits.ts";

/** Bytes that one uploader, and everybody behind one address, may leave in a day: some hundred photos. */
export const UPLOAD_LIMITS = {
  owner: { points: 300 * 1024 * 1024, seconds: 24 * 3600 },
  address: { points: 1024 * 1024 * 1024, seconds: 24 * 3600 },
} satisfies Record<string, RateLimit>;
/** A file that was uploaded for a message that was never sent is removed after a day. */
const UNATTACHED_MS = 24 * 3600 * 1000;
const REMOVED_AT_ONCE = 200;

/** The files in GridFS, so that any node can serve them. */
export function attachmentBucket() {
  return new mongoose.mongo.GridFSBucket(mongoose.connection.db!, { bucketName: "attachments" });
}

/**
 * Keeps a file that somebody uploads for a message to come. Until it is sent with one, it counts as theirs alone.
 * @throws AppError rate_limited when its uploader has left too much today, and those of `storeAttachment`
 */
export async function storeUpload(
  ctx: Context,
  { address, ...file }: Parameters<typeof storeAttachment>[1] & { address: string | undefined },
): Promise<StoredAttachment> {
  const { length } = file.bytes;
  await ctx.limits.consume("upload-bytes-address", addressKey(address), UPLOAD_LIMITS.address, length);
  await ctx.limits.consume("upload-bytes", file.owner, UPLOAD_LIMITS.owner, length);
  return storeAttachment(ctx, { ...file, unattachedSince: ctx.clock.now() });
}

/** Removes files that were uploaded a day ago and sent with no message. Returns how many. */
export async function removeUnattached(ctx: Context): Promise<number> {
  const before = new Date(ctx.clock.now().getTime() - UNATTACHED_MS);
  const files = await AttachmentFileModel.find({ "metadata.unattachedSince": { $lte: before } }, { _id: 1 })
    .limit(REMOVED_AT_ONCE)
    .lean<{ _id: Types.ObjectId }[]>();
  for (const { _id } of files) await attachmentBucket().delete(_id);
  return files.length;
}

/**
 * Keeps a file. Its type is what the bytes show; a claim that says otherwise is refused.
 * @throws AppError attachment_too_large, attachment_type_not_allowed, attachment_type_mismatch, empty_message
 */
export async function storeAttachment(
  _ctx: Context,
  options: {
    workspaceId: Types.ObjectId | string;
    owner: string;
    name: string;
    claimedType: string;
    bytes: Buffer;
    unattachedSince?: Date;
  },
): Promise<StoredAttachment> {
  const { owner, bytes } = options;
  if (bytes.length === 0) throw new AppError("empty_message");
  if (bytes.length > ATTACHMENT_MAX_BYTES) throw new AppError("attachment_too_large");
  const claimed = options.claimedType.split(";")[0]?.trim().toLowerCase() ?? "";
  const type = await typeOf(bytes);
  if (!type || !(ATTACHMENT_TYPES as readonly string[]).includes(type)) {
    throw new AppError("attachment_type_not_allowed", { type: type ?? claimed });
  }
  const silent = claimed === "" || claimed === "application/octet-stream";
  if (!silent && claimed !== type && !sameFamily(claimed, type)) {
    throw new AppError("attachment_type_mismatch", { claimed, found: type });
  }
  const name = cleanName(options.name);
  const size = type.startsWith("image/") ? dimensionsOf(bytes) : {};
  const metadata: FileMetadata = {
    workspaceId: new Types.ObjectId(options.workspaceId),
    owner,
    type,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    ...size,
    ...(options.unattachedSince && { unattachedSince: options.unattachedSince }),
  };
  const upload = attachmentBucket().openUploadStream(name, { metadata });
  await new Promise<void>((resolve, reject) => {
    upload.once("finish", resolve);
    upload.once("error", reject);
    upload.end(bytes);
  });
  return { id: upload.id as Types.ObjectId, name, type, size: bytes.length, ...size };
}

/**
 * The uploaded files a message names, if they are its author's.
 * @throws AppError unknown_attachment
 */
export async function takeAttachments(
  _ctx: Context,
  {
    workspaceId,
    ids,
    owner,
  }: {
    workspaceId: Types.ObjectId | string;
    ids: string[];
    /** Any of them, where an author has had several addresses. */
    owner: string | readonly string[];
  },
): Promise<StoredAttachment[]> {
  if (ids.length === 0) return [];
  const owners = [owner].flat();
  // Before they are looked at: from here on nothing removes them.
  await AttachmentFileModel.updateMany(
    { _id: { $in: ids.map((id) => new Types.ObjectId(id)) }, "metadata.owner": { $in: owners } },
    { $unset: { "metadata.unattachedSince": "" } },
  );
  const files = await attachmentBucket()
    .find({ _id: { $in: ids.map((id) => new Types.ObjectId(id)) } })
    .toArray();
  return ids.map((id) => {
    const file = files.find((one) => one._id.toHexString() === id);
    const metadata = file?.metadata as FileMetadata | undefined;
    if (!file || !metadata || !owners.includes(metadata.owner) || !metadata.workspaceId.equals(String(workspaceId))) {
      throw new AppError("unknown_attachment", { id });
    }
    const { type, width, height } = metadata;
    return { id: file._id, name: file.filename, type, size: file.length, ...(width && { width, height }) };
  });
}

/** A stored file to serve. Undefined when there is none. */
export async function openAttachment(id: string) {
  const _id = new Types.ObjectId(id);
  const [file] = await attachmentBucket().find({ _id }).toArray();
  if (!file) return undefined;
  const metadata = file.metadata as unknown as FileMetadata;
  return {
    name: file.filename,
    type: metadata.type,
    size: file.length,
    sha256: metadata.sha256,
    stream: (range?: { start: number; end: number }) => attachmentBucket().openDownloadStream(_id, range),
  };
}

async function typeOf(bytes: Buffer): Promise<string | undefined> {
  const detected = await fileTypeFromBuffer(bytes);
  if (detected) return detected.mime;
  return isPlainText(bytes) ? "text/plain" : undefined;
}

function isPlainText(bytes: Buffer): boolean {
  if (bytes.includes(0)) return false;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    // Markup is text to a detector but a program to a browser.
    return !/^\s*<(!doctype|html|svg|\?xml|script)/i.test(text);
  } catch {
    return false;
  }
}

/** Names that mean the same bytes to different systems. */
function sameFamily(claimed: string, found: string): boolean {
  const families = [
    ["image/jpeg", "image/jpg", "image/pjpeg"],
    ["image/heic", "image/heif"],
    ["video/mp4", "video/quicktime", "video/x-m4v"],
  ];
  return (
    families.some((family) => family.includes(claimed) && family.includes(found)) ||
    (found === "text/plain" && claimed.startsWith("text/") && claimed !== "text/html")
  );
}

function dimensionsOf(bytes: Buffer): { width?: number; height?: number } {
  try {
    const { width, height, orientation } = imageSize(bytes);
    // EXIF orientations 5 to 8 lie on their side.
    return (orientation ?? 1) >= 5 ? { width: height, height: width } : { width, height };
  } catch {
    return {};
  }
}

/** A file name without path, control or direction-changing characters, at most 120 long. */
function cleanName(name: string): string {
  const base = name.split(/[\\/]/).pop() ?? "";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must go
  const clean = base.replace(/[\u0000-\u001f\u007f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "").trim();
  if (clean.length <= 120) return clean || "file";
  const dot = clean.lastIndexOf(".");
  const extension = dot > 0 && clean.length - dot <= 10 ? clean.slice(dot) : "";
  return clean.slice(0, 120 - extension.length).toWellFormed() + extension;
}
