import { pipeline } from "node:stream/promises";
import type { Request, Response } from "express";
import { ATTACHMENT_MAX_BYTES } from "../../../../contract/attachment.ts";
import type { openAttachment } from "../../../actions/attachments.ts";
import { AppError } from "../../../errors.ts";

/** What a browser may show in its own window; anything else is saved. */
const SHOWN_INLINE = /^(image\/(png|jpeg|gif|webp)|application\/pdf|video\/|text\/plain)/;

/** Reads an upload whole. @throws AppError attachment_too_large as soon as it is */
export async function readUpload(req: Request): Promise<Buffer> {
  if (Number(req.headers["content-length"] ?? 0) > ATTACHMENT_MAX_BYTES) throw new AppError("attachment_too_large");
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > ATTACHMENT_MAX_BYTES) throw new AppError("attachment_too_large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * Sends a stored file. It comes from a stranger: it runs nothing (sandbox), is what we say it is (nosniff), and
 * stays in caches of its reader alone. One byte range is honoured, so that videos can be sought (RFC 9110, 14.2).
 */
export async function serveFile(
  req: Request,
  res: Response,
  file: NonNullable<Awaited<ReturnType<typeof openAttachment>>>,
): Promise<void> {
  const disposition = SHOWN_INLINE.test(file.type) ? "inline" : "attachment";
  res.set({
    "Content-Type": file.type === "text/plain" ? "text/plain; charset=utf-8" : file.type,
    "Content-Disposition": `${disposition}; filename*=UTF-8''${encodeURIComponent(file.name).replace(/['()*]/g, escapeOctet)}`,
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy":
      "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; media-src 'self'; sandbox",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Cache-Control": "private, max-age=604800, immutable",
    "Accept-Ranges": "bytes",
    ETag: `"${file.sha256}"`,
  });
  if (req.headers["if-none-match"] === `"${file.sha256}"`) {
    res.status(304).end();
    return;
  }
  const range = rangeOf(req.headers.range, file.size);
  if (range) {
    res.status(206).set("Content-Range", `bytes ${range.start}-${range.end - 1}/${file.size}`);
  }
  res.set("Content-Length", String(range ? range.end - range.start : file.size));
  if (req.method === "HEAD") {
    res.end();
    return;
  }
  try {
    await pipeline(file.stream(range), res);
  } catch (error) {
    // The reader went away: nothing is wrong.
    if ((error as NodeJS.ErrnoException).code !== "ERR_STREAM_PREMATURE_CLOSE") throw error;
  }
}

function rangeOf(header: string | undefined, size: number): { start: number; end: number } | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? "");
  if (!match) return undefined;
  const [, from, to] = match;
  if (from) {
    const start = Number(from);
    const end = to ? Math.min(Number(to) + 1, size) : size;
    return start < end ? { start, end } : undefined;
  }
  const last = Number(to);
  return last > 0 ? { start: Math.max(0, size - last), end: size } : undefined;
}

function escapeOctet(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
