import type { Compiler } from "../aggregation/expression/index.ts";
import { MongoError } from "../errors.ts";
import type { BsonDocument, BsonValue } from "../types.ts";
import { fieldNames } from "../values/document.ts";
import { isTruthy } from "../values/truth.ts";
import { isDocument, isNumber } from "../values/types.ts";
import { type Leaf, type Mode, ProjectionTree } from "./tree.ts";

export interface ParsedProjection {
  mode: Mode;
  tree: ProjectionTree;
  /** The path before `.$`, if there is one. */
  positional: string[] | undefined;
}

/** Makes a leaf of `{$slice: …}` and other operators that only find knows; undefined for an expression. */
export type FindOperators = (name: string, operand: BsonValue, path: string) => Leaf | undefined;

/**
 * Reads a projection document. Whether it includes or excludes is decided by its first plain field other than _id.
 * Throws 31253 and 31254 for a mix, 31249 and 31250 for colliding paths.
 */
export function parseProjection(
  spec: BsonDocument,
  compiler: Compiler,
  findOperators?: FindOperators,
): ParsedProjection {
  const parser = new Parser(compiler, findOperators);
  parser.level(spec, []);
  return parser.finish();
}

class Parser {
  readonly #tree = new ProjectionTree();
  readonly #compiler: Compiler;
  readonly #findOperators: FindOperators | undefined;
  #mode: Mode | undefined;
  #id: boolean | undefined;
  #positional: string[] | undefined;

  constructor(compiler: Compiler, findOperators: FindOperators | undefined) {
    this.#compiler = compiler;
    this.#findOperators = findOperators;
  }

  level(spec: BsonDocument, above: string[]): void {
    for (const field of fieldNames(spec)) {
      const path = [...above, ...this.#names(field)];
      this.#field(path, spec[field]);
    }
  }

  finish(): ParsedProjection {
    let mode = this.#mode;
    if (mode === undefined) {
      // Nothing but _id, or operators that leave the mode open.
      mode = this.#id === true || this.#tree.computes ? "inclusion" : "exclusion";
    }
    if (this.#positional && mode === "exclusion") {
      throw new MongoError(31395, "positional projection cannot be used with exclusion");
    }
    const hasId = this.#tree.children.has("_id");
    if (mode === "inclusion") {
      if (this.#id !== false && !hasId) this.#tree.children.set("_id", { kind: "keep" });
    } else if (this.#id === false && !hasId) this.#tree.children.set("_id", { kind: "drop" });
    return { mode, tree: this.#tree, positional: this.#positional };
  }

  #names(field: string): string[] {
    const names = field.split(".");
    if (field === "") throw new MongoError(40352, "FieldPath cannot be constructed with empty string");
    if (names.at(-1) === "$" && names.length > 1 && this.#findOperators) return names;
    if (names.includes("")) {
      throw field.endsWith(".")
        ? new MongoError(40353, "FieldPath must not end with a '.'.")
        : new MongoError(15998, "FieldPath field names may not be empty strings.");
    }
    if (names.includes("$")) {
      throw new MongoError(
        31394,
        "As of 4.4, it's illegal to specify positional operator in the middle of a path. Positional projection may only be used at the end, for example: a.b.$. If the query previously used a form like a.b.$.d, remove the parts following the '$' and the results will be equivalent.",
      );
    }
    if (names.some((name) => name.startsWith("$") && !["$id", "$ref", "$db"].includes(name))) {
      throw new MongoError(
        16410,
        "FieldPath field names may not start with '$'. Consider using $getField or $setField.",
      );
    }
    return names;
  }

  #field(path: string[], value: BsonValue): void {
    if (path.at(-1) === "$" && path.length > 1) {
      this.#addPositional(path.slice(0, -1), value);
    } else if (isNumber(value) || typeof value === "boolean") {
      this.#plain(path, isTruthy(value));
    } else if (isDocument(value)) {
      const [first] = fieldNames(value);
      if (first === undefined) {
        throw new MongoError(
          51270,
          `An empty sub-projection is not a valid value. Found empty object at path ${path.join(".")}`,
        );
      }
      if (first.startsWith("$")) this.#operator(path, first, value);
      else this.level(value, path);
    } else this.#compute(path, value);
  }

  #plain(path: string[], include: boolean): void {
    const text = path.join(".");
    if (text === "_id") {
      this.#id = include;
      if (this.#tree.children.has("_id")) throw new MongoError(31250, "Path collision at _id");
      // Kept in its place: whether it says anything new is known when the mode is.
      this.#tree.children.set("_id", { kind: include ? "keep" : "drop" });
      return;
    }
    this.#need(include ? "inclusion" : "exclusion", text);
    this.#tree.add(path, { kind: include ? "keep" : "drop" });
  }

  #need(mode: Mode, text: string): void {
    this.#mode ??= mode;
    if (this.#mode === mode) return;
    throw mode === "inclusion"
      ? new MongoError(31253, `Cannot do inclusion on field ${text} in exclusion projection`)
      : new MongoError(31254, `Cannot do exclusion on field ${text} in inclusion projection`);
  }

  #addPositional(path: string[], value: BsonValue): void {
    const text = `${path.join(".")}.$`;
    if (this.#positional) throw new MongoError(31276, "Cannot specify more than one positional projection per query.");
    if (path.includes("$")) throw new MongoError(31287, "Cannot use positional projection twice");
    if (!((isNumber(value) || typeof value === "boolean") && isTruthy(value))) {
      throw new MongoError(31395, "positional projection cannot be used with exclusion");
    }
    this.#need("inclusion", text);
    this.#positional = path;
    this.#tree.add(path, { kind: "keep" });
  }

  #operator(path: string[], name: string, value: BsonDocument): void {
    const leaf = this.#findOperators?.(name, value[name], path.join("."));
    if (!leaf) {
      if (!this.#compiler.knows(name)) throw new MongoError(31325, `Unknown expression ${name}`);
      this.#compute(path, value);
      return;
    }
    this.#tree.add(path, leaf);
  }

  #compute(path: string[], value: BsonValue): void {
    if (this.#mode === "exclusion") {
      throw new MongoError(31252, "Cannot use expression other than $meta in exclusion projection");
    }
    this.#mode = "inclusion";
    this.#tree.add(path, { kind: "compute", expression: this.#compiler.compile(value) });
  }
}
