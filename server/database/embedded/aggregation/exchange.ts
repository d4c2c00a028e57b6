import { Double, Int32 } from "bson";
import type { BsonDocument, BsonValue } from "../types.ts";
import { fieldNames } from "../values/document.ts";
import { identicalValues } from "../values/identical.ts";
import { hashKey } from "../values/key.ts";
import { toDouble } from "../values/numbers.ts";
import { isDocument, isNullish, isNumber } from "../values/types.ts";

export type Plain = null | undefined | boolean | number | string | Date | Plain[] | { [name: string]: Plain };

/** Changes BSON values into the plain JS values that mingo works on, and back. Others travel as a token and come back as they were. */
export class Exchange {
  readonly #values = new Map<string, BsonValue>();

  toPlain(value: BsonValue): Plain {
    if (isNullish(value)) return null;
    if (typeof value === "string" || typeof value === "boolean") return value;
    if (isNumber(value)) return toDouble(value);
    if (value instanceof Date) return value;
    if (Array.isArray(value)) return value.map((item) => this.toPlain(item));
    if (isDocument(value)) {
      const plain: { [name: string]: Plain } = {};
      for (const name of fieldNames(value)) plain[name] = this.toPlain(value[name]);
      return plain;
    }
    const token = `\u0001${hashKey(value)}`;
    this.#values.set(token, value);
    return token;
  }

  fromPlain(plain: Plain): BsonValue {
    if (typeof plain === "number") {
      return (plain | 0) === plain && !Object.is(plain, -0) ? new Int32(plain) : new Double(plain);
    }
    if (typeof plain === "string") return this.#values.get(plain) ?? plain;
    if (plain === undefined) return null;
    if (Array.isArray(plain)) return plain.map((item) => this.fromPlain(item));
    if (plain === null || typeof plain !== "object" || plain instanceof Date) return plain;
    const doc: BsonDocument = {};
    for (const name of Object.keys(plain)) doc[name] = this.fromPlain(plain[name]);
    return doc;
  }

  /** Whether mingo gave a value back as it got it. */
  isUnchanged(value: BsonValue, plain: Plain): boolean {
    return identicalValues(this.fromPlain(this.toPlain(value)), this.fromPlain(plain));
  }
}
