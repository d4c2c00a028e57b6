import { ObjectId, Timestamp } from "bson";
import { MongoError } from "../errors.ts";
import { validationDetails } from "../matcher/validation-details.ts";
import type { Collection, Stored } from "../storage/collection.ts";
import type { BsonDocument, BsonValue } from "../types.ts";
import { decode, encode } from "../values/bson.ts";
import { fieldNames, setField } from "../values/document.ts";
import { Type, typeName, typeOf } from "../values/types.ts";
import { MAX_DOCUMENT_BYTES } from "../wire/message.ts";

const MAX_DEPTH = 180;

/** Makes a document ready to be stored: _id first (made if missing), empty timestamps filled, the rules on _id kept. */
export function prepareInsert(bytes: Uint8Array): Stored {
  const doc = decode(bytes);
  checkId(doc._id);
  const names = fieldNames(doc);
  let changed = names[0] !== "_id";
  let result = doc;
  if (changed) {
    result = {};
    setField(result, "_id", doc._id === undefined ? new ObjectId() : doc._id);
    for (const name of names) if (name !== "_id") setField(result, name, doc[name]);
  }
  for (const name of names) {
    const value = result[name];
    if (!(value instanceof Timestamp) || !value.isZero() || name === "_id") continue;
    result[name] = now();
    changed = true;
  }
  return checkStored({ doc: result, bytes: changed ? encode(result) : bytes });
}

/** Encodes what an update made. */
export function prepareUpdate(doc: BsonDocument): Stored {
  return checkStored({ doc, bytes: encode(doc) });
}

/** Refuses a document that the collection's validator does not let in. */
export function validate(collection: Collection, doc: BsonDocument, bypass: boolean): void {
  const { validator, options } = collection;
  const series = options.timeseries as BsonDocument | undefined;
  if (series && !(doc[series.timeField as string] instanceof Date))
    throw new MongoError(
      "BadValue",
      `'${series.timeField}' must be present and contain a valid BSON UTC datetime value`,
    );
  if (!validator || bypass || options.validationLevel === "off" || options.validationAction === "warn") return;
  if (validator.matches(doc)) return;
  throw new MongoError("DocumentValidationFailure", "Document failed validation", {
    fields: {
      errInfo: {
        failingDocumentId: doc._id,
        details: validationDetails(options.validator as BsonDocument, doc),
      },
    },
  });
}

function checkStored(stored: Stored): Stored {
  const size = stored.bytes.length;
  if (size > MAX_DOCUMENT_BYTES)
    throw new MongoError(
      "BSONObjectTooLarge",
      `BSONObj size: ${size} (0x${size.toString(16).toUpperCase()}) is invalid. Size must be between 0 and ${MAX_DOCUMENT_BYTES}(16MB)`,
    );
  if (depthOf(stored.doc, 0) > MAX_DEPTH)
    throw new MongoError("Overflow", `cannot insert document because it exceeds ${MAX_DEPTH} levels of nesting`);
  return stored;
}

function depthOf(value: BsonValue, depth: number): number {
  if (typeof value !== "object" || value === null || depth > MAX_DEPTH) return depth;
  if (!Array.isArray(value) && typeOf(value) !== Type.object) return depth;
  let deepest = depth;
  for (const inner of Object.values(value)) {
    if (typeof inner !== "object" || inner === null) continue;
    const found = depthOf(inner as BsonValue, depth + 1);
    if (found > deepest) deepest = found;
  }
  return deepest;
}

function checkId(id: BsonValue): void {
  const type = typeOf(id);
  if (type === Type.array || type === Type.regex || type === Type.undefined)
    throw new MongoError("InvalidIdField", `The '_id' value cannot be of type ${typeName(id)}`);
  if (type !== Type.object) return;
  for (const name of fieldNames(id as BsonDocument))
    if (name.startsWith("$") && !["$ref", "$id", "$db"].includes(name))
      throw new MongoError(
        "DollarPrefixedFieldName",
        `_id fields may not contain '$'-prefixed fields: ${name} is not valid for storage.`,
      );
}

let lastSecond = 0;
let increment = 0;

/** A timestamp that no other of this process equals. */
function now(): Timestamp {
  const second = Math.floor(Date.now() / 1000);
  increment = second === lastSecond ? increment + 1 : 1;
  lastSecond = second;
  return new Timestamp({ t: second, i: increment });
}
