import { compilePipelineTransform } from "../aggregation/transforms.ts";
import { MongoError } from "../errors.ts";
import type { BsonDocument, BsonValue, OperationContext, Update } from "../types.ts";
import { fieldNames, setField } from "../values/document.ts";
import { identicalDocuments, identicalValues } from "../values/identical.ts";
import { textOfDocument, textOfElement, textOfValue } from "../values/text.ts";
import { isDocument, typeName } from "../values/types.ts";
import { Application } from "./apply.ts";
import { ARRAY_MODIFIERS } from "./arrays.ts";
import { compileElementFilters } from "./filters.ts";
import type { CompileModifier } from "./modifier.ts";
import { checkRename, RENAME_SOURCE, renameTo } from "./rename.ts";
import { SCALAR_MODIFIERS } from "./scalars.ts";
import { addToTree, type ElementFilters, fieldsNode } from "./tree.ts";

export { upsertDocument } from "./upsert.ts";

const MODIFIERS: Record<string, CompileModifier> = { ...SCALAR_MODIFIERS, ...ARRAY_MODIFIERS };

export interface UpdateOptions extends OperationContext {
  arrayFilters?: readonly BsonDocument[];
}

/** True for `{$set: …}`; false for a replacement. A pipeline is neither. */
export function isOperatorUpdate(update: BsonDocument | readonly BsonDocument[]): boolean {
  return !Array.isArray(update) && fieldNames(update as BsonDocument)[0]?.startsWith("$") === true;
}

/**
 * Compiles an update once for any number of documents: operators, a replacement, or a pipeline.
 * Throws MongoError when compiled for what the server's parser refuses, and when applied for what a document does not allow:
 * 28 PathNotViable, 14 TypeMismatch, 66 ImmutableField, 40 conflicts of $ and $[].
 */
export function compileUpdate(update: BsonDocument | readonly BsonDocument[], options: UpdateOptions = {}): Update {
  const filters = options.arrayFilters ?? [];
  if (Array.isArray(update)) {
    if (filters.length > 0) {
      throw new MongoError("FailedToParse", "arrayFilters may not be specified for pipeline-style updates");
    }
    return pipelineUpdate(update, options);
  }
  if (!isOperatorUpdate(update)) {
    if (filters.length > 0)
      throw new MongoError("FailedToParse", "arrayFilters may not be specified for replacement-style updates");
    return replacement(update as BsonDocument);
  }
  return operatorUpdate(update as BsonDocument, compileElementFilters(filters, options), options);
}

function operatorUpdate(update: BsonDocument, filters: ElementFilters, context: OperationContext): Update {
  const tree = fieldsNode();
  const used = new Set<string>();
  for (const name of fieldNames(update)) {
    const fields = update[name];
    const compile = Object.hasOwn(MODIFIERS, name) ? MODIFIERS[name] : undefined;
    if (!compile && name !== "$rename") {
      throw new MongoError(
        "FailedToParse",
        `Unknown modifier: ${name}. Expected a valid update modifier or pipeline-style update specified as an array`,
      );
    }
    if (!isDocument(fields)) {
      throw new MongoError(
        "FailedToParse",
        `Modifiers operate on fields but we found type ${typeName(fields)} instead. For example: {$mod: {<field>: ...}} not {${textOfElement(name, fields)}}`,
      );
    }
    for (const path of fieldNames(fields)) {
      const operand = fields[path];
      if (compile) {
        const modifier = compile(operand, { path, context, collation: context.collation });
        addToTree(tree, path, modifier, filters, used);
      } else {
        checkRename(path, operand);
        addToTree(tree, path, RENAME_SOURCE, filters, used);
        addToTree(tree, operand, renameTo(path, operand), filters, used);
      }
    }
  }
  for (const identifier of filters.keys()) {
    if (used.has(identifier)) continue;
    throw new MongoError(
      "FailedToParse",
      `The array filter for identifier '${identifier}' was not used in the update ${textOfDocument(update)}`,
    );
  }
  return { apply: (doc, target) => new Application(doc, target, filters).run(tree) };
}

function replacement(update: BsonDocument): Update {
  for (const name of fieldNames(update)) {
    if (!name.startsWith("$")) continue;
    throw new MongoError(
      "DollarPrefixedFieldName",
      `The dollar ($) prefixed field '${name}' in '${name}' is not allowed in the context of an update's replacement document. Consider using an aggregation pipeline with $replaceWith.`,
    );
  }
  return { apply: (doc) => replaceWith(doc, update) };
}

/** The old _id stays, in front; a different one in the new document is refused with 66. */
function replaceWith(doc: BsonDocument, replacing: BsonDocument): { doc: BsonDocument; changed: boolean } {
  const result: BsonDocument = {};
  const id: BsonValue = doc._id ?? replacing._id;
  if (id !== undefined) result._id = id;
  for (const name of fieldNames(replacing)) if (name !== "_id") setField(result, name, replacing[name]);
  if (doc._id !== undefined && replacing._id !== undefined && !identicalValues(doc._id, replacing._id)) {
    throw new MongoError(
      "ImmutableField",
      `After applying the update, the (immutable) field '_id' was found to have been altered to _id: ${textOfValue(replacing._id)}`,
    );
  }
  return identicalDocuments(doc, result) ? { doc, changed: false } : { doc: result, changed: true };
}

function pipelineUpdate(stages: readonly BsonDocument[], context: OperationContext): Update {
  const transform = compilePipelineTransform(stages, context);
  return { apply: (doc) => replaceWith(doc, transform(doc)) };
}
