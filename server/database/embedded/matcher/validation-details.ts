import type { BsonDocument, BsonValue } from "../types.ts";
import { fieldNames, getField } from "../values/document.ts";
import { compilePath, valuesAtPath } from "../values/path.ts";
import { isDocument, typeName } from "../values/types.ts";
import { compileFilter } from "./index.ts";
import { compileJsonSchema } from "./json-schema.ts";
import { isRegExp } from "./operators.ts";
import { isOperatorDocument } from "./predicate.ts";

/** Why a document does not pass a validator, as `errInfo.details` tells it. Source: manual, "Schema Validation". */
export function validationDetails(validator: BsonDocument, doc: BsonDocument): BsonDocument {
  return explainClauses(
    "$and",
    fieldNames(validator).flatMap((name) => split(name, validator[name])),
    doc,
  );
}

/** `{a: {$gt: 1, $lt: 5}}` is two clauses. */
function split(name: string, condition: BsonValue): BsonDocument[] {
  if (name.startsWith("$") || !isOperatorDocument(condition)) return [{ [name]: condition }];
  return fieldNames(condition)
    .filter((operator) => operator !== "$options")
    .map((operator) => {
      const options = operator === "$regex" && "$options" in condition ? { $options: condition.$options } : {};
      return { [name]: { [operator]: condition[operator], ...options } };
    });
}

function explainClauses(operatorName: string, clauses: readonly BsonDocument[], doc: BsonDocument): BsonDocument {
  const failed = clauses
    .map((clause, index) => ({ index, clause }))
    .filter(({ clause }) => !compileFilter(clause).matches(doc));
  const details = failed.map(({ index, clause }) => ({ index, details: explainClause(clause, doc) }));
  const [only] = details;
  if (clauses.length === 1 && only && operatorName === "$and") return only.details;
  return { operatorName, clausesNotSatisfied: details };
}

function explainClause(clause: BsonDocument, doc: BsonDocument): BsonDocument {
  const name = fieldNames(clause)[0] as string;
  const operand = clause[name];
  if (!name.startsWith("$")) return explainField(name, operand, clause, doc);
  switch (name) {
    case "$jsonSchema":
      return { operatorName: name, schemaRulesNotSatisfied: explainSchema(operand as BsonDocument, doc) };
    case "$and":
    case "$or":
      return explainClauses(name, operand as BsonDocument[], doc);
    case "$nor": {
      const met = (operand as BsonDocument[]).flatMap((branch, index) =>
        compileFilter(branch).matches(doc) ? [{ index, details: { specifiedAs: branch } }] : [],
      );
      return { operatorName: name, clausesSatisfied: met };
    }
    case "$expr":
      return { operatorName: name, specifiedAs: clause, reason: "expression did not match", expressionResult: false };
    default:
      return { operatorName: name, specifiedAs: clause };
  }
}

const COMPARISON = "comparison failed";
const REASONS: Record<string, string> = {
  $eq: COMPARISON,
  $gt: COMPARISON,
  $gte: COMPARISON,
  $lt: COMPARISON,
  $lte: COMPARISON,
  $ne: COMPARISON,
  $in: "no matching value found in array",
  $nin: "matching value found in array",
  $type: "type did not match",
  $regex: "regular expression did not match",
  $size: "array length was not equal to given size",
  $mod: "$mod did not evaluate to expected remainder",
  $all: "array did not contain all specified values",
  $elemMatch: "array did not satisfy the child predicate",
};

function explainField(field: string, condition: BsonValue, specifiedAs: BsonDocument, doc: BsonDocument): BsonDocument {
  const operatorName = isOperatorDocument(condition)
    ? (fieldNames(condition)[0] as string)
    : isRegExp(condition)
      ? "$regex"
      : "$eq";
  const values = valuesAtPath(doc, compilePath(field)).filter((value) => value !== undefined);
  if (operatorName === "$exists") {
    const reason = values.length > 0 ? "path does exist" : "path does not exist";
    return { operatorName, specifiedAs, reason };
  }
  if (operatorName === "$not") return { operatorName, details: { specifiedAs, reason: "child expression matched" } };
  if (values.length === 0) return { operatorName, specifiedAs, reason: "field was missing" };
  const reason = REASONS[operatorName] ?? "condition was not met";
  return { operatorName, specifiedAs, reason, ...considered(values, operatorName === "$type") };
}

function considered(values: readonly BsonValue[], withType: boolean): BsonDocument {
  const [value, ...others] = values;
  if (others.length > 0) return { consideredValues: [...values] };
  return { consideredValue: value, ...(withType && { consideredType: typeName(value) }) };
}

/** What a keyword of a schema adds beside its name, where a plain reason does not tell it all. */
type Explain = (operand: BsonValue, value: BsonValue, schema: BsonDocument) => BsonDocument;

const because =
  (reason: string, withType = false): Explain =>
  (_operand, value) => ({ reason, ...considered([value], withType) });

const branches: Explain = (operand, value) => ({
  schemasNotSatisfied: (operand as BsonDocument[]).flatMap((schema, index) => {
    const details = explainSchema(schema, value);
    return details.length > 0 ? [{ index, details }] : [];
  }),
});

/** In the order in which the rules are told. */
const SCHEMA_RULES: Record<string, Explain> = {
  bsonType: because("type did not match", true),
  type: because("type did not match", true),
  enum: because("value was not found in enum"),
  minimum: because(COMPARISON),
  maximum: because(COMPARISON),
  multipleOf: because("considered value is not a multiple of the specified value"),
  minLength: because("specified string length was not satisfied"),
  maxLength: because("specified string length was not satisfied"),
  pattern: because("regular expression did not match"),
  minItems: because("array did not match specified length"),
  maxItems: because("array did not match specified length"),
  uniqueItems: because("found a duplicate item"),
  items: (operand, value) => {
    const items = value as BsonValue[];
    const schemaOf = (at: number) => (Array.isArray(operand) ? operand[at] : operand) as BsonDocument | undefined;
    const itemIndex = items.findIndex((item, at) => schemaOf(at) && !compileJsonSchema(schemaOf(at))(item));
    const details = explainSchema(schemaOf(itemIndex) ?? {}, items[itemIndex]);
    return { reason: "At least one item did not match the sub-schema", itemIndex, details };
  },
  additionalItems: because("found additional items"),
  allOf: branches,
  anyOf: branches,
  oneOf: (operand, value, schema) => {
    const matching = (operand as BsonDocument[]).flatMap((one, at) => (compileJsonSchema(one)(value) ? [at] : []));
    if (matching.length === 0) return branches(operand, value, schema);
    return { reason: "more than one subschema matched", matchingSchemaIndexes: matching };
  },
  not: because("child expression matched"),
  minProperties: because("specified number of properties was not satisfied"),
  maxProperties: because("specified number of properties was not satisfied"),
  properties: (operand, value) => ({
    propertiesNotSatisfied: fieldNames(operand as BsonDocument).flatMap((propertyName) => {
      const schema = (operand as BsonDocument)[propertyName] as BsonDocument;
      const field = getField(value as BsonDocument, propertyName);
      const details = field === undefined ? [] : explainSchema(schema, field);
      return details.length > 0 ? [{ propertyName, ...annotations(schema), details }] : [];
    }),
  }),
  patternProperties: () => ({}),
  additionalProperties: (operand, value, { properties, patternProperties }) => {
    const alone = { additionalProperties: operand, ...(patternProperties !== undefined && { patternProperties }) };
    const named = new Set(isDocument(properties) ? fieldNames(properties) : []);
    const extra = fieldNames(value as BsonDocument).filter(
      (name) => !named.has(name) && !compileJsonSchema(alone)({ [name]: (value as BsonDocument)[name] }),
    );
    return { additionalProperties: extra };
  },
  required: (operand, value) => ({
    missingProperties: (operand as string[]).filter((name) => getField(value as BsonDocument, name) === undefined),
  }),
  dependencies: () => ({}),
};

/** Rules that tell of others inside them, not how they were specified. */
const NESTING = new Set(["properties", "items", "allOf", "anyOf", "oneOf", "patternProperties"]);
/** Keywords that change what another one means. */
const PARTNERS: Record<string, readonly string[]> = {
  minimum: ["exclusiveMinimum"],
  maximum: ["exclusiveMaximum"],
  additionalProperties: ["properties", "patternProperties"],
  additionalItems: ["items"],
};

function explainSchema(schema: BsonDocument, value: BsonValue): BsonDocument[] {
  return Object.entries(SCHEMA_RULES).flatMap(([operatorName, explain]) => {
    const operand = schema[operatorName];
    if (operand === undefined) return [];
    const partners = (PARTNERS[operatorName] ?? []).filter((name) => schema[name] !== undefined);
    const own = Object.fromEntries([operatorName, ...partners].map((name) => [name, schema[name]]));
    // A partner that fails by itself is told by itself.
    const alone = partners.includes("properties") ? { ...own, properties: emptied(schema.properties) } : own;
    if (compileJsonSchema(alone)(value)) return [];
    const specifiedAs = NESTING.has(operatorName) ? {} : { specifiedAs: { [operatorName]: operand } };
    return [{ operatorName, ...specifiedAs, ...explain(operand, value, schema) }];
  });
}

/** The same property names, with anything allowed in them. */
function emptied(properties: BsonValue): BsonDocument {
  return Object.fromEntries(fieldNames(properties as BsonDocument).map((name) => [name, {}]));
}

function annotations({ title, description }: BsonDocument): BsonDocument {
  return { ...(title !== undefined && { title }), ...(description !== undefined && { description }) };
}
