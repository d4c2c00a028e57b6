import busboy from "busboy";
import type { Request, Response } from "express";
import { IMPORT_MAX_BYTES, type ImportFormat } from "../../../../contract/import.ts";
import { AppError, invalidRequest } from "../../../errors.ts";
import { readBytes } from "../../middleware/body.ts";

export interface UploadedFile {
  bytes: Buffer;
  name: string | undefined;
  type: string;
}

/**
 * The file of a request: the one of a form (`multipart/form-data`), or the body itself.
 * @throws AppError payload_too_large, invalid_request
 */
export async function readFile(req: Request, res: Response): Promise<UploadedFile> {
  const type = req.headers["content-type"] ?? "";
  if (!/^multipart\/form-data/i.test(type)) {
    return { bytes: await readBytes(req, res, IMPORT_MAX_BYTES), name: undefined, type };
  }
  return new Promise((resolve, reject) => {
    const refuse = (message: string) => reject(invalidRequest([{ path: "body", message }]));
    let found = false;
    let form: busboy.Busboy;
    try {
      form = busboy({
        headers: req.headers,
        limits: { files: 1, fileSize: IMPORT_MAX_BYTES, fields: 20 },
        defParamCharset: "utf8",
      });
    } catch {
      return refuse("is no multipart form");
    }
    form.on("file", (_field, stream, info) => {
      found = true;
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("limit", () => reject(new AppError("payload_too_large", { limit: IMPORT_MAX_BYTES })));
      stream.on("close", () => resolve({ bytes: Buffer.concat(chunks), name: info.filename, type: info.mimeType }));
    });
    form.on("error", () => refuse("is no well-formed multipart form"));
    form.on("close", () => {
      if (!found) refuse("must hold a file");
    });
    req.on("aborted", () => refuse("ended early"));
    req.pipe(form);
  });
}

/** By its type or name; else by its first sign. */
export function formatOf({ bytes, name, type }: UploadedFile): ImportFormat {
  if (/json/i.test(type) || /\.json$/i.test(name ?? "")) return "json";
  if (/csv|tab-separated|excel/i.test(type) || /\.(csv|tsv|txt)$/i.test(name ?? "")) return "csv";
  return /^\s*[[{]/.test(bytes.subarray(0, 200).toString("utf8")) ? "json" : "csv";
}
