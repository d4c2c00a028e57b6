import { type KeyValueStore, readJson, removeByPrefix, writeJson } from "../../ui/storage.ts";

export type ComposerMode = "reply" | "note";

/** What belongs to a reply beside its text, on channels that have it. */
export interface DraftExtras {
  /** Written with formatting; the text is kept beside it. */
  html?: string;
  /** Absent: those of the message that is answered. */
  cc?: string[];
  bcc?: string[];
}

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

  extras(conversationId: string): DraftExtras {
    return readJson<DraftExtras>(this.#store, `${this.#prefix}${conversationId}.extras`) ?? {};
  }

  setExtras(conversationId: string, extras: DraftExtras): void {
    const empty = Object.values(extras).every((value) => value === undefined);
    writeJson(this.#store, `${this.#prefix}${conversationId}.extras`, empty ? undefined : extras);
  }

  /** Leaves nothing of this person on a shared machine: called on logout, not when a session expires. */
  clear(): void {
    removeByPrefix(this.#store, this.#prefix);
  }
}
