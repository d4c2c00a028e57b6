import type { Attachment } from "../../../contract/attachment.ts";
import type { ErrorBody } from "../../../contract/errors.ts";
import { type KeyValueStore, readJson, removeByPrefix, writeJson } from "../storage.ts";

/** A message the shopper sent that the hub has not acknowledged yet. */
export interface OutboxItem {
  echoId: string;
  text: string;
  /** Already uploaded; only their ids are sent. */
  attachments: Attachment[];
  /** The shopper asked for a person. */
  human?: boolean;
  /** ISO 8601, by the shopper's clock. */
  createdAt: string;
  /** queued: waits for a connection or a retry; failed: refused, waits for the shopper. */
  state: "queued" | "sending" | "failed";
  error?: { code: ErrorBody["code"]; message: string };
}

/** Where unsent messages outlive the page. */
export interface OutboxStore {
  load(): OutboxItem[];
  put(item: OutboxItem): void;
  remove(echoId: string): void;
  /** Removes those of other tabs too. */
  clear(): void;
}

/**
 * Unsent messages in the browser's storage, one entry each, so that two tabs of one shop never overwrite each other's.
 * Entries that do not read as an item are dropped: other scripts of the page can write there too.
 */
export function storedOutbox(store: KeyValueStore, prefix: string): OutboxStore {
  return {
    load() {
      const keys: string[] = [];
      for (let index = 0; index < store.length; index++) {
        const key = store.key(index);
        if (key?.startsWith(prefix)) keys.push(key);
      }
      const items: OutboxItem[] = [];
      for (const key of keys) {
        const item = readJson<OutboxItem>(store, key);
        if (isItem(item)) items.push({ ...item, state: item.state === "failed" ? "failed" : "queued" });
        else store.removeItem(key);
      }
      return items.sort((a, b) => (a.createdAt < b.createdAt ? -1 : a.createdAt > b.createdAt ? 1 : 0));
    },
    put: (item) => writeJson(store, prefix + item.echoId, item),
    remove: (echoId) => store.removeItem(prefix + echoId),
    clear: () => removeByPrefix(store, prefix),
  };
}

function isItem(item: Partial<OutboxItem> | null | undefined): item is OutboxItem {
  return (
    typeof item?.echoId === "string" &&
    typeof item.text === "string" &&
    typeof item.createdAt === "string" &&
    Array.isArray(item.attachments)
  );
}
