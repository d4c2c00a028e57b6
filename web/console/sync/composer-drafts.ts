import { type KeyValueStore, removeByPrefix } from "../../ui/storage.ts";

export type ComposerMode = "reply" | "note";

const PREFIX = "parley.draft.";

/** What an agent has typed and not sent, per conversation and mode, kept on this device. */
export class ComposerDrafts {
  readonly #store: KeyValueStore;
  readonly #prefix: string;

  constructor(store: KeyValueStore, userId: string) {
    this.#store = store;
    this.#prefix = `${PREFIX}${userId}.`;
  }

  get(conversationId: string, mode: ComposerMode): string {
    return this.#store.getItem(`${this.#prefix}${conversationId}.${mode}`) ?? "";
  }

  set(conversationId: string, mode: ComposerMode, text: string): void {
    const key = `${this.#prefix}${conversationId}.${mode}`;
    try {
      if (text.trim()) this.#store.setItem(key, text);
      else this.#store.removeItem(key);
    } catch {
      // A full store: the text stays in the box.
    }
  }

  /** Leaves nothing of this person on a shared machine: called on logout, not when a session expires. */
  clear(): void {
    removeByPrefix(this.#store, this.#prefix);
  }
}
