import { Int32 } from "bson";
import { MongoError } from "../errors.ts";
import { compileFilter } from "../matcher/index.ts";
import type { BsonDocument } from "../types.ts";
import { collationDocument, compileCollation } from "../values/collation.ts";
import { equalValues } from "../values/compare.ts";
import { isDocument, isNumber } from "../values/types.ts";
import { collectionName, countArgument, documentArgument, required } from "./arguments.ts";
import type { Command, CommandContext } from "./context.ts";

/** Options of create that are kept; the rest of what MongoDB knows is refused by name. */
const KEPT_OPTIONS = [
  "capped",
  "size",
  "max",
  "validator",
  "validationLevel",
  "validationAction",
  "collation",
  "clusteredIndex",
  "viewOn",
  "pipeline",
  "changeStreamPreAndPostImages",
  "timeseries",
  "expireAfterSeconds",
] as const;
const IGNORED_OPTIONS = ["storageEngine", "indexOptionDefaults", "autoIndexId", "flags", "idIndex"];
const REFUSED_OPTIONS = ["encryptedFields"];

export const create: Command = {
  writes: true,
  fields: [...KEPT_OPTIONS, ...IGNORED_OPTIONS, ...REFUSED_OPTIONS],
  run(context) {
    const { database, db, command } = context;
    const name = collectionName(context);
    for (const option of REFUSED_OPTIONS)
      if (command[option] !== undefined)
        throw new MongoError("CommandNotSupported", `create: the option '${option}' is not supported`);
    const options: BsonDocument = {};
    for (const option of KEPT_OPTIONS) if (command[option] !== undefined) options[option] = command[option];
    if (options.capped === false) delete options.capped;
    if (!options.capped && (options.size !== undefined || options.max !== undefined))
      throw new MongoError(
        "InvalidOptions",
        "the 'capped' field needs to be true when either the 'size' or 'max' fields are present",
      );
    if (options.capped && !isNumber(options.size))
      throw new MongoError("InvalidOptions", "the 'size' field is required when 'capped' is true");
    if (options.validator) compileFilter(documentArgument(context, "validator") ?? {}, {});
    const collation = options.collation && compileCollation(options.collation);
    if (collation) options.collation = collationDocument(collation.spec);
    else delete options.collation;
    if (options.clusteredIndex !== undefined) options.clusteredIndex = readClusteredIndex(options.clusteredIndex);
    checkView(options);
    refuseCircle(context, name, options);
    checkTimeSeries(options);
    const existing = database.catalog.get(db, name);
    if (existing) {
      if (equalValues(existing.options, options)) return { ok: 1 };
      throw new MongoError("NamespaceExists", `namespace ${db}.${name} already exists, but with different options`);
    }
    database.catalog.create(db, name, options);
    return { ok: 1 };
  },
};

const WITH_VIEW = ["viewOn", "pipeline", "collation"];

/** A view has a pipeline and nothing of a collection's own. */
export function checkView(options: BsonDocument): void {
  const { viewOn, pipeline } = options;
  if (viewOn === undefined) {
    if (pipeline !== undefined)
      throw new MongoError("InvalidOptions", "'pipeline' requires 'viewOn' to also be specified");
    return;
  }
  if (typeof viewOn !== "string" || viewOn === "")
    throw new MongoError("BadValue", "'viewOn' must be the name of a collection or view");
  const other = Object.keys(options).find((option) => !WITH_VIEW.includes(option));
  if (other !== undefined) throw new MongoError("InvalidOptions", `Can't specify '${other}' when creating a view`);
  options.pipeline ??= [];
  if (!Array.isArray(options.pipeline)) throw new MongoError("TypeMismatch", "'pipeline' must be an array");
  for (const stage of options.pipeline)
    if (isDocument(stage) && ("$out" in stage || "$merge" in stage))
      throw new MongoError("OptionNotSupportedOnView", "$out and $merge are not allowed in the pipeline of a view");
}

/** A view may not be made of itself, by whatever way. */
export function refuseCircle({ database, db }: CommandContext, name: string, { viewOn }: BsonDocument): void {
  for (let below = viewOn; below !== undefined; below = database.catalog.get(db, below as string)?.options.viewOn)
    if (below === name) throw new MongoError("GraphContainsCycle", `View cycle detected: ${db}.${name}`);
}

/** Documents are found by their _id all the same: that they lie in its order elsewhere is how MongoDB stores them. */
function readClusteredIndex(spec: BsonDocument[string]): BsonDocument {
  if (!isDocument(spec) || !equalValues(spec.key, { _id: 1 }) || spec.unique !== true)
    throw new MongoError("InvalidIndexSpecificationOption", "The clusteredIndex must be {key: {_id: 1}, unique: true}");
  return { v: 2, key: spec.key, name: spec.name ?? "_id_", unique: true };
}

/** The longest time that documents kept together span, by granularity. Source: manual, "Time Series Granularity". */
const SPANS: Record<string, number> = { seconds: 3600, minutes: 86_400, hours: 2_592_000 };

/** A time series is stored like any collection; it has its time field in every document and takes an _id twice. */
function checkTimeSeries(options: BsonDocument): void {
  const { timeseries: spec, expireAfterSeconds, clusteredIndex } = options;
  const invalid = (text: string) => new MongoError("InvalidOptions", text);
  if (spec === undefined) {
    if (expireAfterSeconds !== undefined)
      throw clusteredIndex === undefined
        ? invalid(
            "'expireAfterSeconds' is only supported on time-series collections or when the 'clusteredIndex' option is specified",
          )
        : new MongoError("CommandNotSupported", "create: 'expireAfterSeconds' with 'clusteredIndex' is not supported");
    return;
  }
  const source = { name: "create", command: options };
  const { timeField, metaField, granularity = "seconds", ...others } = documentArgument(source, "timeseries") ?? {};
  required({ name: "create.timeseries", command: { timeField } }, "timeField");
  for (const name of Object.keys(others))
    if (name !== "bucketMaxSpanSeconds" && name !== "bucketRoundingSeconds")
      throw new MongoError(40415, `BSON field 'create.timeseries.${name}' is an unknown field.`);
  if (typeof timeField !== "string" || timeField.includes("."))
    throw invalid("The 'timeField' option must be a top-level field name");
  if (metaField !== undefined && (typeof metaField !== "string" || metaField === "_id" || metaField === timeField))
    throw invalid("The 'metaField' option must name a field other than '_id' and the 'timeField'");
  const span = Object.hasOwn(SPANS, String(granularity)) ? SPANS[String(granularity)] : undefined;
  if (span === undefined)
    throw new MongoError(
      "BadValue",
      `Enumeration value '${granularity}' for field 'create.timeseries.granularity' is not a valid value.`,
    );
  for (const option of ["capped", "validator", "viewOn", "clusteredIndex", "changeStreamPreAndPostImages"])
    if (options[option] !== undefined) throw invalid(`time-series collections do not support '${option}'`);
  countArgument(source, "expireAfterSeconds");
  options.timeseries = {
    timeField,
    ...(metaField !== undefined && { metaField }),
    granularity,
    bucketMaxSpanSeconds: new Int32(span),
  };
}
