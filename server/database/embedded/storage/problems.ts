import { MongoError } from "../errors.ts";

export const SqliteCode = {
  busy: 5,
  readOnly: 8,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cantOpen: 14,
  notADatabase: 26,
} as const;

/** What to do about damage, at the end of every message that tells of some. */
export const REMEDY = "restore a backup, or salvage what is whole";

type ProblemCode = "OutOfDiskSpace" | "InternalError" | "DataCorruptionDetected";

/** What a primary result code of SQLite means to the operator. */
const explanations: Record<number, { code: ProblemCode; text: string; disk?: string }> = {
  [SqliteCode.readOnly]: {
    code: "InternalError",
    text: "the data directory is read-only; nothing was written. Make it writable and start again",
    disk: "read-only",
  },
  [SqliteCode.ioError]: {
    code: "InternalError",
    text: "the disk reported an input/output error. Check the disk and start again",
    disk: "failing",
  },
  [SqliteCode.corrupt]: { code: "DataCorruptionDetected", text: `the database file is damaged; ${REMEDY}` },
  [SqliteCode.full]: {
    code: "OutOfDiskSpace",
    text: "the disk is full; nothing of this write was kept. Make room: writing goes on by itself",
  },
  [SqliteCode.cantOpen]: {
    code: "InternalError",
    text: "the database file cannot be opened (missing or read-only directory)",
  },
  [SqliteCode.notADatabase]: {
    code: "DataCorruptionDetected",
    text: `the file is damaged or is not a database; ${REMEDY}`,
  },
};

export function sqliteCode(error: unknown): number | undefined {
  const code = (error as { errcode?: unknown } | undefined)?.errcode;
  return typeof code === "number" ? code & 0xff : undefined;
}

export function isSqliteError(error: unknown): boolean {
  return sqliteCode(error) !== undefined;
}

/** Turns an error of SQLite into one that says what to do; others pass. */
export function explain(error: unknown, path: string): MongoError {
  if (error instanceof MongoError) return error;
  const known = explanations[sqliteCode(error) ?? -1];
  const message = error instanceof Error ? error.message : String(error);
  return new MongoError(known?.code ?? "InternalError", known ? `${known.text} (${path}: ${message})` : message, {
    fields: known?.disk ? { disk: known.disk } : {},
  });
}

/** An error for something stored that is not what was written. */
export function damaged(what: string): MongoError {
  return new MongoError("DataCorruptionDetected", `${what} is damaged; ${REMEDY}`);
}

/** Whether an error tells of something stored that is not what was written. */
export function isDamage(error: unknown): boolean {
  return error instanceof MongoError && error.codeName === "DataCorruptionDetected";
}
