import type { BsonValue, Collation } from "../types.ts";
import { compareValues } from "./compare.ts";
import { hashKey } from "./key.ts";

/** Up to here comparing one by one costs less than making keys. */
const FEW = 8;

/** Values, each once, as MongoDB compares them. Looking for one costs the same however many there are. */
export class ValueSet {
  private readonly collation: Collation | undefined;
  private readonly few: BsonValue[] = [];
  private keys: Set<string> | undefined;

  constructor(values: readonly BsonValue[] = [], collation?: Collation) {
    this.collation = collation;
    if (values.length > FEW) this.keys = new Set();
    for (const value of values) this.add(value);
  }

  has(value: BsonValue): boolean {
    if (this.keys) return this.keys.has(hashKey(value, this.collation));
    return this.few.some((other) => compareValues(other, value, this.collation) === 0);
  }

  /** False when it is there already. */
  add(value: BsonValue): boolean {
    if (this.keys) {
      const before = this.keys.size;
      return this.keys.add(hashKey(value, this.collation)).size > before;
    }
    if (this.has(value)) return false;
    this.few.push(value);
    if (this.few.length > FEW) this.keys = new Set(this.few.map((one) => hashKey(one, this.collation)));
    return true;
  }
}
