import { Binary, BSONSymbol, Code, Decimal128, Double, Int32, Long, MaxKey, MinKey, ObjectId, Timestamp } from "bson";
import { MongoError } from "../errors.ts";
import { type BsonDocument, BsonUndefined, type BsonValue, DbPointer } from "../types.ts";
import { makeRegExp } from "./compare.ts";
import { setField } from "./document.ts";

/** Deeper nesting is refused, as the server does: recursion must not outgrow the stack. */
const MAX_DEPTH = 200;

const NAME_SLOTS = 4096;
/** Field names met before, by a hash of their bytes: most documents share them. A cache, not state: it only saves strings. */
const names: (string | undefined)[] = new Array(NAME_SLOTS).fill(undefined);

/** How many bytes the values of a type take, where all take the same. */
const FIXED_SIZES: Readonly<Record<number, number>> = {
  1: 8,
  6: 0,
  7: 12,
  8: 1,
  9: 8,
  10: 0,
  16: 4,
  17: 8,
  18: 8,
  19: 16,
  127: 0,
  255: 0,
};

/** A few field names, ready to be looked for in BSON bytes. */
export class FieldPicker {
  readonly #names: readonly { name: string; bytes: Buffer }[];

  constructor(names: readonly string[]) {
    this.#names = names.map((name) => ({ name, bytes: Buffer.from(name) }));
  }

  get size(): number {
    return this.#names.length;
  }

  find(bytes: Uint8Array, start: number, end: number): string | undefined {
    for (const wanted of this.#names) {
      const { length } = wanted.bytes;
      if (length !== end - start) continue;
      let i = 0;
      while (i < length && bytes[start + i] === wanted.bytes[i]) i += 1;
      if (i === length) return wanted.name;
    }
    return undefined;
  }
}

function invalid(why: string): MongoError {
  return new MongoError("InvalidBSON", `Invalid BSON: ${why}`);
}

/**
 * Reads BSON documents out of a buffer. `bson`'s own reader turns {$ref, $id} into DBRef objects, lets JS reorder integer-like
 * names, and takes twice as long.
 */
export class Decoder {
  readonly #bytes: Uint8Array;
  #at: number;
  #depth = 0;

  // Both made when first needed: picking one number out of a document needs neither.
  #buffer: Buffer | undefined;
  #dataView: DataView | undefined;

  constructor(bytes: Uint8Array, offset = 0) {
    this.#bytes = bytes;
    this.#at = offset;
  }

  #text(start: number, end: number): string {
    const { buffer, byteOffset, byteLength } = this.#bytes;
    this.#buffer ??= Buffer.from(buffer, byteOffset, byteLength);
    return this.#buffer.toString("utf8", start, end);
  }

  get #view(): DataView {
    const { buffer, byteOffset, byteLength } = this.#bytes;
    this.#dataView ??= new DataView(buffer, byteOffset, byteLength);
    return this.#dataView;
  }

  document(): BsonDocument {
    const end = this.#open();
    const bytes = this.#bytes;
    const doc: BsonDocument = {};
    let careful = false;
    while (this.#at < end) {
      const type = bytes[this.#at++] as number;
      const name = this.#name(end);
      const first = name.charCodeAt(0);
      // An integer-like name makes JS reorder the fields; from there on the order is kept aside.
      if (first >= 48 && first <= 57) careful = true;
      if (careful || name === "__proto__") setField(doc, name, this.#value(type, end));
      else doc[name] = this.#value(type, end);
    }
    this.#close(end);
    return doc;
  }

  /** Only the wanted fields of the document, in stored order; the others are stepped over. */
  pick(wanted: FieldPicker): BsonDocument {
    const end = this.#open();
    const doc: BsonDocument = {};
    let left = wanted.size;
    while (this.#at < end && left > 0) {
      const type = this.#bytes[this.#at++] as number;
      const start = this.#at;
      this.#skipName(end);
      const name = wanted.find(this.#bytes, start, this.#at - 1);
      if (name === undefined) this.#skip(type, end);
      else {
        setField(doc, name, this.#value(type, end));
        left -= 1;
      }
    }
    return doc;
  }

  #skip(type: number, end: number): void {
    const size = FIXED_SIZES[type];
    if (size !== undefined) this.#take(size, end);
    else if (type === 0x02 || type === 0x0d || type === 0x0e) this.#take(this.#int(end), end);
    else if (type === 0x03 || type === 0x04 || type === 0x0f) this.#take(this.#int(end) - 4, end);
    else if (type === 0x05) this.#take(this.#int(end) + 1, end);
    else this.#value(type, end);
  }

  #array(): BsonValue[] {
    const end = this.#open();
    const list: BsonValue[] = [];
    while (this.#at < end) {
      const type = this.#bytes[this.#at++] as number;
      this.#skipName(end);
      list.push(this.#value(type, end));
    }
    this.#close(end);
    return list;
  }

  /** Reads the length and gives the place of the closing zero. */
  #open(): number {
    const start = this.#at;
    if (start + 5 > this.#bytes.length) throw invalid("the data ends within a document");
    const size = int32(this.#bytes, start);
    if (size < 5 || start + size > this.#bytes.length) throw invalid(`a document claims ${size} bytes`);
    if (this.#bytes[start + size - 1] !== 0) throw invalid("a document does not end with a zero byte");
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) {
      throw new MongoError("Overflow", `Document exceeds maximum nested object depth of ${MAX_DEPTH}`);
    }
    this.#at = start + 4;
    return start + size - 1;
  }

  #close(end: number): void {
    if (this.#at !== end) throw invalid("a value runs past its document");
    this.#at = end + 1;
    this.#depth -= 1;
  }

  #name(end: number): string {
    const bytes = this.#bytes;
    const start = this.#at;
    let at = start;
    let hash = 0;
    let byte = bytes[at] as number;
    while (byte !== 0) {
      if (at >= end || byte === undefined) throw invalid("a field name has no end");
      hash = (Math.imul(hash, 31) + byte) | 0;
      byte = bytes[++at] as number;
    }
    this.#at = at + 1;
    const slot = hash & (NAME_SLOTS - 1);
    const known = names[slot];
    if (known !== undefined && known.length === at - start && isSame(bytes, start, known)) return known;
    const name = this.#text(start, at);
    // Only ASCII names are compared byte by byte above.
    if (name.length === at - start && name.length < 64) names[slot] = name;
    return name;
  }

  #skipName(end: number): void {
    const bytes = this.#bytes;
    let at = this.#at;
    while (at < end && bytes[at] !== 0) at += 1;
    if (at >= end) throw invalid("a field name has no end");
    this.#at = at + 1;
  }

  #cstring(end: number): string {
    const start = this.#at;
    this.#skipName(end);
    return this.#text(start, this.#at - 1);
  }

  #string(end: number): string {
    const size = this.#int(end);
    const start = this.#at;
    if (size < 1 || start + size > end) throw invalid(`a string claims ${size} bytes`);
    if (this.#bytes[start + size - 1] !== 0) throw invalid("a string does not end with a zero byte");
    this.#at = start + size;
    return this.#text(start, start + size - 1);
  }

  #int(end: number): number {
    return int32(this.#bytes, this.#take(4, end));
  }

  #take(size: number, end: number): number {
    const at = this.#at;
    if (size < 0 || at + size > end) throw invalid("a value runs past its document");
    this.#at = at + size;
    return at;
  }

  #slice(size: number, end: number): Buffer {
    const at = this.#take(size, end);
    return Buffer.from(this.#bytes.subarray(at, at + size));
  }

  #value(type: number, end: number): BsonValue {
    switch (type) {
      case 0x01:
        return new Double(this.#view.getFloat64(this.#take(8, end), true));
      case 0x02:
        return this.#string(end);
      case 0x03:
        return this.document();
      case 0x04:
        return this.#array();
      case 0x05:
        return this.#binary(end);
      case 0x06:
        return new BsonUndefined();
      case 0x07:
        return new ObjectId(this.#bytes.subarray(this.#take(12, end), this.#at));
      case 0x08: {
        const byte = this.#bytes[this.#take(1, end)];
        if (byte !== 0 && byte !== 1) throw invalid(`a boolean is ${byte}`);
        return byte === 1;
      }
      case 0x09: {
        const at = this.#take(8, end);
        return new Date(this.#view.getInt32(at + 4, true) * 4294967296 + this.#view.getUint32(at, true));
      }
      case 0x0a:
        return null;
      case 0x0b: {
        const pattern = this.#cstring(end);
        return makeRegExp(pattern, this.#cstring(end));
      }
      case 0x0c: {
        const namespace = this.#string(end);
        return new DbPointer(namespace, new ObjectId(this.#slice(12, end)));
      }
      case 0x0d:
        return new Code(this.#string(end));
      case 0x0e:
        return new BSONSymbol(this.#string(end));
      case 0x0f: {
        this.#int(end);
        const code = this.#string(end);
        return new Code(code, this.document() as Record<string, unknown>);
      }
      case 0x10:
        return new Int32(this.#int(end));
      case 0x11: {
        const at = this.#take(8, end);
        return new Timestamp({ i: this.#view.getUint32(at, true), t: this.#view.getUint32(at + 4, true) });
      }
      case 0x12: {
        const at = this.#take(8, end);
        return new Long(this.#view.getInt32(at, true), this.#view.getInt32(at + 4, true));
      }
      case 0x13:
        return new Decimal128(this.#slice(16, end));
      case 0xff:
        return new MinKey();
      case 0x7f:
        return new MaxKey();
      default:
        throw invalid(`unknown type 0x${type.toString(16)}`);
    }
  }

  #binary(end: number): Binary {
    let size = this.#int(end);
    const subtype = this.#bytes[this.#take(1, end)] as number;
    if (size < 0) throw invalid(`binary data claims ${size} bytes`);
    if (subtype === 2) {
      // The old form repeats the length inside.
      const inner = this.#int(end);
      if (inner !== size - 4) throw invalid("binary data of subtype 2 has two lengths");
      size = inner;
    }
    return new Binary(this.#slice(size, end), subtype);
  }
}

function int32(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}

function isSame(bytes: Uint8Array, start: number, name: string): boolean {
  for (let i = 0; i < name.length; i++) if (bytes[start + i] !== name.charCodeAt(i)) return false;
  return true;
}
