import type { BsonDocument, BsonValue, Collation, OperationContext } from "../types.ts";

/** The value is removed: a field goes, an array element becomes null. */
export const REMOVED = Symbol("removed");

export type Outcome = BsonValue | typeof REMOVED;

/** What a modifier sees while it is applied to one document. */
export interface Scene {
  /** The document being changed. */
  root: BsonDocument;
  inserting: boolean;
  /** The full path taken, with array indexes for $, $[] and $[id]. */
  path: string[];
  /** Removes what lies at a path that enters no array ($rename's source). */
  remove(path: readonly string[]): void;
}

/** One operator on one path. Returning the same value means that nothing changes. */
export interface Modifier {
  /** The new value for one that exists. */
  update(current: BsonValue, scene: Scene): Outcome;
  /** The value for a path that does not exist yet; `undefined` creates nothing. */
  create?(scene: Scene): BsonValue;
  /** What a path that can't be created means to an operator that creates nothing: an error unless true. */
  ignoresDeadPaths?: boolean;
}

export interface ModifierContext {
  context: OperationContext;
  collation: Collation | undefined;
  /** The path as the update wrote it. */
  path: string;
}

/** Checks the operand and makes a modifier of it; undefined for nothing to do. */
export type CompileModifier = (operand: BsonValue, context: ModifierContext) => Modifier;
