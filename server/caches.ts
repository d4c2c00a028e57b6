import { LRUCache } from "lru-cache";
import type { Types } from "mongoose";
import type { Bus } from "./events/bus.ts";
import type { ApiKeyRecord } from "./models/api-key.ts";

/** On another node a change is seen after this time at the latest; on this one at once. */
const TTL_MS = 5_000;

/** Where a thread of a sender's goes on. */
export interface KnownThread {
  contactId: Types.ObjectId;
  contactName: string;
  conversationId: Types.ObjectId;
  /** The conversation says which order it is about. */
  aboutOrder: boolean;
}

/** What every request of a platform asks again. Kept for seconds; whatever changes one of them empties its kind. */
export interface Caches {
  /** By the key's hash. */
  apiKeys: LRUCache<string, ApiKeyRecord>;
  /** By inbox, sender and thread. */
  threads: LRUCache<string, KnownThread>;
  /** Contacts' ids by workspace, channel and address. */
  contactIds: LRUCache<string, Types.ObjectId>;
}

/** The hub's caches, emptied by what happens on this node. */
export function createCaches(bus: Bus): Caches {
  const apiKeys = new LRUCache<string, ApiKeyRecord>({ max: 10_000, ttl: TTL_MS });
  const threads = new LRUCache<string, KnownThread>({ max: 50_000, ttl: TTL_MS });
  const contactIds = new LRUCache<string, Types.ObjectId>({ max: 50_000, ttl: TTL_MS });
  const forgetPeople = () => {
    threads.clear();
    contactIds.clear();
  };
  bus.on("access.changed", () => apiKeys.clear());
  for (const event of ["contact.updated", "contact.linked", "contact.moved", "contact.deleted"] as const)
    bus.on(event, forgetPeople);
  return { apiKeys, threads, contactIds };
}
