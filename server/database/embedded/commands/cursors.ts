import { randomBytes } from "node:crypto";
import { Long } from "bson";
import { MongoError } from "../errors.ts";
import type { BsonDocument } from "../types.ts";
import { CursorReply } from "../wire/reply.ts";
import type { Operation } from "./operation.ts";

/** Documents of a query, given batch by batch. */
export interface Results {
  /** Up to `limit` documents; fewer at the end or when they get too large for one reply. */
  next(limit: number, operation: Operation): Promise<Uint8Array[]>;
  readonly done: boolean;
  close?(): void;
}

interface OpenCursor {
  id: Long;
  namespace: string;
  session: string | undefined;
  results: Results;
  lastUsed: number;
  busy: boolean;
  keep: boolean;
}

const IDLE_MS = 10 * 60_000;
/** A batch ends at this size: it keeps replies small and the thread free. */
export const BATCH_BYTES = 4 << 20;
const FIRST_BATCH = 101;

/** The cursors that clients have open. */
export class CursorTable {
  private readonly open = new Map<string, OpenCursor>();

  get size(): number {
    return this.open.size;
  }

  /** The first answer of find, aggregate and the like; keeps a cursor where there is more. */
  async start(
    results: Results,
    options: {
      namespace: string;
      operation: Operation;
      batchSize: number | undefined;
      single?: boolean;
      session?: string | undefined;
      keep?: boolean;
    },
  ): Promise<CursorReply> {
    const { namespace, operation, batchSize, single, session, keep = false } = options;
    let batch: Uint8Array[] = [];
    try {
      if (batchSize !== 0) batch = await results.next(batchSize ?? FIRST_BATCH, operation);
    } catch (error) {
      results.close?.();
      throw error;
    }
    let id = Long.ZERO;
    if (results.done || single) results.close?.();
    else {
      id = newId();
      const cursor = { id, namespace, session, results, lastUsed: Date.now(), busy: false, keep };
      this.open.set(id.toString(), cursor);
    }
    return new CursorReply("firstBatch", batch, { id, ns: namespace });
  }

  async more(id: Long, namespace: string, batchSize: number | undefined, operation: Operation): Promise<CursorReply> {
    const cursor = this.open.get(id.toString());
    if (!cursor) throw notFound(id);
    if (cursor.namespace !== namespace)
      throw new MongoError(
        "Unauthorized",
        `Requested getMore on namespace '${namespace}', but cursor belongs to a different namespace ${cursor.namespace}`,
      );
    if (cursor.busy) throw new MongoError("CursorInUse", `cursor id ${id} is already in use`);
    cursor.busy = true;
    try {
      const batch = await cursor.results.next(batchSize || Number.MAX_SAFE_INTEGER, operation);
      if (cursor.results.done) this.close(cursor);
      return new CursorReply("nextBatch", batch, { id: cursor.results.done ? Long.ZERO : id, ns: namespace });
    } catch (error) {
      this.close(cursor);
      throw error;
    } finally {
      cursor.busy = false;
      cursor.lastUsed = Date.now();
    }
  }

  /** True when there was such a cursor. */
  kill(id: Long, namespace: string): boolean {
    const cursor = this.open.get(id.toString());
    if (!cursor || cursor.namespace !== namespace) return false;
    this.close(cursor);
    return true;
  }

  killSession(session: string): void {
    for (const cursor of this.open.values()) if (cursor.session === session) this.close(cursor);
  }

  /** Forgets cursors that nobody has asked for in ten minutes. */
  sweep(now: number): void {
    for (const cursor of this.open.values())
      if (!cursor.busy && !cursor.keep && now - cursor.lastUsed > IDLE_MS) this.close(cursor);
  }

  private close(cursor: OpenCursor): void {
    this.open.delete(cursor.id.toString());
    cursor.results.close?.();
  }
}

/** Positive, random and never zero, as drivers and servers expect. */
function newId(): Long {
  const bytes = randomBytes(8);
  return Long.fromBigInt((bytes.readBigUInt64LE() >> 1n) | 1n);
}

function notFound(id: Long): MongoError {
  return new MongoError("CursorNotFound", `cursor id ${id} not found`);
}

/** The session of a command, as a key: implicit sessions come with every command a driver sends. */
export function sessionKey(lsid: unknown): string | undefined {
  const id = (lsid as BsonDocument | undefined)?.id as { toString(encoding: string): string } | undefined;
  return id?.toString("hex");
}
