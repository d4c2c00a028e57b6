import type { BsonDocument, BsonValue, Collation, OperationContext } from "../types.ts";
import type { Needs } from "../values/needs.ts";
import { NO_INDEX, NO_MATCH } from "../values/path.ts";

/**
 * A compiled part of a filter. It answers NO_MATCH, NO_INDEX, or the array index by which it matched: the one that the
 * positional `$` stands for. Numbers, so that matching allocates nothing.
 */
export type Node = (doc: BsonDocument) => number;

/** What compiling a part needs of the whole. */
export interface FilterEnvironment {
  readonly collation: Collation | undefined;
  readonly context: OperationContext;
  /** Gathers what the filter reads. */
  readonly needs: Needs;
  /** Compiles a whole filter document, for $elemMatch, $and and the like. */
  compile(filter: BsonValue): Node;
}

/** All must match; of several array indexes the last counts. */
export function all(nodes: Node[]): Node {
  if (nodes.length === 1) return nodes[0] as Node;
  return (doc) => {
    let index = NO_INDEX;
    for (const node of nodes) {
      const found = node(doc);
      if (found === NO_MATCH) return NO_MATCH;
      if (found !== NO_INDEX) index = found;
    }
    return index;
  };
}

export function any(nodes: Node[]): Node {
  if (nodes.length === 1) return nodes[0] as Node;
  return (doc) => {
    for (const node of nodes) {
      const found = node(doc);
      if (found !== NO_MATCH) return found;
    }
    return NO_MATCH;
  };
}

export function negate(node: Node): Node {
  return (doc) => (node(doc) === NO_MATCH ? NO_INDEX : NO_MATCH);
}
