import type { Catalog } from "../storage/catalog.ts";
import type { Store } from "../storage/store.ts";
import type { BsonDocument } from "../types.ts";
import type { Reply } from "../wire/reply.ts";
import type { CursorTable } from "./cursors.ts";
import type { FailPoint } from "./fail-point.ts";
import type { Operation } from "./operation.ts";

/** What all connections share. */
export interface Database {
  readonly store: Store;
  readonly catalog: Catalog;
  readonly cursors: CursorTable;
  readonly options: DatabaseOptions;
  readonly startedAt: Date;
  readonly operations: Set<Operation>;
  readonly counters: Record<string, number>;
  /** Set by configureFailPoint. */
  failPoint?: FailPoint;
  /** By connection: the name the client gave in its handshake. */
  readonly applications: Map<number, string>;
  connections(): number;
  /** Lets a changed option take effect. */
  optionsChanged(): void;
}

export interface DatabaseOptions {
  /** Refuse queries that no index serves (setParameter notablescan changes it). */
  noTableScan: boolean;
  /** Seconds between two passes over the TTL indexes. */
  ttlMonitorSleepSecs: number;
}

/** One command on its way through the rooms. */
export interface CommandContext {
  readonly database: Database;
  readonly operation: Operation;
  readonly connectionId: number;
  /** The command's name as the client wrote it. */
  readonly name: string;
  readonly db: string;
  readonly command: BsonDocument;
  /** The view that the command named, where it runs on the collection below. */
  readonly shownAs?: string;
  /** Documents of an argument: from a document sequence or from the array in the command. */
  readonly sequences: ReadonlyMap<string, Uint8Array[]>;
}

export interface Command {
  run(context: CommandContext): Reply | Promise<Reply>;
  /** The reply waits until what was written is on disk; a function where only some forms of the command write. */
  writes?: true | ((command: BsonDocument) => boolean);
  /** Arguments it knows besides those every command has; another one is an error. Left out: it takes any. */
  fields?: readonly string[];
  /** Runs on the admin database alone. */
  admin?: true;
}
