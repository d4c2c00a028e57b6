import { MongoError } from "../errors.ts";
import type { BsonValue } from "../types.ts";
import { isIndexName } from "../values/document.ts";
import type { Modifier } from "./modifier.ts";

/**
 * The paths of an update as a tree, so that two operators on one path are seen, and applied in the order MongoDB documents:
 * by field name, numbers by value.
 */
export type UpdateNode = { kind: "leaf"; modifier: Modifier } | FieldsNode | ElementsNode;

/** Named children; `positional` stands for `$`. */
export interface FieldsNode {
  kind: "fields";
  children: Map<string, UpdateNode>;
  positional: UpdateNode | undefined;
}

/** Children of `$[]` (under "") and `$[id]`. */
export interface ElementsNode {
  kind: "elements";
  children: Map<string, UpdateNode>;
}

export type ElementFilters = Map<string, (element: BsonValue) => boolean>;

export function fieldsNode(): FieldsNode {
  return { kind: "fields", children: new Map(), positional: undefined };
}

const IDENTIFIER = /^\$\[(.*)\]$/;

function identifierOf(name: string): string | undefined {
  return IDENTIFIER.exec(name)?.[1];
}

/** Puts a modifier into the tree. Throws 40 where the path touches another's, and 2 or 56 for an impossible path. */
export function addToTree(
  root: FieldsNode,
  path: string,
  modifier: Modifier,
  filters: ElementFilters,
  used: Set<string>,
): void {
  const names = path.split(".");
  checkPath(names, path);
  let current: UpdateNode = root;
  for (const [at, name] of names.entries()) {
    const last = at === names.length - 1;
    const identifier = identifierOf(name);
    if (identifier) {
      if (!filters.has(identifier)) {
        throw new MongoError("BadValue", `No array filter found for identifier '${identifier}' in path '${path}'`);
      }
      used.add(identifier);
    }
    const wanted: UpdateNode["kind"] = last
      ? "leaf"
      : identifierOf(names[at + 1] as string) === undefined
        ? "fields"
        : "elements";
    const existing = childOf(current, name);
    if (existing && (last || existing.kind !== wanted)) throw conflict(path, names.slice(0, at + 1).join("."));
    current = existing ?? addChild(current, name, wanted === "leaf" ? { kind: "leaf", modifier } : emptyNode(wanted));
  }
}

function emptyNode(kind: "fields" | "elements"): FieldsNode | ElementsNode {
  return kind === "fields" ? fieldsNode() : { kind: "elements", children: new Map() };
}

function childOf(node: UpdateNode, name: string): UpdateNode | undefined {
  if (node.kind === "elements") return node.children.get(identifierOf(name) as string);
  if (node.kind === "leaf") return undefined;
  return name === "$" ? node.positional : node.children.get(name);
}

function addChild(node: UpdateNode, name: string, child: UpdateNode): UpdateNode {
  if (node.kind === "elements") node.children.set(identifierOf(name) as string, child);
  else if (node.kind === "fields") {
    if (name === "$") node.positional = child;
    else node.children.set(name, child);
  }
  return child;
}

export function conflict(path: string, at: string): MongoError {
  return new MongoError("ConflictingUpdateOperators", `Updating the path '${path}' would create a conflict at '${at}'`);
}

function checkPath(names: string[], path: string): void {
  if (path === "") throw new MongoError("EmptyFieldName", "An empty update path is not valid.");
  if (names.includes("")) {
    throw new MongoError(
      "EmptyFieldName",
      `The update path '${path}' contains an empty field name, which is not allowed.`,
    );
  }
  const [first] = names;
  if (names.filter((name) => name === "$").length > 1) {
    throw new MongoError("BadValue", `Too many positional (i.e. '$') elements found in path '${path}'`);
  }
  if (first === "$") {
    throw new MongoError(
      "BadValue",
      `Cannot have positional (i.e. '$') element in the first position in path '${path}'`,
    );
  }
  if (first !== undefined && identifierOf(first) !== undefined) {
    throw new MongoError(
      "BadValue",
      `Cannot have array filter identifier (i.e. '$[<id>]') element in the first position in path '${path}'`,
    );
  }
}

/** Two nodes that meet on one element at run time ($ with an index, $[a] with $[b]) become one, or conflict. */
export function mergeNodes(a: UpdateNode, b: UpdateNode, path: string): UpdateNode {
  if (a.kind === "leaf" || b.kind === "leaf" || a.kind !== b.kind) throw conflict(path, path);
  const children = new Map(a.children);
  for (const [name, child] of b.children) {
    const other = children.get(name);
    children.set(name, other ? mergeNodes(other, child, `${path}.${name}`) : child);
  }
  if (a.kind === "elements" || b.kind === "elements") return { kind: "elements", children };
  const positional =
    a.positional && b.positional ? mergeNodes(a.positional, b.positional, `${path}.$`) : (a.positional ?? b.positional);
  return { kind: "fields", children, positional };
}

/** Children in the order they are applied. */
export function inOrder(children: Map<string, UpdateNode>): [string, UpdateNode][] {
  return [...children].sort(([a], [b]) => compareNames(a, b));
}

function compareNames(a: string, b: string): number {
  if (isIndexName(a) && isIndexName(b)) return a.length - b.length || (a < b ? -1 : 1);
  return a < b ? -1 : a > b ? 1 : 0;
}
