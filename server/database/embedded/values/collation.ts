import { MongoError } from "../errors.ts";
import type { BsonDocument, BsonValue, Collation, CollationSpec } from "../types.ts";
import { toDouble } from "./numbers.ts";
import { isDocument, isNumber, typeName } from "./types.ts";

type Check = (value: BsonValue, field: string) => void;

const oneOf =
  (...allowed: string[]): Check =>
  (value, field) => {
    if (typeof value !== "string") throw wrongType(field, value, "string");
    if (!allowed.includes(value)) {
      throw new MongoError(
        "BadValue",
        `Enumeration value '${value}' for field 'collation.${field}' is not a valid value.`,
      );
    }
  };
const bool: Check = (value, field) => {
  if (typeof value !== "boolean") throw wrongType(field, value, "bool");
};
const strength: Check = (value, field) => {
  if (!isNumber(value)) throw wrongType(field, value, "int");
  const level = toDouble(value);
  if (!Number.isInteger(level) || level < 1 || level > 5) {
    throw new MongoError(
      level > 5 || level < 1 ? 51024 : "BadValue",
      `BSON field 'strength' value must be ${level > 5 ? "<= 5" : ">= 1"}, actual value '${level}'`,
    );
  }
};

/** The collation document's fields. Source: manual, "Collation". */
const FIELDS: Record<string, Check> = {
  locale: (value, field) => {
    if (typeof value !== "string") throw wrongType(field, value, "string");
  },
  strength,
  caseLevel: bool,
  caseFirst: oneOf("off", "upper", "lower"),
  numericOrdering: bool,
  alternate: oneOf("non-ignorable", "shifted"),
  maxVariable: oneOf("punct", "space"),
  backwards: bool,
  normalization: bool,
  version: (value, field) => {
    if (typeof value !== "string") throw wrongType(field, value, "string");
  },
};

function wrongType(field: string, value: BsonValue, expected: string): MongoError {
  return new MongoError(
    "TypeMismatch",
    `BSON field 'collation.${field}' is the wrong type '${typeName(value)}', expected type '${expected}'`,
  );
}

/**
 * Makes a command's collation ready. Undefined and {locale: "simple"} give undefined: the binary comparison.
 * What Intl can't do (backwards for a language other than French) is refused, not ignored.
 */
export function compileCollation(value: BsonValue): Collation | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isDocument(value)) {
    throw new MongoError(
      "TypeMismatch",
      `BSON field 'collation' is the wrong type '${typeName(value)}', expected type 'object'`,
    );
  }
  if (Object.keys(value).length === 0) return undefined;
  for (const [field, setting] of Object.entries(value)) {
    const check = Object.hasOwn(FIELDS, field) ? FIELDS[field] : undefined;
    if (!check) throw new MongoError(40415, `BSON field 'collation.${field}' is an unknown field.`);
    check(setting, field);
  }
  if (value.locale === undefined) {
    throw new MongoError(40414, "BSON field 'collation.locale' is missing but a required field");
  }
  const spec = specOf(value);
  return spec.locale === "simple" ? undefined : new IntlCollation(spec);
}

function specOf(value: BsonDocument): CollationSpec {
  const spec: CollationSpec = { locale: value.locale as string };
  if (isNumber(value.strength)) spec.strength = toDouble(value.strength);
  for (const field of ["caseLevel", "numericOrdering", "backwards", "normalization"] as const) {
    if (value[field] !== undefined) spec[field] = value[field] as boolean;
  }
  for (const field of ["caseFirst", "alternate", "maxVariable"] as const) {
    if (value[field] !== undefined) spec[field] = value[field] as string;
  }
  return spec;
}

/** The document listCollections and listIndexes show: every setting, defaults filled in. */
export function collationDocument(spec: CollationSpec): BsonDocument {
  return {
    locale: spec.locale,
    caseLevel: spec.caseLevel ?? false,
    caseFirst: spec.caseFirst ?? "off",
    strength: spec.strength ?? 3,
    numericOrdering: spec.numericOrdering ?? false,
    alternate: spec.alternate ?? "non-ignorable",
    maxVariable: spec.maxVariable ?? "punct",
    normalization: spec.normalization ?? false,
    backwards: spec.backwards ?? spec.locale === "fr_CA",
    version: "57.1",
  };
}

class IntlCollation implements Collation {
  readonly spec: CollationSpec;
  readonly #collator: Intl.Collator;
  readonly #identical: boolean;
  /** One string of every class of equal strings met so far, sorted. */
  readonly #representatives: string[] = [];
  readonly #keys = new Map<string, string>();

  constructor(spec: CollationSpec) {
    this.spec = spec;
    this.#identical = spec.strength === 5;
    this.#collator = new Intl.Collator(bcp47(spec), {
      sensitivity: sensitivity(spec),
      numeric: spec.numericOrdering ?? false,
      caseFirst: spec.caseFirst === "upper" || spec.caseFirst === "lower" ? spec.caseFirst : "false",
      ignorePunctuation: spec.alternate === "shifted",
    });
  }

  compare(a: string, b: string): number {
    if (a === b) return 0;
    const order = this.#collator.compare(a, b);
    if (order !== 0 || !this.#identical) return order;
    return a < b ? -1 : 1;
  }

  key(text: string): string {
    const known = this.#keys.get(text);
    if (known !== undefined) return known;
    let low = 0;
    let high = this.#representatives.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const order = this.compare(this.#representatives[middle] as string, text);
      if (order === 0) {
        low = middle;
        break;
      }
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    const found = this.#representatives[low];
    const key = found !== undefined && this.compare(found, text) === 0 ? found : text;
    if (key === text) this.#representatives.splice(low, 0, text);
    this.#keys.set(text, key);
    return key;
  }
}

function sensitivity(spec: CollationSpec): "base" | "accent" | "case" | "variant" {
  const level = spec.strength ?? 3;
  if (level === 1) return spec.caseLevel ? "case" : "base";
  if (level === 2) return spec.caseLevel ? "variant" : "accent";
  return "variant";
}

/** ICU's `de@collation=phonebook` and `fr_CA` as Intl writes them. */
function bcp47(spec: CollationSpec): string {
  const [name = "", variant] = spec.locale.split("@collation=");
  let tag = name.replaceAll("_", "-");
  if (spec.backwards && !tag.startsWith("fr")) {
    throw new MongoError(
      "CommandNotSupported",
      `collation option backwards is not supported for locale ${spec.locale}`,
    );
  }
  if (spec.backwards) tag = "fr-CA";
  if (variant) tag += `-u-co-${COLLATION_TYPES[variant] ?? variant}`;
  let supported: string[] = [];
  try {
    supported = Intl.Collator.supportedLocalesOf([tag]);
  } catch {
    // An ill-formed tag is reported as an unknown one is.
  }
  if (supported.length === 0) {
    throw new MongoError("BadValue", `Field 'locale' is invalid in: { locale: "${spec.locale}" }`);
  }
  return tag;
}

const COLLATION_TYPES: Record<string, string> = {
  phonebook: "phonebk",
  traditional: "trad",
  dictionary: "dict",
  big5han: "big5han",
  gb2312han: "gb2312",
};
