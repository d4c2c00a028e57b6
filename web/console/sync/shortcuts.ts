export const SHORTCUTS = {
  next: "j",
  previous: "k",
  reply: "r",
  note: "n",
  claim: "c",
  resolve: "e",
  snooze: "s",
  assign: "a",
  label: "l",
  undo: "z",
  search: "/",
  help: "?",
} as const;
export type Shortcut = keyof typeof SHORTCUTS;

export interface KeyPress {
  key: string;
  code: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
}

const LETTER = /^[a-z]$/;

/**
 * The command a key press means, outside text fields. By the letter typed; on a keyboard that types no Latin letters
 * (Cyrillic, Arabic, …), by the key's place.
 */
export function shortcutFor(press: KeyPress): Shortcut | undefined {
  if (press.key === "Enter" && (press.ctrlKey || press.metaKey) && !press.altKey) return "claim";
  if (isSearchChord(press)) return "search";
  if (press.ctrlKey || press.metaKey || press.altKey) return undefined;
  let key = press.key.toLowerCase();
  if (!LETTER.test(key) && key.length === 1 && key > "\u007f") {
    key = press.code.startsWith("Key") ? press.code.slice(3).toLowerCase() : press.code === "Slash" ? "/" : key;
  }
  return (Object.keys(SHORTCUTS) as Shortcut[]).find((name) => SHORTCUTS[name] === key);
}

/** Ctrl+K or ⌘K, which search from inside a text field too. */
export function isSearchChord(press: KeyPress): boolean {
  return (
    (press.ctrlKey || press.metaKey) && !press.altKey && (press.key.toLowerCase() === "k" || press.code === "KeyK")
  );
}

/**
 * Alt+N and Alt+R choose note or reply inside the composer, where letters are text. By the key's place where Alt makes no
 * letter; on a Mac, where Option writes another character, only if that is none of the language's letters.
 */
export function composerChord(press: KeyPress, mac: boolean): "note" | "reply" | undefined {
  if (!press.altKey || press.ctrlKey || press.metaKey) return undefined;
  const key = press.key.toLowerCase();
  if (LETTER.test(key)) return key === "n" ? "note" : key === "r" ? "reply" : undefined;
  if (mac && /^\p{L}$/u.test(key)) return undefined;
  return press.code === "KeyN" ? "note" : press.code === "KeyR" ? "reply" : undefined;
}
