import { collectionName, documentBatch, flagArgument } from "./arguments.ts";
import type { Command } from "./context.ts";
import { prepareInsert, validate } from "./documents.ts";
import { runBatch, writeReply } from "./write-batch.ts";

export const insert: Command = {
  writes: true,
  fields: ["documents", "ordered", "bypassDocumentValidation"],
  async run(context) {
    const { database, db } = context;
    const name = collectionName(context);
    const documents = documentBatch(context, "documents");
    const bypass = flagArgument(context, "bypassDocumentValidation");
    let n = 0;
    const errors = await runBatch(context, documents, (bytes) => {
      const stored = prepareInsert(bytes);
      const collection = database.catalog.getOrCreate(db, name);
      validate(collection, stored.doc, bypass);
      collection.insert(stored);
      n++;
    });
    return writeReply({ n }, errors);
  },
};
