import { MongoError } from "../errors.ts";
import type { BsonDocument, BsonValue } from "../types.ts";
import { isDocument, typeName } from "../values/types.ts";
import { compileExpression } from "./expression/index.ts";
import type { CompileStage } from "./stage.ts";
import { inBatches } from "./streams.ts";

/** Stages that only come first and make documents of their own. */
export const SOURCE_STAGES: Record<string, CompileStage> = {
  $documents: (operand, { context }) => {
    const documents = compileExpression(operand, context)({});
    if (!Array.isArray(documents)) throw new MongoError(5858203, "an array is expected");
    for (const doc of documents) {
      if (!isDocument(doc)) throw new MongoError(40228, `an object is expected, found ${typeName(doc)}`);
    }
    return () => inBatches(documents as BsonDocument[]);
  },
  $collStats: fromStorage,
  $indexStats: fromStorage,
  $currentOp: fromStorage,
  $listLocalSessions: fromStorage,
  $listSessions: fromStorage,
  $planCacheStats: fromStorage,
  $changeStream: () => {
    throw new MongoError(40573, "The $changeStream stage is only supported on replica sets");
  },
  $geoNear: () => {
    throw new MongoError("IndexNotFound", "$geoNear requires a 2d or 2dsphere index, but none were found");
  },
  $search: noSearch,
  $searchMeta: noSearch,
  $vectorSearch: noSearch,
};

function fromStorage(operand: BsonValue, { context }: Parameters<CompileStage>[1], name: string) {
  const source = context.source?.(name, operand);
  if (!source) throw new MongoError("CommandNotSupported", `${name} is not supported`);
  return () => source;
}

function noSearch(_operand: BsonValue, _context: Parameters<CompileStage>[1], name: string): never {
  throw new MongoError(31082, `${name} is not supported: there are no search indexes`);
}
