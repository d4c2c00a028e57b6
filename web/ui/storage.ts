/** The part of Web Storage that is used; tests give a Map-backed one. */
export interface KeyValueStore {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
  readonly length: number;
  key(index: number): string | null;
}

/** A store that lives as long as the page. */
export function memoryStore(): KeyValueStore {
  const values = new Map<string, string>();
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: (key) => void values.delete(key),
    get length() {
      return values.size;
    },
    key: (index) => [...values.keys()][index] ?? null,
  };
}

/** The browser's storage (of the profile, or of this tab alone), or memory where the browser forbids it. */
export function browserStore(scope: "profile" | "tab" = "profile"): KeyValueStore {
  try {
    const store = scope === "tab" ? sessionStorage : localStorage;
    const probe = "parley.probe";
    store.setItem(probe, "1");
    store.removeItem(probe);
    return store;
  } catch {
    return memoryStore();
  }
}

/** Reads JSON; undefined when there is none or it does not parse. */
export function readJson<T>(store: KeyValueStore, key: string): T | undefined {
  try {
    const text = store.getItem(key);
    return text === null ? undefined : (JSON.parse(text) as T);
  } catch {
    return undefined;
  }
}

/** Writes JSON; a full store keeps what it had. */
export function writeJson(store: KeyValueStore, key: string, value: unknown): void {
  try {
    if (value === undefined) store.removeItem(key);
    else store.setItem(key, JSON.stringify(value));
  } catch {
    // Quota: what is on screen stays, it only does not survive a reload.
  }
}

/** Removes every entry whose key starts with the prefix. */
export function removeByPrefix(store: KeyValueStore, prefix: string): void {
  const keys: string[] = [];
  for (let index = 0; index < store.length; index += 1) {
    const key = store.key(index);
    if (key?.startsWith(prefix)) keys.push(key);
  }
  for (const key of keys) store.removeItem(key);
}
