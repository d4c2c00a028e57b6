import { MongoError } from "../errors.ts";
import type { BsonDocument } from "../types.ts";
import { Decoder, FieldPicker } from "./decode.ts";
import { Encoder } from "./encode.ts";

/**
 * Reads one document; `bytes` must hold exactly one. Throws InvalidBSON (22), and Overflow (15) for one nested too deeply.
 * Nothing of `bytes` is kept.
 */
export function decode(bytes: Uint8Array): BsonDocument {
  const doc = new Decoder(bytes).document();
  const size =
    (bytes[0] as number) | ((bytes[1] as number) << 8) | ((bytes[2] as number) << 16) | ((bytes[3] as number) << 24);
  if (size !== bytes.length) {
    throw new MongoError("InvalidBSON", `Invalid BSON: ${bytes.length} bytes hold a document of ${size}`);
  }
  return doc;
}

/** Past this many fields looking for each costs more than decoding all. */
const MANY_FIELDS = 12;

/** A decoder of these top-level fields alone; of everything for undefined. */
export function partialDecoder(names: readonly string[] | undefined): (bytes: Uint8Array) => BsonDocument {
  if (!names || names.length > MANY_FIELDS) return decode;
  const wanted = new FieldPicker(names);
  return (bytes) => new Decoder(bytes).pick(wanted);
}

/** Writes one document. */
export function encode(doc: BsonDocument): Uint8Array {
  return new Encoder().encode(doc);
}

/** Size in bytes that `encode` would give. */
export function sizeOf(doc: BsonDocument): number {
  return encode(doc).length;
}
