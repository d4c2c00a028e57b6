import { describe, expect, it } from "vitest";
import { KeyQueue, type PressPlace } from "../../../web/console/sync/key-queue.ts";
import { composerChord, type KeyPress, type Shortcut } from "../../../web/console/sync/shortcuts.ts";

const OUTSIDE: PressPlace = { inField: false, onControl: false };
const EMPTY_BOX: PressPlace = { inField: true, onControl: false, composer: "empty" };

function desk() {
  let clock = 1_000;
  let finish: (() => void) | undefined;
  const done: Shortcut[] = [];
  const place = {
    text: "",
    insert(text: string) {
      place.text += text;
    },
    erase() {
      place.text = place.text.slice(0, -1);
    },
  };
  const answered = () =>
    new Promise<void>((resolve) => {
      finish = resolve;
    });
  const keys: KeyQueue = new KeyQueue({
    run(shortcut) {
      done.push(shortcut);
      if (shortcut === "reply" || shortcut === "note") keys.expectText();
      return shortcut === "claim" ? keys.takeOver(answered, { byKey: true }) : true;
    },
    now: () => clock,
    shown: async () => undefined,
  });
  keys.offer(place);
  const type = (text: string, where = OUTSIDE) => [...text].map((key) => keys.press(press({ key }), where));
  const pass = (ms: number) => {
    clock += ms;
  };
  return { keys, done, place, type, pass, claimed: () => finish?.() };
}
const press = (change: Partial<KeyPress>): KeyPress => ({
  key: "",
  code: "",
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...change,
});

describe("keys pressed before the screen is ready for them", () => {
  it("wait for the conversation and are applied in order: take over, note, text", async () => {
    const { keys, done, place, type, claimed } = desk();
    const opened = keys.hold();
    type("cnsee label");
    expect(done).toEqual([]);
    opened();
    await expect.poll(() => done).toEqual(["claim"]);
    claimed();
    await expect.poll(() => place.text).toBe("see label");
    expect(done).toEqual(["claim", "note"]);
  });

  it("are text after a takeover that is slow, never shortcuts", async () => {
    const { done, place, type, claimed } = desk();
    type("c");
    type("Hello, let me see");
    claimed();
    await expect.poll(() => place.text).toBe("Hello, let me see");
    expect(done).toEqual(["claim"]);
  });

  it("are text once a key has asked for the composer, until a field has the focus or somebody clicks", () => {
    const { keys, done, place, type } = desk();
    type("reels");
    keys.press(press({ key: "Backspace" }), OUTSIDE);
    expect(place.text).toBe("eel");
    keys.settled();
    type("e");
    expect(done).toEqual(["reply", "resolve"]);
  });

  it("come before what is typed in the composer meanwhile, and nothing is sent unseen", async () => {
    const { keys, place, type } = desk();
    const opened = keys.hold();
    type("rone ");
    expect(type("two", EMPTY_BOX)).toEqual([true, true, true]);
    expect(keys.press(press({ key: "Enter" }), EMPTY_BOX)).toBe(true);
    opened();
    await expect.poll(() => place.text).toBe("one two");
  });

  it("go nowhere when another conversation is opened, or on Escape", async () => {
    const { keys, done, place, type } = desk();
    keys.about("one");
    const opened = keys.hold();
    type("ne");
    keys.about("two");
    type("ce");
    keys.press(press({ key: "Escape" }), OUTSIDE);
    opened();
    type("a");
    await expect.poll(() => done).toEqual(["assign"]);
    expect(place.text).toBe("");
  });

  it("move on to the next conversation at once while one opens", () => {
    const { keys, done, type } = desk();
    keys.hold();
    type("j");
    expect(done).toEqual(["next"]);
  });
});

describe("a private note right after the takeover", () => {
  it("is begun by `c n` however fast the takeover was", async () => {
    const { keys, done, type, claimed } = desk();
    type("c");
    claimed();
    await expect.poll(() => keys.takingOver).toBe(false);
    expect(type("n", EMPTY_BOX)).toEqual([true]);
    expect(done).toEqual(["claim", "note"]);
    expect(type("n", EMPTY_BOX)).toEqual([false]);
  });

  it("is not begun by a sentence, a later n, or in a box that has text", async () => {
    for (const [first, where, wait] of [
      ["N", EMPTY_BOX, 0],
      ["n", { ...EMPTY_BOX, composer: "written" as const }, 0],
      ["n", EMPTY_BOX, 2_000],
    ] as const) {
      const { keys, done, type, claimed, pass } = desk();
      type("c");
      claimed();
      await expect.poll(() => keys.takingOver).toBe(false);
      pass(wait);
      expect(type(first, where)).toEqual([false]);
      expect(done).toEqual(["claim"]);
    }
  });

  it("is chosen inside the composer by Alt+N on any keyboard, and by no letter", () => {
    expect(composerChord(press({ key: "n", code: "KeyN", altKey: true }), false)).toBe("note");
    expect(composerChord(press({ key: "т", code: "KeyN", altKey: true }), false)).toBe("note");
    expect(composerChord(press({ key: "Dead", code: "KeyN", altKey: true }), true)).toBe("note");
    expect(composerChord(press({ key: "r", code: "KeyR", altKey: true }), false)).toBe("reply");
    expect(composerChord(press({ key: "ń", code: "KeyN", altKey: true }), true)).toBeUndefined();
    expect(composerChord(press({ key: "b", code: "KeyN", altKey: true }), false)).toBeUndefined();
    expect(composerChord(press({ key: "n", code: "KeyN" }), false)).toBeUndefined();
  });
});
