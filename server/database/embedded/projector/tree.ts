import type { Expression, Frame } from "../aggregation/expression/index.ts";
import { MongoError } from "../errors.ts";
import type { BsonDocument, BsonValue } from "../types.ts";
import { copyDocument, deleteField, fieldNames, setField } from "../values/document.ts";
import { isDocument } from "../values/types.ts";

export type Mode = "inclusion" | "exclusion";

/** What is asked of one field. `keep` and `drop` decide, `compute` replaces, `transform` changes what is kept. */
export type Leaf =
  | { kind: "keep" }
  | { kind: "drop" }
  | { kind: "compute"; expression: Expression }
  | { kind: "transform"; transform: (value: BsonValue) => BsonValue };

/** The fields a projection names at one level, in the order it names them. */
export class ProjectionTree {
  readonly children = new Map<string, Leaf | ProjectionTree>();
  /** Whether anything is computed at this level or below. */
  computes = false;

  /** Throws 31249 and 31250 where two paths collide. */
  add(names: readonly string[], leaf: Leaf): void {
    const [name, ...rest] = names as [string, ...string[]];
    const existing = this.children.get(name);
    if (leaf.kind === "compute") this.computes = true;
    if (rest.length === 0) {
      if (existing) throw new MongoError(31250, `Path collision at ${name}`);
      this.children.set(name, leaf);
      return;
    }
    if (existing && !(existing instanceof ProjectionTree)) {
      throw new MongoError(31249, `Path collision at ${names.join(".")} remaining portion ${rest.join(".")}`);
    }
    const child = existing ?? new ProjectionTree();
    this.children.set(name, child);
    child.add(rest, leaf);
  }

  project(doc: BsonDocument, mode: Mode, frame: Frame): BsonDocument {
    const out: BsonDocument = {};
    for (const name of fieldNames(doc)) {
      const value = this.#projectField(name, doc[name], mode, frame);
      if (value !== undefined) setField(out, name, value);
    }
    if (this.computes) this.compute(out, frame);
    return out;
  }

  #projectField(name: string, value: BsonValue, mode: Mode, frame: Frame): BsonValue {
    const child = this.children.get(name);
    if (child === undefined) return mode === "inclusion" ? undefined : value;
    if (child instanceof ProjectionTree) return child.#projectValue(value, mode, frame);
    switch (child.kind) {
      case "keep":
        return value;
      case "transform":
        return child.transform(value);
      default:
        return undefined;
    }
  }

  /** Goes into documents and arrays, however deep; a scalar has no such field, so it is left out or left alone. */
  #projectValue(value: BsonValue, mode: Mode, frame: Frame): BsonValue {
    if (isDocument(value)) return this.#projectNested(value, mode, frame);
    if (!Array.isArray(value)) return mode === "inclusion" ? undefined : value;
    const out: BsonValue[] = [];
    for (const element of value) {
      const projected = this.#projectValue(element, mode, frame);
      if (projected !== undefined) out.push(projected);
    }
    return out;
  }

  /** Computed fields below the top are filled in by the top's `compute`, which knows of missing parents too. */
  #projectNested(doc: BsonDocument, mode: Mode, frame: Frame): BsonDocument {
    const out: BsonDocument = {};
    for (const name of fieldNames(doc)) {
      const value = this.#projectField(name, doc[name], mode, frame);
      if (value !== undefined) setField(out, name, value);
    }
    return out;
  }

  /** Sets the computed fields in `doc`; one that evaluates to missing is removed. */
  compute(doc: BsonDocument, frame: Frame): void {
    for (const [name, child] of this.children) {
      if (child instanceof ProjectionTree) {
        if (!child.computes) continue;
        const value = child.#computeValue(doc[name], frame);
        if (value !== undefined) setField(doc, name, value);
      } else if (child.kind === "compute") {
        const value = child.expression(frame);
        if (value === undefined) deleteField(doc, name);
        else setField(doc, name, value);
      }
    }
  }

  #computeValue(value: BsonValue, frame: Frame): BsonValue {
    if (Array.isArray(value)) return value.map((element) => this.#computeValue(element, frame) ?? null);
    const doc = isDocument(value) ? copyDocument(value) : {};
    this.compute(doc, frame);
    return !isDocument(value) && Object.keys(doc).length === 0 ? value : doc;
  }
}
