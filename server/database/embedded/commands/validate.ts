import { MongoError } from "../errors.ts";
import type { Collection } from "../storage/collection.ts";
import { decode } from "../values/bson.ts";
import { collectionName, flagArgument } from "./arguments.ts";
import type { Command, CommandContext } from "./context.ts";

const CHUNK = 100;

/**
 * Checks one collection: each document has its entries in each index, no index has more, and the counters are right.
 * With `full`, SQLite checks the pages of the file as well, in one go.
 */
export const validate: Command = {
  fields: ["full", "repair", "metadata", "checkBSONConformance", "background", "scandata"],
  async run(context) {
    const { database, db } = context;
    const name = collectionName(context);
    const collection = database.catalog.get(db, name);
    if (!collection)
      throw new MongoError("NamespaceNotFound", `Collection '${db}.${name}' does not exist to validate.`);
    const errors = await checkRows(context, collection);
    if (flagArgument(context, "full")) {
      const rows = database.store.sql.prepare("PRAGMA integrity_check(10)").all() as { integrity_check: string }[];
      for (const { integrity_check: text } of rows) if (text !== "ok") errors.push(text);
    }
    return {
      ns: collection.namespace,
      nrecords: collection.count,
      nIndexes: collection.indexes.length,
      keysPerIndex: Object.fromEntries(collection.indexes.map((index) => [index.name, index.size()])),
      valid: errors.length === 0,
      errors,
      warnings: [],
      ok: 1,
    };
  },
};

async function checkRows({ operation }: CommandContext, collection: Collection): Promise<string[]> {
  const errors: string[] = [];
  const entries = collection.indexes.map(() => 0);
  let [documents, bytes, after] = [0, 0, 0];
  for (;;) {
    const rows = [...collection.stored(after, false, CHUNK)];
    for (const stored of rows) {
      const [row, document] = stored;
      after = row;
      documents++;
      bytes += document instanceof Uint8Array ? document.length : 0;
      if (!collection.isWhole(stored)) {
        errors.push(`the document in row ${row} is not what was written`);
        continue;
      }
      const doc = decode(document);
      collection.indexes.forEach((index, i) => {
        const { keys } = index.keysOf(doc);
        entries[i] = (entries[i] as number) + keys.length;
        for (const key of keys)
          if (!index.has(key, row)) errors.push(`index ${index.name} lacks the document in row ${row}`);
      });
    }
    if (rows.length < CHUNK) break;
    if (operation.sliceOver) await operation.breathe();
  }
  collection.indexes.forEach((index, i) => {
    const size = index.size();
    if (size !== entries[i]) errors.push(`index ${index.name} has ${size} entries instead of ${entries[i]}`);
  });
  if (documents !== collection.count) errors.push(`${documents} documents, but the counter says ${collection.count}`);
  if (bytes !== collection.bytes) errors.push(`${bytes} bytes, but the counter says ${collection.bytes}`);
  return errors;
}
