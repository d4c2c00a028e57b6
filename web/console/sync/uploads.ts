import type { Attachment } from "../../../contract/attachment.ts";
import { type KeyValueStore, readJson, removeByPrefix, writeJson } from "../../ui/storage.ts";

/** attachmentIdsSchema's most. */
const MOST = 10;
const PREFIX = "parley.files.";
const NONE: readonly Upload[] = [];

/** A file on its way, there, or refused. */
export interface Upload {
  key: string;
  name: string;
  size: number;
  /** 0 to 1. */
  progress: number;
  attachment?: Attachment;
  error?: string;
}

export interface UploadsOptions {
  store: KeyValueStore;
  userId: string;
  upload(file: File, onProgress: (share: number) => void, signal: AbortSignal): Promise<Attachment>;
  explain(error: unknown): string;
}

/**
 * Files attached and not sent yet, by where they were attached (a conversation's id, or another name of the caller's).
 * They go up at once, go on while another conversation is open, and those that are there survive a reload of the tab.
 */
export class Uploads {
  readonly #options: UploadsOptions;
  readonly #subscribers = new Set<() => void>();
  readonly #lists = new Map<string, readonly Upload[]>();
  readonly #aborts = new Map<string, AbortController>();
  readonly #prefix: string;
  #count = 0;

  constructor(options: UploadsOptions) {
    this.#options = options;
    this.#prefix = `${PREFIX}${options.userId}.`;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#subscribers.add(listener);
    return () => this.#subscribers.delete(listener);
  };

  get(place: string): readonly Upload[] {
    let list = this.#lists.get(place);
    if (!list) {
      const kept = readJson<Attachment[]>(this.#options.store, this.#prefix + place) ?? [];
      list = kept.length === 0 ? NONE : kept.map((attachment) => this.#there(attachment));
      this.#lists.set(place, list);
    }
    return list;
  }

  /** @param refuse why a file can not be sent, in words. */
  add(place: string, files: Iterable<File>, refuse: (file: File) => string | undefined): void {
    const room = Math.max(0, MOST - this.get(place).length);
    for (const file of [...files].slice(0, room)) {
      const error = refuse(file);
      const key = this.#key();
      this.#set(place, [...this.get(place), { key, name: file.name, size: file.size, progress: 0, error }]);
      if (!error) void this.#send(place, key, file);
    }
  }

  remove(place: string, key: string): void {
    this.#aborts.get(key)?.abort();
    this.#set(
      place,
      this.get(place).filter((each) => each.key !== key),
    );
  }

  /** Files of a message that was taken back, before those attached since. */
  restore(place: string, attachments: readonly Attachment[]): void {
    const back = attachments.map((attachment) => this.#there(attachment));
    this.#set(place, [...back, ...this.get(place)].slice(0, MOST));
  }

  /** The message is on its way: the box is empty again. */
  clear(place: string): void {
    this.#set(place, NONE);
  }

  /** Leaves nothing of this person on a shared machine. */
  forget(): void {
    for (const abort of this.#aborts.values()) abort.abort();
    this.#lists.clear();
    removeByPrefix(this.#options.store, this.#prefix);
  }

  async #send(place: string, key: string, file: File): Promise<void> {
    const abort = new AbortController();
    this.#aborts.set(key, abort);
    try {
      const attachment = await this.#options.upload(
        file,
        (progress) => this.#change(place, key, { progress }),
        abort.signal,
      );
      this.#change(place, key, { progress: 1, attachment });
    } catch (error) {
      this.#change(place, key, { error: this.#options.explain(error) });
    } finally {
      this.#aborts.delete(key);
    }
  }

  #there(attachment: Attachment): Upload {
    return { key: this.#key(), name: attachment.name, size: attachment.size, progress: 1, attachment };
  }

  #key(): string {
    this.#count += 1;
    return String(this.#count);
  }

  #change(place: string, key: string, part: Partial<Upload>): void {
    this.#set(
      place,
      this.get(place).map((each) => (each.key === key ? { ...each, ...part } : each)),
    );
  }

  #set(place: string, list: readonly Upload[]): void {
    this.#lists.set(place, list);
    const there = list.flatMap((each) => each.attachment ?? []);
    writeJson(this.#options.store, this.#prefix + place, there.length > 0 ? there : undefined);
    for (const listener of this.#subscribers) listener();
  }
}
