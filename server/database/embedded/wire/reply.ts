import { Double } from "bson";
import type { BsonDocument } from "../types.ts";
import { encode } from "../values/bson.ts";

/** What a command answers: a document, or one with a batch of documents that stay in their stored bytes. */
export type Reply = BsonDocument | CursorReply;

export class CursorReply {
  readonly cursor: BsonDocument;
  readonly batchName: string;
  readonly batch: readonly Uint8Array[];

  constructor(batchName: "firstBatch" | "nextBatch", batch: readonly Uint8Array[], cursor: BsonDocument) {
    this.batchName = batchName;
    this.batch = batch;
    this.cursor = cursor;
  }
}

const TYPE_OBJECT = 3;
const TYPE_ARRAY = 4;
const okField = encode({ ok: new Double(1) }).subarray(4, -1);

/** The bytes of an answer. */
export function encodeReply(reply: Reply): Uint8Array {
  return reply instanceof CursorReply
    ? encodeCursor(reply)
    : encode({ ...reply, ok: new Double(reply.ok === 1 ? 1 : 0) });
}

/** `{cursor: {<batchName>: [...], id, ns}, ok: 1}` with the stored documents copied in as they are. */
function encodeCursor({ batch, batchName, cursor }: CursorReply): Uint8Array {
  const rest = encode(cursor).subarray(4);
  let batchBytes = 5;
  batch.forEach((document, i) => {
    batchBytes += 2 + digits(i) + document.length;
  });
  const nameBytes = batchName.length + 2;
  const cursorBytes = 4 + nameBytes + batchBytes + rest.length;
  const total = 4 + 8 + cursorBytes + okField.length + 1;
  const out = Buffer.allocUnsafe(total);
  let at = out.writeInt32LE(total, 0);
  at = name(out, at, TYPE_OBJECT, "cursor");
  at = out.writeInt32LE(cursorBytes, at);
  at = name(out, at, TYPE_ARRAY, batchName);
  at = out.writeInt32LE(batchBytes, at);
  batch.forEach((document, i) => {
    at = name(out, at, TYPE_OBJECT, String(i));
    out.set(document, at);
    at += document.length;
  });
  out[at++] = 0;
  out.set(rest, at);
  at += rest.length;
  out.set(okField, at);
  out[at + okField.length] = 0;
  return out;
}

function name(out: Buffer, at: number, type: number, text: string): number {
  out[at] = type;
  const end = at + 1 + out.write(text, at + 1, "latin1");
  out[end] = 0;
  return end + 1;
}

function digits(value: number): number {
  return value < 10 ? 1 : value < 100 ? 2 : value < 1000 ? 3 : String(value).length;
}
