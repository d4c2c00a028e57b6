import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef } from "react";
import { isTextField, keyQueue } from "../../shell/keys.ts";

/** The editor for formatted text, once it is loaded. */
export interface EditorHandle {
  focus(): void;
  insert(text: string): void;
  erase(): void;
}

interface TextPlaceOptions {
  box: RefObject<HTMLTextAreaElement | null>;
  editor: RefObject<EditorHandle | null>;
  /** No text can be written now: what is typed is kept in the draft. */
  locked: boolean;
  mine: boolean;
  /** Changes the text that is kept, of the mode that is shown. */
  change(edit: (text: string) => string): void;
}

/**
 * The composer as the place for what is typed: also before its field is there or has the focus. Returns the function that
 * brings the focus there; after a key that asked for it, what is typed is text even where there is no field yet.
 */
export function useTextPlace({ box, editor, locked, mine, change }: TextPlaceOptions): (byKey?: boolean) => void {
  const focus = useCallback(
    (byKey = true) => {
      if (byKey) keyQueue.expectText();
      const element = box.current;
      if (element) {
        element.focus();
        element.setSelectionRange(element.value.length, element.value.length);
      } else editor.current?.focus();
      // One that had the focus already says nothing of it.
      if (isTextField(document.activeElement)) keyQueue.settled();
    },
    [box, editor],
  );

  const latest = useRef(change);
  useEffect(() => {
    latest.current = change;
  });
  useEffect(
    () =>
      keyQueue.offer({
        insert: (text) => (editor.current ? editor.current.insert(text) : latest.current((before) => before + text)),
        erase: () =>
          editor.current ? editor.current.erase() : latest.current((before) => [...before].slice(0, -1).join("")),
      }),
    [editor],
  );

  // Having just taken over here, the next thing is to write. Given by somebody else, it takes no keys away.
  const wasMine = useRef(mine);
  useEffect(() => {
    if (mine && !wasMine.current && keyQueue.takingOver) focus();
    wasMine.current = mine;
  }, [mine, focus]);

  // A colleague took it while one was writing: the field goes, and the rest of the sentence is no command.
  const writing = useRef(false);
  useLayoutEffect(() => {
    if (!locked) return;
    if (writing.current) keyQueue.expectText();
    writing.current = false;
  }, [locked]);
  useEffect(() => {
    const focused = (event: FocusEvent) => {
      writing.current = event.target instanceof Element && event.target.closest("[data-composer-box]") !== null;
    };
    // A field that is taken away may say that it lost the focus; a person leaves it in these ways.
    const left = (event: Event) => {
      if (!(event instanceof KeyboardEvent) || event.key === "Escape") writing.current = false;
    };
    document.addEventListener("focusin", focused);
    document.addEventListener("pointerdown", left);
    document.addEventListener("keydown", left);
    return () => {
      document.removeEventListener("focusin", focused);
      document.removeEventListener("pointerdown", left);
      document.removeEventListener("keydown", left);
    };
  }, []);
  return focus;
}
