import type { BsonDocument, BsonValue } from "../types.ts";

/**
 * JS objects put integer-like names first. Where that would differ from the order in which fields were written, the order is
 * kept under this symbol; `fieldNames`, `setField` and `deleteField` mind it, and so does `encode`.
 */
const ORDER = Symbol("field order");

interface Ordered {
  [ORDER]?: string[];
}

/** The field names in BSON order. */
export function fieldNames(doc: BsonDocument): string[] {
  return (doc as Ordered)[ORDER] ?? Object.keys(doc);
}

/** Sets a field in place: an existing one keeps its position, a new one goes to the end. */
export function setField(doc: BsonDocument, name: string, value: BsonValue): void {
  if (!Object.hasOwn(doc, name)) {
    const order = (doc as Ordered)[ORDER];
    if (order) order.push(name);
    else if (isIndexName(name)) keepOrder(doc, [...Object.keys(doc), name]);
  }
  if (name === "__proto__")
    Object.defineProperty(doc, name, { value, enumerable: true, writable: true, configurable: true });
  else doc[name] = value;
}

export function deleteField(doc: BsonDocument, name: string): void {
  delete doc[name];
  const order = (doc as Ordered)[ORDER];
  if (order) order.splice(order.indexOf(name), 1);
}

/** A copy that shares its values, with the same order. */
export function copyDocument(doc: BsonDocument): BsonDocument {
  const order = (doc as Ordered)[ORDER];
  const copy: BsonDocument = { ...doc };
  if (order) keepOrder(copy, [...order]);
  return copy;
}

export function getField(doc: BsonDocument, name: string): BsonValue {
  return Object.hasOwn(doc, name) ? doc[name] : undefined;
}

function keepOrder(doc: BsonDocument, order: string[]): void {
  Object.defineProperty(doc, ORDER, { value: order, enumerable: false, writable: true, configurable: true });
}

/** True for "0", "1", … as MongoDB and JS understand an array index: no leading zero, no sign. */
export function isIndexName(name: string): boolean {
  const first = name.charCodeAt(0);
  if (first < 48 || first > 57) return false;
  return name === "0" || /^[1-9][0-9]*$/.test(name);
}
