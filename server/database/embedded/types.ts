import type {
  Binary,
  BSONRegExp,
  BSONSymbol,
  Code,
  Decimal128,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
} from "bson";

/**
 * A BSON value in memory. Every room passes values in this form, made by `decode` of values/bson.ts and written by `encode`,
 * so that type and field order survive: numbers stay Int32, Double, Long or Decimal128 objects (promoteValues: false), binary
 * data stays Binary, a regular expression is a BSONRegExp. A JS `undefined` always means "missing", never BSON's undefined.
 *
 * Documents are plain objects. Walk their fields with `fieldNames(doc)` and write with `setField`/`deleteField` of
 * values/document.ts: a JS object alone would reorder integer-like names such as "10".
 *
 * A plain JS number, bigint or RegExp made by our own code is accepted wherever a value is read, and compares by its value.
 */
export type BsonValue =
  | null
  | undefined
  | string
  | boolean
  | number
  | bigint
  | Date
  | RegExp
  | Int32
  | Double
  | Long
  | Decimal128
  | ObjectId
  | Binary
  | BSONRegExp
  | BSONSymbol
  | Code
  | Timestamp
  | MinKey
  | MaxKey
  | BsonUndefined
  | DbPointer
  | BsonValue[]
  | BsonDocument;

export interface BsonDocument {
  [field: string]: BsonValue;
}

/** BSON's deprecated type 6. */
export class BsonUndefined {
  readonly _bsontype = "Undefined";
}

/** BSON's deprecated type 12. */
export class DbPointer {
  readonly _bsontype = "DBPointer";
  readonly namespace: string;
  readonly id: ObjectId;
  constructor(namespace: string, id: ObjectId) {
    this.namespace = namespace;
    this.id = id;
  }
}

/** A command's `collation` document, with the defaults left out. */
export interface CollationSpec {
  locale: string;
  strength?: number;
  caseLevel?: boolean;
  caseFirst?: string;
  numericOrdering?: boolean;
  alternate?: string;
  maxVariable?: string;
  backwards?: boolean;
  normalization?: boolean;
}

/** A collation made ready by `compileCollation`; undefined stands for the simple binary comparison. */
export interface Collation {
  readonly spec: CollationSpec;
  compare(a: string, b: string): number;
  /** Bytes (as a latin1 string) that are equal exactly when `compare` says 0. Equal is all it promises, not order. */
  key(text: string): string;
}

/** What filters, updates and expressions know of the operation they run in. Never kept in a module. */
export interface OperationContext {
  collation?: Collation;
  /** The command's `let`, already evaluated to constants. */
  let?: BsonDocument;
}

export interface Filter {
  matches(doc: BsonDocument): boolean;
  /** The same for stored bytes: only the fields that the filter reads are decoded. */
  matchesRaw(bson: Uint8Array): boolean;
  /** The top-level fields it reads; undefined for the whole document. */
  readonly needs: readonly string[] | undefined;
  /** For `$` in updates and projections: the array index that the filter matched in this document. */
  positional(doc: BsonDocument): number | undefined;
}

export interface UpdateTarget {
  positional?: number;
  /** True for the document an upsert inserts: $setOnInsert applies, _id may still be set. */
  inserting: boolean;
}

export interface Update {
  /** `doc` itself is left alone; `changed` is false where nothing differs, and then `doc` is returned. */
  apply(doc: BsonDocument, target: UpdateTarget): { doc: BsonDocument; changed: boolean };
}

export type Projection = (doc: BsonDocument, positional?: number) => BsonDocument;

export type Comparator = (a: BsonDocument, b: BsonDocument) => number;

/** One index key as createIndexes and sort give it. */
export type SortSpec = BsonDocument;

/** Batches of documents: what sources, stages and cursors hand on. */
export type Batches = AsyncIterable<BsonDocument[]>;

/** What an aggregation needs of the rest of the server. */
export interface AggregationContext extends OperationContext {
  /** `database.collection` the pipeline runs on; the collection is `$cmd.aggregate` for aggregate: 1. */
  namespace: string;
  /** The command's `let`, evaluated; visible to expressions as $$name. */
  let?: BsonDocument;
  /** Documents of another collection of the same database (or of `db`), by an index where one serves the filter. */
  find(collection: string, filter: BsonDocument, options?: { db?: string }): Batches;
  /** Stages that only storage can answer: $indexStats, $collStats, $currentOp …; undefined where it can't either. */
  source?(stage: string, argument: BsonValue): Batches | undefined;
  /** $out: the batches replace the target collection when all have been read. */
  replaceCollection(target: { db: string; coll: string }, batches: Batches): Promise<void>;
  /** $merge: one document written. `matched` tells whether the filter found one. */
  merge(target: { db: string; coll: string }, write: MergeWrite): Promise<{ matched: boolean }>;
  /** Whether a unique index on exactly these fields exists ($merge's `on`). */
  hasUniqueIndex(target: { db: string; coll: string }, fields: string[]): boolean;
  /** A table outside memory for a sort of many documents. */
  spill?(): SortSpill;
  /** Called between slices: throws when the operation was killed or its maxTimeMS has passed. */
  checkInterrupt?(): void;
}

export interface SortEntry {
  key: Uint8Array;
  row: number;
  doc?: Uint8Array;
}

/** Takes runs that are sorted by their keys and gives back all entries in order, equal ones as they came. */
export interface SortSpill {
  readonly done: boolean;
  addRun(run: readonly SortEntry[]): void;
  next(limit: number): [row: number, doc: Uint8Array | null][];
  drop(): void;
}

export type MergeWrite =
  | { kind: "insert"; doc: BsonDocument }
  | { kind: "replace"; filter: BsonDocument; doc: BsonDocument; upsert: boolean }
  | {
      kind: "update";
      filter: BsonDocument;
      update: BsonDocument | BsonDocument[];
      upsert: boolean;
      let?: BsonDocument;
    };
