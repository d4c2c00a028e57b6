/** Feature hash → index, in two typed arrays, so that a worker hands it over without copying. */
export interface HashTable {
  keys: Uint32Array;
  values: Int32Array;
  size: number;
}

/** A table for up to `capacity` keys. */
export function createTable(capacity: number): HashTable {
  let slots = 16;
  while (slots < capacity * 2) slots *= 2;
  return { keys: new Uint32Array(slots), values: new Int32Array(slots), size: 0 };
}

/** The key's index, or -1. */
export function lookUp(table: HashTable, key: number): number {
  const mask = table.keys.length - 1;
  for (let slot = key & mask; ; slot = (slot + 1) & mask) {
    const found = table.keys[slot]!;
    if (found === key) return table.values[slot]!;
    if (found === 0) return -1;
  }
}

/** The key's index, given the next free one when it is new. The table grows by replacement of its arrays. */
export function intern(table: HashTable, key: number): number {
  if (table.size * 2 >= table.keys.length) grow(table);
  const mask = table.keys.length - 1;
  for (let slot = key & mask; ; slot = (slot + 1) & mask) {
    const found = table.keys[slot]!;
    if (found === key) return table.values[slot]!;
    if (found === 0) {
      table.keys[slot] = key;
      table.values[slot] = table.size;
      return table.size++;
    }
  }
}

function grow(table: HashTable): void {
  const { keys, values } = table;
  table.keys = new Uint32Array(keys.length * 2);
  table.values = new Int32Array(keys.length * 2);
  const mask = table.keys.length - 1;
  for (let from = 0; from < keys.length; from++) {
    const key = keys[from]!;
    if (key === 0) continue;
    let slot = key & mask;
    while (table.keys[slot] !== 0) slot = (slot + 1) & mask;
    table.keys[slot] = key;
    table.values[slot] = values[from]!;
  }
}
