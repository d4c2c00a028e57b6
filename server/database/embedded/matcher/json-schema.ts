import { MongoError } from "../errors.ts";
import type { BsonDocument, BsonValue, Collation } from "../types.ts";
import { compareValues } from "../values/compare.ts";
import { fieldNames, getField } from "../values/document.ts";
import { type BsonNumber, compareNumbers, toDecimalParts, toDouble, toExactInteger } from "../values/numbers.ts";
import { isDocument, isNumber, Type, typeName, typeOf } from "../values/types.ts";
import { compileRegExp } from "./regex.ts";
import { typeSet } from "./type-set.ts";

type Test = (value: BsonValue) => boolean;

/** Compiles a $jsonSchema document (draft 4 with MongoDB's bsonType). Source: manual, "$jsonSchema". */
export function compileJsonSchema(schema: BsonValue, collation?: Collation): Test {
  if (!isDocument(schema)) throw new MongoError("TypeMismatch", "$jsonSchema must be an object");
  const tests: Test[] = [];
  for (const keyword of fieldNames(schema)) {
    const compile = Object.hasOwn(KEYWORDS, keyword) ? KEYWORDS[keyword] : undefined;
    if (!compile) {
      const known = UNSUPPORTED.has(keyword)
        ? `$jsonSchema keyword '${keyword}' is not currently supported`
        : `Unknown $jsonSchema keyword: ${keyword}`;
      throw new MongoError("FailedToParse", known);
    }
    const test = compile(schema[keyword], schema, collation);
    if (test) tests.push(test);
  }
  return (value) => tests.every((test) => test(value));
}

const UNSUPPORTED = new Set(["$ref", "$schema", "default", "definitions", "format", "id"]);

type Keyword = (operand: BsonValue, schema: BsonDocument, collation: Collation | undefined) => Test | undefined;

/** JSON's type names in BSON's words. */
const JSON_TYPES: Record<string, Test> = {
  array: (value) => Array.isArray(value),
  boolean: (value) => typeof value === "boolean",
  null: (value) => value === null,
  number: isNumber,
  object: isDocument,
  string: (value) => typeof value === "string",
};

const KEYWORDS: Record<string, Keyword> = {
  title: annotation("title"),
  description: annotation("description"),
  bsonType: (operand) => typeSet(operand, "$jsonSchema keyword 'bsonType'"),
  type: (operand) => {
    const names = Array.isArray(operand) ? operand : [operand];
    const tests = names.map((name): Test => {
      if (typeof name !== "string") throw wrongType("type", "either a string or an array of strings");
      if (name === "integer")
        throw new MongoError("BadValue", "$jsonSchema type 'integer' is not currently supported.");
      const test = Object.hasOwn(JSON_TYPES, name) ? JSON_TYPES[name] : undefined;
      if (!test) throw new MongoError("BadValue", `Unknown type name alias: ${name}`);
      return test;
    });
    return (value) => tests.some((test) => test(value));
  },
  enum: (operand, _schema, collation) => {
    const values = list("enum", operand);
    return (value) =>
      values.some((wanted) => typeOf(value) !== Type.missing && compareValues(value, wanted, collation) === 0);
  },
  allOf: (operand, _schema, collation) => {
    const tests = schemas("allOf", operand, collation);
    return (value) => tests.every((test) => test(value));
  },
  anyOf: (operand, _schema, collation) => {
    const tests = schemas("anyOf", operand, collation);
    return (value) => tests.some((test) => test(value));
  },
  oneOf: (operand, _schema, collation) => {
    const tests = schemas("oneOf", operand, collation);
    return (value) => tests.filter((test) => test(value)).length === 1;
  },
  not: (operand, _schema, collation) => {
    const test = compileJsonSchema(operand, collation);
    return (value) => !test(value);
  },
  // Numbers
  minimum: (operand, schema) =>
    bound("minimum", operand, schema.exclusiveMinimum === true ? (o) => o > 0 : (o) => o >= 0),
  maximum: (operand, schema) =>
    bound("maximum", operand, schema.exclusiveMaximum === true ? (o) => o < 0 : (o) => o <= 0),
  exclusiveMinimum: (operand, schema) => exclusive("exclusiveMinimum", "minimum", operand, schema),
  exclusiveMaximum: (operand, schema) => exclusive("exclusiveMaximum", "maximum", operand, schema),
  multipleOf: (operand) => {
    if (!isNumber(operand)) throw wrongType("multipleOf", "a number");
    if (toDouble(operand) <= 0)
      throw new MongoError("FailedToParse", "$jsonSchema keyword 'multipleOf' must have a positive value");
    return (value) => !isNumber(value) || isMultiple(value, operand);
  },
  // Strings
  minLength: (operand) => count("minLength", operand, textLength, (length, limit) => length >= limit),
  maxLength: (operand) => count("maxLength", operand, textLength, (length, limit) => length <= limit),
  pattern: (operand) => {
    if (typeof operand !== "string") throw wrongType("pattern", "a string");
    const test = compileRegExp(new RegExp(operand));
    return (value) => typeof value !== "string" || test(value);
  },
  // Arrays
  minItems: (operand) => count("minItems", operand, arrayLength, (length, limit) => length >= limit),
  maxItems: (operand) => count("maxItems", operand, arrayLength, (length, limit) => length <= limit),
  uniqueItems: (operand) => {
    if (typeof operand !== "boolean") throw wrongType("uniqueItems", "a boolean");
    if (!operand) return undefined;
    return (value) => {
      if (!Array.isArray(value)) return true;
      const sorted = [...value].sort((a, b) => compareValues(a, b));
      return sorted.every((item, index) => index === 0 || compareValues(sorted[index - 1], item) !== 0);
    };
  },
  items: (operand, _schema, collation) => {
    if (Array.isArray(operand)) {
      const tests = operand.map((schema) => compileJsonSchema(schema, collation));
      return (value) => !Array.isArray(value) || tests.every((test, at) => at >= value.length || test(value[at]));
    }
    const test = compileJsonSchema(operand, collation);
    return (value) => !Array.isArray(value) || value.every(test);
  },
  additionalItems: (operand, schema, collation) => {
    const test = booleanOrSchema("additionalItems", operand, collation);
    const from = Array.isArray(schema.items) ? schema.items.length : Number.POSITIVE_INFINITY;
    return (value) => !Array.isArray(value) || value.slice(from).every(test);
  },
  // Objects
  required: (operand) => {
    const names = list("required", operand) as string[];
    return (value) => !isDocument(value) || names.every((name) => getField(value, name) !== undefined);
  },
  properties: (operand, _schema, collation) => {
    const tests = schemaMap("properties", operand, collation);
    return (value) =>
      !isDocument(value) ||
      tests.every(([name, test]) => {
        const field = getField(value, name);
        return field === undefined || test(field);
      });
  },
  patternProperties: (operand, _schema, collation) => {
    const tests = patterns(operand, collation);
    return (value) =>
      !isDocument(value) ||
      fieldNames(value).every((name) => tests.every(([matches, test]) => !matches(name) || test(value[name])));
  },
  additionalProperties: (operand, schema, collation) => {
    const test = booleanOrSchema("additionalProperties", operand, collation);
    const named = new Set(isDocument(schema.properties) ? fieldNames(schema.properties) : []);
    const matching = schema.patternProperties === undefined ? [] : patterns(schema.patternProperties, collation);
    return (value) =>
      !isDocument(value) ||
      fieldNames(value).every(
        (name) => named.has(name) || matching.some(([matches]) => matches(name)) || test(value[name]),
      );
  },
  minProperties: (operand) => count("minProperties", operand, fieldCount, (length, limit) => length >= limit),
  maxProperties: (operand) => count("maxProperties", operand, fieldCount, (length, limit) => length <= limit),
  dependencies: (operand, _schema, collation) => {
    if (!isDocument(operand)) throw wrongType("dependencies", "an object");
    const rules = fieldNames(operand).map((name): [string, Test] => {
      const rule = operand[name];
      return [
        name,
        Array.isArray(rule)
          ? ((KEYWORDS.required as Keyword)(rule, {}, collation) as Test)
          : compileJsonSchema(rule, collation),
      ];
    });
    return (value) =>
      !isDocument(value) || rules.every(([name, test]) => getField(value, name) === undefined || test(value));
  },
};

function annotation(keyword: string): Keyword {
  return (operand) => {
    if (typeof operand !== "string") throw wrongType(keyword, "a string");
    return undefined;
  };
}

function wrongType(keyword: string, expected: string): MongoError {
  return new MongoError("TypeMismatch", `$jsonSchema keyword '${keyword}' must be ${expected}`);
}

function list(keyword: string, operand: BsonValue): BsonValue[] {
  if (!Array.isArray(operand)) throw wrongType(keyword, "an array");
  if (operand.length === 0)
    throw new MongoError("FailedToParse", `$jsonSchema keyword '${keyword}' cannot be an empty array`);
  return operand;
}

function schemas(keyword: string, operand: BsonValue, collation: Collation | undefined): Test[] {
  return list(keyword, operand).map((schema) => compileJsonSchema(schema, collation));
}

function schemaMap(keyword: string, operand: BsonValue, collation: Collation | undefined): [string, Test][] {
  if (!isDocument(operand)) throw wrongType(keyword, "an object");
  return fieldNames(operand).map((name) => {
    const inner = operand[name];
    if (!isDocument(inner)) {
      throw new MongoError("TypeMismatch", `Nested schema for $jsonSchema property '${name}' must be an object`);
    }
    return [name, compileJsonSchema(inner, collation)];
  });
}

function patterns(operand: BsonValue, collation: Collation | undefined): [(name: string) => boolean, Test][] {
  return schemaMap("patternProperties", operand, collation).map(([pattern, test]) => [
    compileRegExp(new RegExp(pattern)),
    test,
  ]);
}

function booleanOrSchema(keyword: string, operand: BsonValue, collation: Collation | undefined): Test {
  if (typeof operand === "boolean") return () => operand;
  if (!isDocument(operand)) throw wrongType(keyword, "either an object or a boolean");
  return compileJsonSchema(operand, collation);
}

function bound(keyword: string, operand: BsonValue, accepts: (order: number) => boolean): Test {
  if (!isNumber(operand)) throw wrongType(keyword, "a number");
  return (value) => !isNumber(value) || accepts(compareNumbers(value, operand));
}

function exclusive(keyword: string, partner: string, operand: BsonValue, schema: BsonDocument): undefined {
  if (typeof operand !== "boolean") throw wrongType(keyword, "a boolean");
  if (schema[partner] === undefined) {
    throw new MongoError(
      "FailedToParse",
      `$jsonSchema keyword '${partner}' must be a present if ${keyword} is present`,
    );
  }
  return undefined;
}

function isMultiple(value: BsonNumber, of: BsonNumber): boolean {
  const a = toDecimalParts(value);
  const b = toDecimalParts(of);
  if (a.kind !== "finite" || b.kind !== "finite") return false;
  const exponent = Math.min(a.exponent, b.exponent);
  const scaled = (part: typeof a) => part.coefficient * 10n ** BigInt(part.exponent - exponent);
  return scaled(a) % scaled(b) === 0n;
}

function count(
  keyword: string,
  operand: BsonValue,
  measure: (value: BsonValue) => number | undefined,
  accepts: (length: number, limit: number) => boolean,
): Test {
  const limit = isNumber(operand) ? toExactInteger(operand) : undefined;
  if (!isNumber(operand)) throw wrongType(keyword, `a number, not ${typeName(operand)}`);
  if (limit === undefined || limit < 0n) {
    throw new MongoError("FailedToParse", `$jsonSchema keyword '${keyword}' must be a non-negative integer`);
  }
  return (value) => {
    const length = measure(value);
    return length === undefined || accepts(length, Number(limit));
  };
}

function textLength(value: BsonValue): number | undefined {
  return typeof value === "string" ? [...value].length : undefined;
}

function arrayLength(value: BsonValue): number | undefined {
  return Array.isArray(value) ? value.length : undefined;
}

function fieldCount(value: BsonValue): number | undefined {
  return isDocument(value) ? fieldNames(value).length : undefined;
}
