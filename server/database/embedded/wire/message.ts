import { MongoError } from "../errors.ts";
import type { BsonDocument } from "../types.ts";
import { decode } from "../values/bson.ts";

/** Message formats of the MongoDB wire protocol: see the manual, "MongoDB Wire Protocol". */
export const OpCode = { reply: 1, query: 2004, compressed: 2012, message: 2013 } as const;

export const HEADER_BYTES = 16;
export const MAX_MESSAGE_BYTES = 48_000_000;
export const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;
/** A stored document may not be larger; commands get 16 KiB more for what surrounds it. */
const MAX_COMMAND_BYTES = MAX_DOCUMENT_BYTES + 16 * 1024;

const CHECKSUM_PRESENT = 1 << 0;
const MORE_TO_COME = 1 << 1;
const EXHAUST_ALLOWED = 1 << 16;
const KNOWN_FLAGS = CHECKSUM_PRESENT | MORE_TO_COME | EXHAUST_ALLOWED;

/** One request as the commands see it. */
export interface Request {
  id: number;
  /** OP_QUERY is answered with OP_REPLY. */
  legacy: boolean;
  /** The client expects no answer. */
  silent: boolean;
  command: BsonDocument;
  /** Document sequences by the name of the argument they stand for; each document still in its bytes. */
  sequences: Map<string, Uint8Array[]>;
}

/** A message that can not be understood: the connection it came on is closed. */
export class ProtocolError extends Error {}

/** Reads one whole message, header included. Throws ProtocolError for what breaks the protocol. */
export function parseMessage(message: Buffer): Request {
  const id = message.readInt32LE(4);
  const opCode = message.readInt32LE(12);
  if (opCode === OpCode.message) return parseOpMsg(message, id);
  if (opCode === OpCode.query) return parseOpQuery(message, id);
  throw new ProtocolError(`operation code ${opCode} is not supported`);
}

function parseOpMsg(message: Buffer, id: number): Request {
  const flags = new Cursor(message, HEADER_BYTES).int32();
  if (flags & 0xffff & ~KNOWN_FLAGS) throw new ProtocolError(`OP_MSG has unknown flag bits: ${flags}`);
  // The checksum is optional for a server to verify; TCP and Unix sockets already guard the bytes.
  const end = flags & CHECKSUM_PRESENT ? message.length - 4 : message.length;
  const cursor = new Cursor(message.subarray(0, end), HEADER_BYTES + 4);
  const sequences = new Map<string, Uint8Array[]>();
  let command: BsonDocument | undefined;
  while (!cursor.ended) {
    const kind = cursor.byte();
    if (kind === 0) {
      if (command) throw new ProtocolError("OP_MSG has two body sections");
      command = decodeCommand(cursor.document(MAX_COMMAND_BYTES));
    } else if (kind === 1) {
      const { name, documents } = cursor.sequence();
      if (sequences.has(name)) throw new ProtocolError(`OP_MSG has two sequences named ${name}`);
      sequences.set(name, documents);
    } else throw new ProtocolError(`OP_MSG has a section of unknown kind ${kind}`);
  }
  if (!command) throw new ProtocolError("OP_MSG has no body section");
  return { id, legacy: false, silent: (flags & MORE_TO_COME) !== 0, command, sequences };
}

/** Drivers still send their first hello this way. */
function parseOpQuery(message: Buffer, id: number): Request {
  const cursor = new Cursor(message, HEADER_BYTES);
  cursor.int32();
  const namespace = cursor.text();
  cursor.int32();
  cursor.int32();
  const outer = decodeCommand(cursor.document(MAX_COMMAND_BYTES));
  if (!namespace.endsWith(".$cmd")) throw new ProtocolError("OP_QUERY is supported for hello alone");
  const command = (outer.$query ?? outer) as BsonDocument;
  command.$db ??= namespace.slice(0, -".$cmd".length);
  return { id, legacy: true, silent: false, command, sequences: new Map() };
}

function decodeCommand(bytes: Uint8Array): BsonDocument {
  try {
    return decode(bytes);
  } catch (error) {
    throw new ProtocolError(error instanceof MongoError ? error.message : `invalid BSON: ${String(error)}`);
  }
}

/** Reads forward in a message; anything that would leave it is a ProtocolError. */
class Cursor {
  private readonly buffer: Buffer;
  private at: number;

  constructor(buffer: Buffer, at: number) {
    this.buffer = buffer;
    this.at = at;
  }

  get ended(): boolean {
    return this.at >= this.buffer.length;
  }

  byte(): number {
    return this.buffer[this.advance(1)] as number;
  }

  int32(): number {
    return this.buffer.readInt32LE(this.advance(4));
  }

  text(): string {
    const end = this.buffer.indexOf(0, this.at);
    if (end < 0) throw new ProtocolError("a string has no end");
    const start = this.advance(end + 1 - this.at);
    return this.buffer.toString("utf8", start, end);
  }

  document(limit = MAX_MESSAGE_BYTES): Uint8Array {
    const size = this.int32();
    if (size < 5 || size > limit) throw new ProtocolError(`a document has the impossible size ${size}`);
    const start = this.advance(size - 4) - 4;
    if (this.buffer[start + size - 1] !== 0) throw new ProtocolError("a document has no end");
    return this.buffer.subarray(start, start + size);
  }

  sequence(): { name: string; documents: Uint8Array[] } {
    const start = this.at;
    const size = this.int32();
    const end = start + size;
    if (size < 5 || end > this.buffer.length) throw new ProtocolError(`a section has the impossible size ${size}`);
    const inner = new Cursor(this.buffer.subarray(0, end), this.at);
    const name = inner.text();
    const documents: Uint8Array[] = [];
    while (!inner.ended) documents.push(inner.document());
    this.at = end;
    return { name, documents };
  }

  private advance(bytes: number): number {
    const start = this.at;
    if (start + bytes > this.buffer.length) throw new ProtocolError("a message ends too early");
    this.at = start + bytes;
    return start;
  }
}

let lastId = 0;

function header(length: number, responseTo: number, opCode: number): Buffer {
  const bytes = Buffer.allocUnsafe(HEADER_BYTES);
  lastId = (lastId + 1) & 0x7fffffff;
  bytes.writeInt32LE(length, 0);
  bytes.writeInt32LE(lastId, 4);
  bytes.writeInt32LE(responseTo, 8);
  bytes.writeInt32LE(opCode, 12);
  return bytes;
}

/** The answer to a request, in the format it came in. */
export function replyTo(request: { id: number; legacy: boolean }, body: Uint8Array): Buffer {
  const lead = Buffer.alloc(request.legacy ? 20 : 5);
  if (request.legacy) lead.writeInt32LE(1, 16);
  const length = HEADER_BYTES + lead.length + body.length;
  return Buffer.concat(
    [header(length, request.id, request.legacy ? OpCode.reply : OpCode.message), lead, body],
    length,
  );
}
