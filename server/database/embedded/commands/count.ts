import { evaluateLet } from "../aggregation/expression/index.ts";
import { MongoError } from "../errors.ts";
import { encodeValue } from "../keys/encode.ts";
import type { IndexPlan } from "../planner/plan.ts";
import type { BsonDocument, BsonValue } from "../types.ts";
import { decode } from "../values/bson.ts";
import { fieldNames } from "../values/document.ts";
import { type BsonNumber, toDouble } from "../values/numbers.ts";
import { compilePath, valuesAtPath } from "../values/path.ts";
import { isNumber } from "../values/types.ts";
import {
  collationArgument,
  collectionName,
  countArgument,
  documentArgument,
  required,
  textArgument,
} from "./arguments.ts";
import type { Command, CommandContext } from "./context.ts";
import type { Operation } from "./operation.ts";
import { eachRow, openQuery, type QuerySpec } from "./query.ts";
import { viewDocuments, viewOf } from "./views.ts";

export const count: Command = {
  fields: ["query", "limit", "skip", "hint", "collation", "fields"],
  async run(context) {
    const { command } = context;
    // A negative limit means its absolute value, here and in old finds.
    const limit = isNumber(command.limit) ? Math.abs(Math.trunc(toDouble(command.limit as BsonNumber))) : 0;
    const skip = countArgument(context, "skip") ?? 0;
    const n = Math.max(0, (await countMatches(context, collectionName(context), countSpec(context))) - skip);
    return { n: limit > 0 ? Math.min(n, limit) : n, ok: 1 };
  },
};

export function countSpec(context: CommandContext): QuerySpec {
  const filter = documentArgument(context, "query") ?? {};
  return { filter, hint: context.command.hint, collation: collationArgument(context) };
}

/** How many documents match; from the counter or the index alone where that suffices. */
export async function countMatches(context: CommandContext, name: string, spec: QuerySpec): Promise<number> {
  const { database, db, operation } = context;
  const view = viewOf(context, name);
  if (view) {
    let n = 0;
    for await (const batch of viewDocuments(context, view, spec.filter)) n += batch.length;
    return n;
  }
  const collection = database.catalog.get(db, name);
  if (!collection) return 0;
  if (fieldNames(spec.filter).length === 0 && spec.hint === undefined) return collection.count;
  const { source, plan } = openQuery(database, collection, spec);
  if (plan.kind === "index" && plan.exact && !plan.repeats) return countKeys(plan, operation);
  let n = 0;
  await eachRow(source, operation, () => {
    n++;
    return true;
  });
  return n;
}

async function countKeys({ index, ranges }: IndexPlan, operation: Operation): Promise<number> {
  let n = 0;
  for (const range of ranges) {
    let from: [Uint8Array, number] | undefined = [range.lo, -1];
    while (from) {
      const part = index.countFrom(from, range.hi);
      n += part.count;
      from = part.next;
      if (operation.sliceOver) await operation.breathe();
    }
  }
  return n;
}

export const distinct: Command = {
  fields: ["key", "query", "collation", "hint", "let"],
  async run(context) {
    const { database, db, operation } = context;
    required(context, "key");
    const key = textArgument(context, "key") ?? "";
    if (key === "") throw new MongoError(40352, "FieldPath cannot be constructed with empty string");
    const collation = collationArgument(context);
    const spec: QuerySpec = {
      filter: documentArgument(context, "query") ?? {},
      hint: context.command.hint,
      collation,
      let: evaluateLet(documentArgument(context, "let")),
    };
    const name = collectionName(context);
    const collection = database.catalog.get(db, name);
    const values = new Map<string, BsonValue>();
    const path = compilePath(key);
    const take = (doc: BsonDocument) => {
      for (const value of distinctValues(doc, path)) {
        const identity = encodeValue(value, collation).toString("latin1");
        if (!values.has(identity)) values.set(identity, value);
      }
      return true;
    };
    const view = viewOf(context, name);
    if (view) for await (const batch of viewDocuments(context, view, spec.filter)) batch.forEach(take);
    else if (collection) {
      const { source } = openQuery(database, collection, spec);
      await eachRow(source, operation, ({ bytes, doc }) => take(doc ?? decode(bytes)));
    }
    const sorted = [...values].sort(([a], [b]) => (a < b ? -1 : 1));
    return { values: sorted.map(([, value]) => value), ok: 1 };
  },
};

function distinctValues(doc: BsonDocument, path: ReturnType<typeof compilePath>): BsonValue[] {
  const leaves = valuesAtPath(doc, path, false);
  return leaves.flatMap((value) => (Array.isArray(value) ? value : [value])).filter((value) => value !== undefined);
}
