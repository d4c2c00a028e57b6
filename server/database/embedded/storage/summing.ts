import { ALL_ROWS } from "./checksum.ts";
import type { Collection } from "./collection.ts";
import type { Store } from "./store.ts";

/** Rows that get their checksum in one go; with the pause, some thousands a second. */
const ROWS = 32;
const PAUSE_MS = 5;

/**
 * Gives the documents of a file that was made before there were checksums theirs, a few at a time. How far it came is stored
 * with each collection, so the next start goes on there.
 */
export class Summing {
  private readonly store: Store;
  private readonly collections: () => Iterable<Collection>;

  constructor(store: Store, collections: () => Iterable<Collection>) {
    this.store = store;
    this.collections = collections;
    this.schedule();
  }

  private schedule(): void {
    setTimeout(() => {
      if (!this.store.closed && this.step()) this.schedule();
    }, PAUSE_MS).unref();
  }

  /** True when there is more to do. */
  private step(): boolean {
    for (const collection of this.collections()) {
      if (collection.summed === ALL_ROWS) continue;
      try {
        collection.addSums(ROWS, (row) =>
          this.store.health.foundDamage(`a document of the collection ${collection.namespace} (row ${row}) is damaged`),
        );
      } catch (error) {
        // The disk is full or fails, or the file is damaged: whoever asks next is told so, and the next start goes on here.
        this.store.health.note(error);
        return false;
      }
      return true;
    }
    return false;
  }
}
