import type { Binary, BSONRegExp, Code, Decimal128, Double, Int32, Long, ObjectId, Timestamp } from "bson";
import type { BsonDocument, BsonValue, Collation, DbPointer } from "../types.ts";
import { fieldNames } from "../values/document.ts";
import { type ByteSink, writeDecimal, writeDouble, writeLong } from "./numbers.ts";

/**
 * Byte-comparable keys: comparing two keys byte by byte gives MongoDB's order of the values. A value is a type byte and a
 * self-delimiting body, so values can follow one another, and a descending field is the same bytes inverted.
 */
export const KeyType = {
  end: 0x00,
  minKey: 0x08,
  undefined: 0x10,
  null: 0x18,
  number: 0x20,
  string: 0x28,
  object: 0x30,
  array: 0x38,
  binary: 0x40,
  objectId: 0x48,
  boolean: 0x50,
  date: 0x58,
  timestamp: 0x60,
  regex: 0x68,
  dbPointer: 0x70,
  code: 0x78,
  codeWithScope: 0x80,
  maxKey: 0xf0,
} as const;

class KeyWriter implements ByteSink {
  private buffer = Buffer.allocUnsafe(512);
  length = 0;

  byte(value: number): void {
    if (this.length === this.buffer.length) this.reserve(1);
    this.buffer[this.length++] = value;
  }

  bytes(value: Uint8Array): void {
    this.reserve(value.length);
    this.buffer.set(value, this.length);
    this.length += value.length;
  }

  /** UTF-8 whose bytes 0 and 1 are escaped, ended by a 0: shorter strings come first, embedded NULs keep their place. */
  text(value: string): void {
    this.reserve(value.length * 3 + 1);
    const start = this.length;
    const written = this.buffer.write(value, start, "utf8");
    this.length += written;
    for (let i = start; i < this.length; i++) {
      if ((this.buffer[i] as number) <= 1) {
        this.escape(start, written);
        break;
      }
    }
    this.byte(0);
  }

  private escape(start: number, length: number): void {
    const plain = Buffer.from(this.buffer.subarray(start, start + length));
    this.length = start;
    for (const byte of plain) {
      if (byte <= 1) this.byte(1);
      this.byte(byte <= 1 ? byte + 1 : byte);
    }
  }

  copyByte(from: number, to: number): void {
    this.buffer[to] = this.buffer[from] as number;
  }

  invert(start: number): void {
    for (let i = start; i < this.length; i++) this.buffer[i] = ~(this.buffer[i] as number) & 0xff;
  }

  take(): Buffer {
    return Buffer.from(this.buffer.subarray(0, this.length));
  }

  private reserve(extra: number): void {
    if (this.length + extra <= this.buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, this.length + extra));
    larger.set(this.buffer.subarray(0, this.length));
    this.buffer = larger;
  }
}

/** Scratch space: encoding is synchronous and never re-entered. */
const scratch = new KeyWriter();

/** The key of one index entry: its values in the index's order, `directions[i] < 0` inverted. */
export function encodeKey(values: readonly BsonValue[], directions: readonly number[], collation?: Collation): Buffer {
  scratch.length = 0;
  for (let i = 0; i < values.length; i++) {
    const start = scratch.length;
    writeValue(scratch, values[i], collation);
    if ((directions[i] as number) < 0) scratch.invert(start);
  }
  return scratch.take();
}

/** One value, ascending. */
export function encodeValue(value: BsonValue, collation?: Collation): Buffer {
  scratch.length = 0;
  writeValue(scratch, value, collation);
  return scratch.take();
}

/** The shared beginning of all strings that start with `prefix`: a string's key without its end mark. */
export function encodeStringPrefix(prefix: string): Buffer {
  return encodeValue(prefix).subarray(0, -1);
}

/** The smallest key above every key that starts with `prefix`; undefined when there is none (all bytes 0xff). */
export function successor(prefix: Uint8Array): Buffer {
  const next = Buffer.from(prefix);
  for (let i = next.length - 1; i >= 0; i--) {
    if (next[i] !== 0xff) {
      next[i] = (next[i] as number) + 1;
      return next.subarray(0, i + 1);
    }
  }
  return Buffer.from([...prefix, 0xff]);
}

/** The bytes of a descending field. */
export function inverted(bytes: Uint8Array): Buffer {
  const result = Buffer.from(bytes);
  for (let i = 0; i < result.length; i++) result[i] = ~(result[i] as number) & 0xff;
  return result;
}

type Write = (out: KeyWriter, value: never, collation?: Collation) => void;

const scratch64 = Buffer.allocUnsafe(8);

function fixed64(out: KeyWriter, type: number, value: bigint): void {
  out.byte(type);
  scratch64.writeBigUInt64BE(BigInt.asUintN(64, value));
  out.bytes(scratch64);
}

function text(out: KeyWriter, type: number, value: string): void {
  out.byte(type);
  out.text(value);
}

const writers: Record<string, Write> = {
  Int32: (out, value: Int32) => number(out, value.value),
  Double: (out, value: Double) => number(out, value.value),
  Long: (out, value: Long) => {
    out.byte(KeyType.number);
    writeLong(out, value.toBigInt());
  },
  Decimal128: (out, value: Decimal128) => {
    out.byte(KeyType.number);
    writeDecimal(out, value);
  },
  ObjectId: (out, value: ObjectId) => {
    out.byte(KeyType.objectId);
    out.bytes(value.id);
  },
  ObjectID: (out, value: ObjectId) => {
    out.byte(KeyType.objectId);
    out.bytes(value.id);
  },
  Binary: (out, value: Binary) => {
    out.byte(KeyType.binary);
    scratch64.writeUInt32BE(value.position);
    out.bytes(scratch64.subarray(0, 4));
    out.byte(value.sub_type);
    out.bytes(value.buffer.subarray(0, value.position));
  },
  BSONRegExp: (out, value: BSONRegExp) => {
    text(out, KeyType.regex, value.pattern);
    out.text(value.options);
  },
  BSONSymbol: (out, value: { value: string }, collation) => string(out, value.value, collation),
  Timestamp: (out, value: Timestamp) => fixed64(out, KeyType.timestamp, value.toBigInt()),
  Code: (out, value: Code) => {
    text(out, value.scope ? KeyType.codeWithScope : KeyType.code, value.code);
    if (value.scope) document(out, value.scope as BsonDocument);
  },
  DBPointer: (out, value: DbPointer) => {
    text(out, KeyType.dbPointer, value.namespace);
    out.bytes(value.id.id);
  },
  DBRef: (out, value: { toJSON(): BsonDocument }, collation) => {
    out.byte(KeyType.object);
    document(out, value.toJSON(), collation);
  },
  MinKey: (out) => out.byte(KeyType.minKey),
  MaxKey: (out) => out.byte(KeyType.maxKey),
  Undefined: (out) => out.byte(KeyType.undefined),
};

function number(out: KeyWriter, value: number): void {
  out.byte(KeyType.number);
  writeDouble(out, value);
}

function string(out: KeyWriter, value: string, collation?: Collation): void {
  text(out, KeyType.string, collation ? collation.key(value) : value);
}

/** MongoDB compares two documents field by field: first the type, then the name, then the value. */
function document(out: KeyWriter, value: BsonDocument, collation?: Collation): void {
  for (const name of fieldNames(value)) {
    const field = value[name];
    if (field === undefined) continue;
    const typeAt = out.length;
    out.byte(0);
    out.text(name);
    const start = out.length;
    writeValue(out, field, collation);
    out.copyByte(start, typeAt);
  }
  out.byte(KeyType.end);
}

function writeValue(out: KeyWriter, value: BsonValue, collation?: Collation): void {
  if (value === undefined || value === null) out.byte(KeyType.null);
  else if (typeof value === "string") string(out, value, collation);
  else if (typeof value === "number") number(out, value);
  else if (typeof value === "bigint") {
    out.byte(KeyType.number);
    writeLong(out, value);
  } else if (typeof value === "boolean") {
    out.byte(KeyType.boolean);
    out.byte(value ? 1 : 0);
  } else writeObject(out, value, collation);
}

function writeObject(out: KeyWriter, value: object, collation?: Collation): void {
  const prototype = Object.getPrototypeOf(value);
  const write = prototype === Object.prototype ? undefined : writers[bsonType(value)];
  if (write) write(out, value as never, collation);
  else if (value instanceof Date) fixed64(out, KeyType.date, BigInt(value.getTime()) + (1n << 63n));
  else if (Array.isArray(value)) {
    out.byte(KeyType.array);
    for (const item of value) writeValue(out, item, collation);
    out.byte(KeyType.end);
  } else if (value instanceof RegExp) {
    text(out, KeyType.regex, value.source);
    out.text(value.flags.replace(/[^imsx]/g, ""));
  } else {
    out.byte(KeyType.object);
    document(out, value as BsonDocument, collation);
  }
}

function bsonType(value: object): string {
  return (value as { _bsontype?: string })._bsontype ?? "";
}
