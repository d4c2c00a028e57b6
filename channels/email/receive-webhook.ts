import busboy from "busboy";

/** A mail as a mail service's webhook hands it over. */
export interface PostedMail {
  raw: Buffer;
  mailFrom?: string;
  recipients: string[];
}

/** Where services put the whole mail: Mailgun, SendGrid, Postmark, SparkPost, and the plain names. */
const RAW_FIELDS = ["body-mime", "email", "RawEmail", "email_rfc822", "raw", "mime", "message"];
const ADDRESS = /[^\s<>"',;:[\]{}]+@[^\s<>"',;:[\]{}]+/g;

/**
 * The raw mail in a webhook's body: the body itself, a field of a form, or a field of a JSON document however deep.
 * Undefined where there is none.
 */
export async function postedMail(body: Buffer, contentType: string): Promise<PostedMail | undefined> {
  const type = contentType.split(";")[0]!.trim().toLowerCase();
  if (type === "application/json") return fromJson(body);
  if (type === "application/x-www-form-urlencoded") {
    return fromFields(new Map([...new URLSearchParams(body.toString("latin1"))].map(([k, v]) => [k, Buffer.from(v)])));
  }
  if (type === "multipart/form-data") return fromFields(await formFields(body, contentType));
  return body.length > 0 ? { raw: body, recipients: [] } : undefined;
}

function fromFields(fields: ReadonlyMap<string, Buffer>): PostedMail | undefined {
  const raw = RAW_FIELDS.map((name) => fields.get(name)).find((value) => value !== undefined && value.length > 0);
  if (!raw) return undefined;
  const text = (...names: string[]) => names.map((name) => fields.get(name)?.toString("utf8") ?? "").join(" ");
  // SendGrid: {"to":["…"],"from":"…"}.
  const envelope = /"from"\s*:\s*"([^"]*)"/.exec(text("envelope"))?.[1];
  const sender = fields.get("sender")?.toString("utf8") ?? envelope;
  const recipients =
    text("recipient", "rcpt_to", "OriginalRecipient") + (/"to"\s*:\s*\[[^\]]*\]/.exec(text("envelope"))?.[0] ?? "");
  return {
    raw,
    recipients: [...new Set(recipients.match(ADDRESS))],
    ...(sender !== undefined && { mailFrom: sender.match(ADDRESS)?.[0] ?? "" }),
  };
}

/** SparkPost sends base64 where the mail is not plain text, and says so beside it. */
function fromJson(body: Buffer): PostedMail | undefined {
  let document: unknown;
  try {
    document = JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
  const fields = new Map<string, Buffer>();
  const walk = (value: unknown, depth: number): void => {
    if (typeof value !== "object" || value === null || depth > 8) return;
    for (const [key, each] of Object.entries(value)) {
      if (typeof each === "string" && !fields.has(key)) fields.set(key, Buffer.from(each, "utf8"));
      else if (each === true) fields.set(key, Buffer.from("true"));
      else walk(each, depth + 1);
    }
  };
  walk(document, 0);
  const found = fromFields(fields);
  if (!found) return undefined;
  const base64 = fields.get("email_rfc822_is_base64")?.toString() === "true" || looksBase64(found.raw);
  return base64 ? { ...found, raw: Buffer.from(found.raw.toString("latin1"), "base64") } : found;
}

/** A mail has a colon in its first line; base64 has none anywhere. */
function looksBase64(raw: Buffer): boolean {
  return /^[A-Za-z0-9+/_=\r\n-]+$/.test(raw.subarray(0, 1_000).toString("latin1"));
}

/** Fields and small files of a form. Bytes stay bytes: a mail in 8-bit form has a charset of its own. */
function formFields(body: Buffer, contentType: string): Promise<Map<string, Buffer>> {
  return new Promise((resolve) => {
    const fields = new Map<string, Buffer>();
    const limits = { fieldSize: body.length, fields: 200, files: 20 };
    try {
      const form = busboy({ headers: { "content-type": contentType }, limits, defCharset: "latin1" });
      form.on("field", (name, value) => {
        // A part that names its charset has been decoded by it; all others are bytes.
        const decoded = /[\u0100-\uffff]/.test(value);
        fields.set(name, Buffer.from(value, decoded ? "utf8" : "latin1"));
      });
      form.on("file", (name, stream) => {
        const chunks: Buffer[] = [];
        stream.on("data", (chunk: Buffer) => chunks.push(chunk));
        stream.on("end", () => fields.set(name, Buffer.concat(chunks)));
      });
      form.on("close", () => resolve(fields));
      form.on("error", () => resolve(fields));
      form.end(body);
    } catch {
      resolve(fields);
    }
  });
}
