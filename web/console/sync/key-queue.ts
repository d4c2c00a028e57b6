import { type KeyPress, type Shortcut, shortcutFor } from "./shortcuts.ts";

/** Where text goes that is typed before its field has the focus. */
export interface TextPlace {
  insert(text: string): void;
  /** Takes the last character away. */
  erase(): void;
}

export interface KeyQueueOptions {
  /** Does what a shortcut means on this screen. A promise says that it takes time; false that nothing came of it. */
  run(shortcut: Shortcut): boolean | Promise<unknown>;
  now(): number;
  /** Resolves when the screen shows what has changed. */
  shown(): Promise<void>;
}

/** Where a key was pressed. */
export interface PressPlace {
  /** In a text field, where letters are text. */
  inField: boolean;
  /** In the composer; empty: with nothing written yet. */
  composer?: "empty" | "written" | undefined;
  /** On a button or link, which Enter and Space press. */
  onControl: boolean;
}

/** `c n` and `c r`, typed in one go, mean "take over and write a note" however fast the takeover was. */
const CHORD_MS = 1_500;
const MOST_KEYS = 2_000;
/** Moving on is not about the conversation that is still opening. */
const AT_ONCE: ReadonlySet<Shortcut> = new Set(["next", "previous", "search", "help"]);

/**
 * Decides what single keys mean while the screen is not ready for them. Keys pressed while a conversation opens or an action
 * runs wait and are applied in order; once a key has asked for the composer, what follows is text and never a shortcut,
 * also before the composer has the focus.
 */
export class KeyQueue {
  readonly #options: KeyQueueOptions;
  #queue: KeyPress[] = [];
  #holds = 0;
  #draining = false;
  #text = false;
  /** All that waits in the queue is text, wherever the focus is by now. */
  #restIsText = false;
  #takeovers = 0;
  #subject: string | undefined;
  #place: TextPlace | undefined;
  /** A takeover is under way or has just ended: the first key may still choose note or reply. */
  #chordUntil = 0;

  constructor(options: KeyQueueOptions) {
    this.#options = options;
  }

  /** True when the key was used up: the browser is to do nothing with it. */
  press(press: KeyPress, place: PressPlace): boolean {
    const chord = this.#chordOf(press);
    // With the focus there already, nothing waits that would have to come first.
    const next = place.composer === "empty" ? this.#queue.length === 0 : !place.inField && !this.#busy;
    if (chord && next) {
      this.#chordUntil = 0;
      return this.run(chord);
    }
    if (place.inField) {
      // What was typed before comes first; nothing is sent before its writer has seen it.
      if (place.composer && this.#queue.length > 0 && !press.ctrlKey && !press.metaKey) {
        return press.key === "Enter" || (isTyped(press) && this.#keep(press));
      }
      this.#chordUntil = 0;
      return false;
    }
    const modified = press.ctrlKey || press.metaKey || press.altKey;
    const shortcut = shortcutFor(press);
    if (modified || press.key === "Enter") {
      if (!shortcut) return this.#busy && press.key === "Enter" && !place.onControl;
      if (shortcut === "claim" && this.#busy) return this.#keep(press);
      return this.run(shortcut);
    }
    if (!isTyped(press) || (press.key === " " && place.onControl)) return this.#unheld(press);
    const first = this.#queue.length === 0 && !this.#text && this.#chordUntil === 0;
    if (this.#busy) return shortcut && first && AT_ONCE.has(shortcut) ? this.run(shortcut) : this.#keep(press);
    return this.#apply(press);
  }

  /** From here on letters are text, until a field has the focus or the reader turns elsewhere. */
  expectText(): void {
    this.#text = true;
    if (this.#busy) this.#restIsText = true;
  }

  /** The composer of the conversation that is shown. Returns the function that takes it away. */
  offer(place: TextPlace): () => void {
    this.#place = place;
    return () => {
      if (this.#place === place) this.#place = undefined;
    };
  }

  /** A field has the focus, or the reader clicked somewhere: what is typed goes where it is typed. */
  settled(): void {
    this.#text = false;
  }

  /** What the screen is about; keys that were meant for something else go nowhere. */
  about(subject: string): void {
    if (this.#subject !== undefined && this.#subject !== subject) this.clear();
    this.#subject = subject;
  }

  /** Forgets what waits. */
  clear(): void {
    this.#queue = [];
    this.#text = false;
    this.#restIsText = false;
    this.#chordUntil = 0;
  }

  /** Something is opening. Returns the function that says it is there. */
  hold(): () => void {
    this.#holds += 1;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#holds -= 1;
      void this.#drain();
    };
  }

  /** Keys wait until a takeover has ended; what follows is a choice of note or reply, or text. */
  async takeOver<Result>(work: () => Promise<Result>, { byKey }: { byKey: boolean }): Promise<Result> {
    const release = this.hold();
    this.#takeovers += 1;
    if (byKey) this.#chordUntil = Number.POSITIVE_INFINITY;
    try {
      return await work();
    } finally {
      await this.#options.shown();
      this.#takeovers -= 1;
      if (this.#chordUntil > 0) this.#chordUntil = this.#options.now() + CHORD_MS;
      else if (this.#queue.length > 0) this.expectText();
      release();
    }
  }

  /** This screen is taking a conversation over. */
  get takingOver(): boolean {
    return this.#takeovers > 0;
  }

  get #busy(): boolean {
    return this.#holds > 0 || this.#draining;
  }

  #chordOf(press: KeyPress): "note" | "reply" | undefined {
    if (this.#chordUntil < this.#options.now()) return undefined;
    // A capital begins a sentence.
    if (press.key !== press.key.toLowerCase()) return undefined;
    const shortcut = shortcutFor(press);
    return shortcut === "note" || shortcut === "reply" ? shortcut : undefined;
  }

  #unheld(press: KeyPress): boolean {
    if (press.key === "Escape") {
      const waited = this.#text || this.#queue.length > 0;
      this.clear();
      return waited;
    }
    return false;
  }

  #keep(press: KeyPress): boolean {
    if (this.#queue.length < MOST_KEYS) this.#queue.push(press);
    return true;
  }

  #apply(press: KeyPress): boolean {
    const chord = this.#chordOf(press);
    const afterTakeover = this.#chordUntil > this.#options.now();
    this.#chordUntil = 0;
    if (chord) return this.run(chord);
    if (afterTakeover) this.expectText();
    if (this.#text || this.#restIsText) {
      if (press.key === "Backspace") this.#place?.erase();
      else this.#place?.insert(press.key);
      return true;
    }
    const shortcut = shortcutFor(press);
    return shortcut !== undefined && this.run(shortcut);
  }

  /** Does what a shortcut means now; keys wait while it takes time. False where the screen has none. */
  run(shortcut: Shortcut): boolean {
    const done = this.#options.run(shortcut);
    if (typeof done === "boolean") return done;
    const release = this.hold();
    void done
      .catch(() => undefined)
      .then(() => this.#options.shown())
      .then(release);
    return true;
  }

  async #drain(): Promise<void> {
    if (this.#draining) return;
    this.#draining = true;
    try {
      await this.#options.shown();
      while (this.#holds === 0) {
        const press = this.#queue.shift();
        if (!press) break;
        this.#apply(press);
        // A key that changed the screen is shown before the next one counts.
        if (!this.#restIsText) await this.#options.shown();
      }
    } finally {
      this.#draining = false;
      if (this.#queue.length === 0) this.#restIsText = false;
    }
  }
}

/** One character, or the key that takes one away. */
function isTyped({ key }: KeyPress): boolean {
  return key === "Backspace" || [...key].length === 1;
}
