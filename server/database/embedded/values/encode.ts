import {
  type Binary,
  type BSONRegExp,
  type BSONSymbol,
  type Code,
  DBRef,
  type Decimal128,
  Double,
  Int32,
  Long,
  type ObjectId,
  type Timestamp,
} from "bson";
import { MongoError } from "../errors.ts";
import type { BsonDocument, BsonValue, DbPointer } from "../types.ts";
import { toBinary, toRegExp } from "./compare.ts";
import { fieldNames } from "./document.ts";
import { Type, typeOf } from "./types.ts";

/** Writes BSON documents into a growing buffer. Field order is that of `fieldNames`; missing values are left out. */
export class Encoder {
  #bytes: Buffer;
  #at = 0;

  constructor(room = 1024) {
    this.#bytes = Buffer.allocUnsafe(room);
  }

  /** The document's bytes, in a buffer of their own. */
  encode(doc: BsonDocument): Buffer {
    this.#at = 0;
    this.#document(doc);
    return Buffer.from(this.#bytes.subarray(0, this.#at));
  }

  #room(size: number): void {
    const needed = this.#at + size;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
  }

  #document(doc: BsonDocument): void {
    const start = this.#open();
    for (const name of fieldNames(doc)) this.#element(name, doc[name]);
    this.#close(start);
  }

  #array(list: readonly BsonValue[]): void {
    const start = this.#open();
    for (let i = 0; i < list.length; i++) this.#element(String(i), list[i] === undefined ? null : list[i]);
    this.#close(start);
  }

  #open(): number {
    this.#room(5);
    const start = this.#at;
    this.#at += 4;
    return start;
  }

  #close(start: number): void {
    this.#room(1);
    this.#bytes[this.#at++] = 0;
    this.#bytes.writeInt32LE(this.#at - start, start);
  }

  #element(name: string, value: BsonValue): void {
    if (value === undefined || typeof value === "function") return;
    const type = typeOf(value);
    this.#room(name.length * 3 + 34);
    this.#bytes[this.#at++] = type;
    this.#cstring(name);
    this.#value(type, value);
  }

  #cstring(text: string): void {
    if (text.includes("\0")) {
      throw new MongoError("BadValue", `a name or pattern must not contain null bytes: ${JSON.stringify(text)}`);
    }
    this.#room(text.length * 3 + 1);
    this.#at += this.#write(text, this.#at);
    this.#bytes[this.#at++] = 0;
  }

  #string(text: string): void {
    this.#room(text.length * 3 + 5);
    const size = this.#write(text, this.#at + 4);
    this.#bytes.writeInt32LE(size + 1, this.#at);
    this.#at += size + 4;
    this.#bytes[this.#at++] = 0;
  }

  /** Short ASCII is quicker written here than through the call into native code. */
  #write(text: string, at: number): number {
    const bytes = this.#bytes;
    if (text.length > 24) return bytes.write(text, at);
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 127) return bytes.write(text, at);
      bytes[at + i] = unit;
    }
    return text.length;
  }

  #int(value: number): void {
    this.#room(4);
    this.#at = this.#bytes.writeInt32LE(value, this.#at);
  }

  #raw(bytes: Uint8Array): void {
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  #value(type: number, value: BsonValue): void {
    switch (type) {
      case Type.double:
        this.#room(8);
        this.#at = this.#bytes.writeDoubleLE(value instanceof Double ? value.value : (value as number), this.#at);
        return;
      case Type.string:
        this.#string(value as string);
        return;
      case Type.object:
        this.#document(value instanceof DBRef ? (value.toJSON() as unknown as BsonDocument) : (value as BsonDocument));
        return;
      case Type.array:
        this.#array(value as BsonValue[]);
        return;
      case Type.binData:
        this.#binary(toBinary(value));
        return;
      case Type.objectId:
        this.#raw((value as ObjectId).id);
        return;
      case Type.bool:
        this.#room(1);
        this.#bytes[this.#at++] = value ? 1 : 0;
        return;
      case Type.date:
        this.#date((value as Date).getTime());
        return;
      case Type.regex: {
        const { pattern, options }: BSONRegExp = toRegExp(value);
        this.#cstring(pattern);
        this.#cstring(options);
        return;
      }
      case Type.dbPointer:
        this.#string((value as DbPointer).namespace);
        this.#raw((value as DbPointer).id.id);
        return;
      case Type.javascript:
        this.#string((value as Code).code);
        return;
      case Type.symbol:
        this.#string((value as unknown as BSONSymbol).value);
        return;
      case Type.javascriptWithScope: {
        const start = this.#at;
        this.#int(0);
        this.#string((value as Code).code);
        this.#document((value as Code).scope as BsonDocument);
        this.#bytes.writeInt32LE(this.#at - start, start);
        return;
      }
      case Type.int:
        this.#int(value instanceof Int32 ? value.value : (value as number));
        return;
      case Type.timestamp:
      case Type.long:
        this.#long(typeof value === "bigint" ? Long.fromBigInt(value) : (value as Long | Timestamp));
        return;
      case Type.decimal:
        this.#raw((value as Decimal128).bytes);
        return;
    }
  }

  #date(time: number): void {
    const high = Math.floor(time / 4294967296);
    this.#int((time - high * 4294967296) | 0);
    this.#int(high | 0);
  }

  #long(value: { low: number; high: number }): void {
    this.#int(value.low);
    this.#int(value.high);
  }

  #binary(value: Binary): void {
    const bytes = value.buffer.subarray(0, value.position);
    const old = value.sub_type === 2;
    this.#int(old ? bytes.length + 4 : bytes.length);
    this.#room(1);
    this.#bytes[this.#at++] = value.sub_type;
    if (old) this.#int(bytes.length);
    this.#raw(bytes);
  }
}
