import { MongoError } from "../errors.ts";
import type { BsonDocument } from "../types.ts";
import { flagArgument } from "./arguments.ts";
import type { CommandContext } from "./context.ts";

/**
 * Runs the statements of an insert, update or delete one by one. An ordered batch ends at the first error, an unordered one
 * goes on; either way the reply tells each error with its index.
 */
export async function runBatch<T>(
  context: CommandContext,
  statements: readonly T[],
  run: (statement: T, index: number) => Promise<void> | void,
): Promise<BsonDocument[]> {
  const { store } = context.database;
  const ordered = context.command.ordered === undefined || flagArgument(context, "ordered");
  const failures = store.failures;
  const writeErrors: BsonDocument[] = [];
  for (let index = 0; index < statements.length; index++) {
    try {
      const running = run(statements[index] as T, index);
      if (running) await running;
    } catch (error) {
      // A failure of the disk took earlier statements with it: the command as a whole failed.
      if (!(error instanceof MongoError) || store.failures !== failures) throw error;
      writeErrors.push({ index, code: error.code, errmsg: error.message, ...error.fields });
      if (ordered) break;
    }
    if (context.operation.sliceOver) await context.operation.breathe();
  }
  return writeErrors;
}

/** The tail of a write's reply. */
export function writeReply(counts: BsonDocument, writeErrors: BsonDocument[]): BsonDocument {
  return { ...counts, ...(writeErrors.length > 0 && { writeErrors }), ok: 1 };
}
