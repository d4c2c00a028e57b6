import { MongoError } from "../errors.ts";
import type { BsonDocument, BsonValue, UpdateTarget } from "../types.ts";
import { copyDocument, deleteField, getField, isIndexName, setField } from "../values/document.ts";
import { identicalValues } from "../values/identical.ts";
import { textOfElement } from "../values/text.ts";
import { isDocument } from "../values/types.ts";
import { type Modifier, REMOVED, type Scene } from "./modifier.ts";
import {
  type ElementFilters,
  type ElementsNode,
  type FieldsNode,
  inOrder,
  mergeNodes,
  type UpdateNode,
} from "./tree.ts";

/** The server refuses to fill an array with more nulls than this. */
const MAX_PADDING = 1_500_000;

type Container = BsonDocument | BsonValue[];

/** Where a path can't go on: `parent: element` is no document, and `field` is what it can't hold. */
interface DeadEnd {
  parent: string;
  element: BsonValue;
  field?: string;
}

function arrayMissing(path: string): MongoError {
  return new MongoError("BadValue", `The path '${path}' must exist in the document in order to apply array updates.`);
}

/** Applies the tree to one document, copying what it changes and nothing else. */
export class Application implements Scene {
  readonly root: BsonDocument;
  readonly inserting: boolean;
  readonly path: string[] = [];
  changed = false;
  readonly #positional: number | undefined;
  readonly #filters: ElementFilters;
  readonly #original: BsonDocument;
  /** Containers made for this application, so safe to write into. */
  readonly #owned = new Set<Container>();

  constructor(doc: BsonDocument, target: UpdateTarget, filters: ElementFilters) {
    this.#original = doc;
    this.root = copyDocument(doc);
    this.#owned.add(this.root);
    this.inserting = target.inserting;
    this.#positional = target.positional;
    this.#filters = filters;
  }

  run(tree: FieldsNode): { doc: BsonDocument; changed: boolean } {
    this.#applyFields(tree, this.root);
    return this.changed ? { doc: this.root, changed: true } : { doc: this.#original, changed: false };
  }

  remove(path: readonly string[]): void {
    let container: Container = this.root;
    for (const name of path.slice(0, -1)) container = this.#own(container, name) as Container;
    deleteField(container as BsonDocument, path.at(-1) as string);
    this.changed = true;
    this.#checkId(path);
  }

  #applyFields(node: FieldsNode, container: Container): void {
    let { children } = node;
    if (node.positional) {
      const index = this.#positional;
      if (index === undefined) {
        throw new MongoError("BadValue", "The positional operator did not find the match needed from the query.");
      }
      children = new Map(children);
      const name = String(index);
      const same = children.get(name);
      const path = [...this.path, name].join(".");
      children.set(name, same ? mergeNodes(node.positional, same, path) : node.positional);
    }
    for (const [name, child] of inOrder(children)) this.#applyChild(child, container, name);
  }

  #applyElements(node: ElementsNode, array: BsonValue[]): void {
    for (let index = 0; index < array.length; index++) {
      let merged: UpdateNode | undefined;
      for (const [identifier, child] of node.children) {
        if (identifier !== "" && !this.#filters.get(identifier)?.(array[index])) continue;
        merged = merged ? mergeNodes(merged, child, [...this.path, String(index)].join(".")) : child;
      }
      if (merged) this.#applyChild(merged, array, String(index));
    }
  }

  #applyChild(node: UpdateNode, container: Container, name: string): void {
    const current = valueIn(container, name);
    this.path.push(name);
    if (node.kind === "leaf") this.#applyLeaf(node.modifier, container, name, current);
    else if (node.kind === "elements") {
      if (!Array.isArray(current)) {
        if (current === undefined) throw arrayMissing(this.path.join("."));
        throw new MongoError(
          "BadValue",
          `Cannot apply array updates to non-array element ${textOfElement(name, current)}`,
        );
      }
      this.#applyElements(node, this.#own(container, name) as BsonValue[]);
    } else if (isContainer(current)) {
      this.#applyFields(node, this.#own(container, name) as Container);
    } else this.#applyBelow(node, container, name, current);
    this.path.pop();
  }

  /** The path goes on, but the document does not. What is set further down makes the missing documents. */
  #applyBelow(node: FieldsNode, container: Container, name: string, current: BsonValue): void {
    if (node.positional && this.#positional === undefined) {
      throw new MongoError("BadValue", "The positional operator did not find the match needed from the query.");
    }
    if (current !== undefined) {
      this.#refuseDeadPath(node, { parent: name, element: current });
      return;
    }
    if (Array.isArray(container) && !isIndexName(name)) {
      this.#refuseDeadPath(node, { parent: this.path.at(-2) ?? "", element: container, field: name });
      return;
    }
    const made: BsonDocument = {};
    this.#owned.add(made);
    const before = this.changed;
    this.#applyFields(node, made);
    if (Object.keys(made).length > 0) this.#write(container, name, made);
    else this.changed = before;
  }

  /** Lets the operators below say whether the path that can't go on matters to them. */
  #refuseDeadPath(node: FieldsNode, dead: DeadEnd): void {
    const entries = inOrder(node.children);
    if (node.positional) entries.push([String(this.#positional), node.positional]);
    for (const [name, child] of entries) {
      this.path.push(name);
      const at = { ...dead, field: dead.field ?? name };
      if (child.kind === "leaf") this.#checkViable(child.modifier, at);
      else if (child.kind === "fields") this.#refuseDeadPath(child, at);
      else throw arrayMissing(this.path.join("."));
      this.path.pop();
    }
  }

  #checkViable(modifier: Modifier, { parent, element, field }: DeadEnd): void {
    if (modifier.create ? modifier.create(this) === undefined : modifier.ignoresDeadPaths) return;
    const text = `{${textOfElement(parent, element)}}`;
    throw new MongoError(
      "PathNotViable",
      modifier.create
        ? `Cannot create field '${field}' in element ${text}`
        : `Cannot use the part (${parent}) of (${this.path.join(".")}) to traverse the element (${text})`,
    );
  }

  #applyLeaf(modifier: Modifier, container: Container, name: string, current: BsonValue): void {
    if (current === undefined) {
      if (Array.isArray(container) && !isIndexName(name)) {
        this.#checkViable(modifier, { parent: this.path.at(-2) ?? "", element: container, field: name });
        return;
      }
      const value = modifier.create?.(this);
      if (value !== undefined) this.#write(container, name, value);
      return;
    }
    const outcome = modifier.update(current, this);
    if (outcome === REMOVED) this.#erase(container, name);
    else if (!identicalValues(outcome, current)) this.#write(container, name, outcome);
  }

  #write(container: Container, name: string, value: BsonValue): void {
    this.#checkTopName();
    if (Array.isArray(container)) {
      const index = Number(name);
      const missing = index - container.length;
      if (missing > MAX_PADDING) {
        throw new MongoError("CannotBackfillArray", `can't backfill more than ${MAX_PADDING} elements`);
      }
      for (let i = 0; i < missing; i++) container.push(null);
      container[index] = value;
    } else setField(container, name, value);
    this.changed = true;
    this.#checkId(this.path);
  }

  #erase(container: Container, name: string): void {
    if (Array.isArray(container)) {
      if (container[Number(name)] === null) return;
      container[Number(name)] = null;
    } else deleteField(container, name);
    this.changed = true;
    this.#checkId(this.path);
  }

  /** An insert may name a field `$a`, so an upsert may; in a document that is there such a field can only be removed. */
  #checkTopName(): void {
    const [top = ""] = this.path;
    if (this.inserting || !top.startsWith("$")) return;
    throw new MongoError(
      "DollarPrefixedFieldName",
      `The dollar ($) prefixed field '${top}' in '${this.path.join(".")}' is not allowed in the context of an update's replacement document. Consider using an aggregation pipeline with $replaceWith.`,
    );
  }

  /** A document's _id stays as it is, once it has one. */
  #checkId(path: readonly string[]): void {
    if (path[0] !== "_id" || !Object.hasOwn(this.#original, "_id")) return;
    if (identicalValues(this.root._id, this.#original._id)) return;
    throw new MongoError(
      "ImmutableField",
      `Performing an update on the path '${path.join(".")}' would modify the immutable field '_id'`,
    );
  }

  /** The container at `name`, copied the first time something in it may change. */
  #own(container: Container, name: string): BsonValue {
    const child = valueIn(container, name);
    if (!isContainer(child) || this.#owned.has(child)) return child;
    const copy = Array.isArray(child) ? [...child] : copyDocument(child);
    this.#owned.add(copy);
    if (Array.isArray(container)) container[Number(name)] = copy;
    else container[name] = copy;
    return copy;
  }
}

function isContainer(value: BsonValue): value is Container {
  return Array.isArray(value) || isDocument(value);
}

function valueIn(container: Container, name: string): BsonValue {
  if (Array.isArray(container)) return isIndexName(name) ? container[Number(name)] : undefined;
  return getField(container, name);
}
