import { crc32 } from "node:zlib";

/** A row number that no row reaches: every row up to it must have a checksum. */
export const ALL_ROWS = Number.MAX_SAFE_INTEGER;

/**
 * The checksum of a stored document, a signed 32-bit number. The collection and the row are part of it, so that a document that
 * damage moved to another place is noticed as well.
 */
export function documentSum(collection: number, row: number, bytes: Uint8Array): number {
  return crc32(bytes, (Math.imul(collection, 0x9e3779b1) + row) >>> 0) | 0;
}

/**
 * Whether a stored document is the one that was written. Damage may have made anything of the columns; a row without a checksum
 * is of an older file and counts as whole, behind `summed`.
 */
export function isIntact(collection: number, row: number, bytes: unknown, sum: unknown, summed: number): boolean {
  if (!(bytes instanceof Uint8Array)) return false;
  return sum === null ? row > summed : sum === documentSum(collection, row, bytes);
}

/** The checksum of a collection's row in the catalog; its counters, which every commit writes, are left out. */
export function collectionSum(id: number, db: string, name: string, options: Uint8Array): number {
  return crc32(options, crc32(`${id}\0${db}\0${name}`)) | 0;
}

/** The checksum of an index's row in the catalog. `multikey` is its text there. */
export function indexSum(id: number, collection: number, spec: Uint8Array, multikey: string): number {
  return crc32(spec, crc32(`${id}\0${collection}\0${multikey}`)) | 0;
}
