import { type Request, type Response, raw } from "express";
import { AppError } from "../../errors.ts";

/**
 * Reads a JSON body, at most `limit` bytes after decompression. An absent body reads as `{}`.
 * @throws AppError unsupported_media_type, payload_too_large, invalid_encoding, invalid_json
 */
export async function readJson(req: Request, res: Response, limit: number): Promise<unknown> {
  const type = req.headers["content-type"];
  if (type && !/^application\/([\w.-]+\+)?json\s*(;|$)/i.test(type)) {
    throw new AppError("unsupported_media_type", { contentType: type.slice(0, 200) });
  }
  const charset = /;\s*charset="?([^";\s]+)/i.exec(type ?? "")?.[1];
  // RFC 8259 section 8.1: JSON that leaves its system is UTF-8.
  if (charset && charset.toLowerCase() !== "utf-8") throw new AppError("invalid_encoding", { charset });
  const bytes = await readBytes(req, res, limit);
  if (bytes.length === 0) return {};
  if (!type) throw new AppError("unsupported_media_type");
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new AppError("invalid_encoding");
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AppError("invalid_json", { reason: (error as Error).message });
  }
}

/**
 * Reads a whole body as bytes, at most `limit` after decompression.
 * @throws AppError payload_too_large, unsupported_media_type (an unknown Content-Encoding), invalid_request
 */
export async function readBytes(req: Request, res: Response, limit: number): Promise<Buffer> {
  await new Promise<void>((resolve, reject) => {
    raw({ type: () => true, limit })(req, res, (error?: unknown) => (error ? reject(error) : resolve()));
  }).catch((error: { type?: string; status?: number }) => {
    if (error.type === "entity.too.large") throw new AppError("payload_too_large", { limit });
    if (error.type === "encoding.unsupported") throw new AppError("unsupported_media_type");
    if (error.status === 400)
      throw new AppError("invalid_request", { issues: [{ path: "body", message: error.type }] });
    throw error;
  });
  return Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0);
}
