import type { BuyerOrder, BuyerThread } from "../../contract/buyer.ts";
import { openSocket } from "../ui/chat/transports.ts";
import { ApiError } from "../ui/http.ts";
import { hub } from "./hub.ts";

/** Several changes in a row are read once. */
const TOGETHER_MS = 400;

/** The buyer's threads and orders as the hub last told, read anew when it says that something changed. */
export class Threads {
  threads: readonly BuyerThread[] | undefined;
  orders: readonly BuyerOrder[] = [];
  nextCursor: string | null = null;
  /** The last reading did not work; what is shown is what was read before. */
  failed = false;
  #listeners = new Set<() => void>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #reading = false;
  #again = false;
  readonly #onExpired: () => void;

  constructor(onExpired: () => void) {
    this.#onExpired = onExpired;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Something is new: read soon. */
  readonly changed = (): void => {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.read(), TOGETHER_MS);
  };

  async read(): Promise<void> {
    this.#again = this.#reading;
    if (this.#reading) return;
    this.#reading = true;
    try {
      const { threads, orders, nextCursor } = await hub.threads();
      const first = new Set(threads.map(({ id }) => id));
      // Further pages that were asked for stay.
      const older = (this.threads ?? []).filter(({ id }) => !first.has(id));
      this.threads = [...threads, ...older];
      this.orders = orders;
      if (older.length === 0) this.nextCursor = nextCursor;
      this.failed = false;
    } catch (error) {
      this.#caught(error);
    }
    this.#reading = false;
    this.#tell();
    if (this.#again) void this.read();
  }

  /** The threads before those that are shown. */
  async readOlder(): Promise<void> {
    if (this.nextCursor === null) return;
    try {
      const { threads, nextCursor } = await hub.threads(this.nextCursor);
      const known = new Set(threads.map(({ id }) => id));
      this.threads = [...(this.threads ?? []).filter(({ id }) => !known.has(id)), ...threads];
      this.nextCursor = nextCursor;
    } catch (error) {
      this.#caught(error);
    }
    this.#tell();
  }

  /** Listens for changes while no thread is open (an open one has a connection of its own). Returns the way out. */
  listen(): () => void {
    const socket = openSocket("/buyer", {});
    socket.on("threads:changed", this.changed);
    // What came while the connection was cut.
    socket.on("session", this.changed);
    // The hub ended it, as when the buyer is signed out elsewhere or is another contact's now: reading tells.
    socket.on("disconnect", (reason) => {
      if (reason !== "io server disconnect") return;
      this.changed();
      socket.connect();
    });
    return () => void socket.disconnect();
  }

  #caught(error: unknown): void {
    if (error instanceof ApiError && error.code === "link_expired") this.#onExpired();
    else this.failed = true;
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** What was said about one order, or about none. */
export interface Group {
  order: BuyerOrder | undefined;
  /** The shop's id of an order it does not know more of. */
  orderId: string | undefined;
  threads: BuyerThread[];
  /** Of its newest message; for an order without any, when it was placed. */
  at: string;
}

/** Threads by order, the group with the newest message first; orders without messages keep their place by date. */
export function groupThreads(threads: readonly BuyerThread[], orders: readonly BuyerOrder[]): Group[] {
  const groups = new Map<string, Group>();
  for (const order of orders) {
    groups.set(order.orderId, { order, orderId: order.orderId, threads: [], at: order.orderedAt });
  }
  for (const thread of threads) {
    const key = thread.orderId ?? "";
    const group = groups.get(key) ?? { order: undefined, orderId: thread.orderId, threads: [], at: "" };
    const first = group.threads.length === 0;
    group.threads.push(thread);
    if (first || thread.lastActivityAt > group.at) group.at = thread.lastActivityAt;
    groups.set(key, group);
  }
  const sorted = [...groups.values()].sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
  for (const { threads: inside } of sorted) inside.sort((a, b) => (a.lastActivityAt < b.lastActivityAt ? 1 : -1));
  return sorted;
}
