import { getPreferences } from "../preferences.ts";
import { KeyQueue } from "../sync/key-queue.ts";
import { isSearchChord, type Shortcut } from "../sync/shortcuts.ts";

/** What a screen does for a shortcut. A promise says that it takes time: later keys wait for it. */
export type Handlers = Partial<Record<Shortcut, () => unknown>>;

const FIELDS = "input, textarea, select, [contenteditable=true], [role=menu], [role=listbox], [role=slider]";
const CONTROLS = "a, button, summary, [role=button]";
const NOT_SHOWN_MS = 100;
let stack: Handlers[] = [];

/** The keys of the whole console, from the first moment on: what is pressed while it starts waits for it. */
export const keyQueue = new KeyQueue({
  run(shortcut) {
    const done = stack.findLast((each) => each[shortcut])?.[shortcut];
    if (!done) return false;
    const result = done();
    return result instanceof Promise ? result : true;
  },
  now: () => performance.now(),
  shown: () =>
    new Promise((resolve) => {
      // A tab in the background draws nothing.
      const timer = setTimeout(resolve, NOT_SHOWN_MS);
      requestAnimationFrame(() =>
        requestAnimationFrame(() => {
          clearTimeout(timer);
          resolve();
        }),
      );
    }),
});

/** Gives shortcuts to the screen that registered last. Returns the function that takes them away. */
export function registerShortcuts(handlers: Handlers): () => void {
  stack.push(handlers);
  return () => {
    stack = stack.filter((each) => each !== handlers);
  };
}

/** Does what a shortcut does, from elsewhere, as from inside a text field. False where no screen has it. */
export function runShortcut(shortcut: Shortcut): boolean {
  return keyQueue.run(shortcut);
}

/** Where letters are text, or mean something of its own. */
export function isTextField(element: Element | null | undefined): boolean {
  return element?.closest(FIELDS) != null;
}

/** Listens to the keys of the page. Returns the function that stops it. */
export function listenForKeys(): () => void {
  const pressed = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing || event.key === "Process") return;
    if (document.querySelector("[aria-modal=true]")) return;
    const chord = event.ctrlKey || event.metaKey;
    if (!getPreferences().shortcuts && !chord) return;
    const target = event.target instanceof Element ? event.target : undefined;
    const composer = target?.closest("[data-composer-box]");
    const inField = isTextField(target) && !isSearchChord(event);
    const used = keyQueue.press(event, {
      inField,
      onControl: target?.closest(CONTROLS) != null,
      ...(composer && { composer: writtenIn(composer) === "" ? "empty" : "written" }),
    });
    if (used) event.preventDefault();
  };
  const focused = (event: FocusEvent) => {
    if (event.target instanceof Element && isTextField(event.target)) keyQueue.settled();
  };
  const clicked = () => keyQueue.settled();
  window.addEventListener("keydown", pressed);
  window.addEventListener("focusin", focused);
  window.addEventListener("pointerdown", clicked);
  return () => {
    window.removeEventListener("keydown", pressed);
    window.removeEventListener("focusin", focused);
    window.removeEventListener("pointerdown", clicked);
  };
}

function writtenIn(box: Element): string {
  return box instanceof HTMLTextAreaElement ? box.value : (box.textContent ?? "");
}
