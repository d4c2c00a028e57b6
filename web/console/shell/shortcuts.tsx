import { Kbd, Modal } from "@mantine/core";
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from "react";
import { usePreferences } from "../preferences.ts";
import { isSearchChord, SHORTCUTS, type Shortcut, shortcutFor } from "../sync/shortcuts.ts";
import { useText } from "../texts.ts";
import styles from "./shell.module.css";

type Handlers = Partial<Record<Shortcut, () => void>>;
interface ShortcutsValue {
  register(handlers: Handlers): () => void;
  run(shortcut: Shortcut): boolean;
  helpOpen: boolean;
  setHelpOpen(open: boolean): void;
}
const ShortcutsContext = createContext<ShortcutsValue | null>(null);

/** Listens for the single keys once and gives them to the screen that registered for them last. */
export function ShortcutsProvider({ children }: { children: ReactNode }) {
  const stack = useRef<Handlers[]>([]);
  const [helpOpen, setHelpOpen] = useState(false);
  const { shortcuts: enabled } = usePreferences();
  const value = useMemo<ShortcutsValue>(
    () => ({
      register(handlers) {
        stack.current.push(handlers);
        return () => {
          stack.current = stack.current.filter((each) => each !== handlers);
        };
      },
      run(shortcut) {
        if (shortcut === "help") setHelpOpen(true);
        const handler = stack.current.findLast((each) => each[shortcut])?.[shortcut];
        handler?.();
        return shortcut === "help" || handler !== undefined;
      },
      helpOpen,
      setHelpOpen,
    }),
    [helpOpen],
  );
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const chord = event.ctrlKey || event.metaKey;
      if (event.defaultPrevented || event.isComposing || isBusyElsewhere(event.target, isSearchChord(event))) return;
      const shortcut = shortcutFor(event);
      if (!shortcut || (!enabled && !chord)) return;
      if (value.run(shortcut)) event.preventDefault();
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, [value, enabled]);
  return <ShortcutsContext value={value}>{children}</ShortcutsContext>;
}

/** Typing, or in a dialog or menu, where letters mean something else. A chord is no letter. */
function isBusyElsewhere(target: EventTarget | null, chord: boolean): boolean {
  if (document.querySelector("[aria-modal=true]")) return true;
  return (
    !chord &&
    target instanceof Element &&
    target.closest("input, textarea, select, [contenteditable=true], [role=menu], [role=listbox], [role=slider]") !==
      null
  );
}

/** Registers what the shortcuts do while the calling screen is shown. */
export function useShortcuts(handlers: Handlers): void {
  const { register } = useContext(ShortcutsContext)!;
  const latest = useRef(handlers);
  useEffect(() => {
    latest.current = handlers;
  });
  const names = Object.keys(handlers).sort().join(" ");
  useEffect(() => {
    const stable: Handlers = {};
    for (const name of names.split(" ") as Shortcut[]) stable[name] = () => latest.current[name]?.();
    return register(stable);
  }, [register, names]);
}

/** Runs a shortcut from elsewhere, as from inside a text field. */
export function useRunShortcut(): (shortcut: Shortcut) => boolean {
  return useContext(ShortcutsContext)!.run;
}

export function useShortcutsHelp() {
  const { helpOpen, setHelpOpen } = useContext(ShortcutsContext)!;
  return { toggle: () => setHelpOpen(!helpOpen) };
}

export function ShortcutsHelp() {
  const { t } = useText();
  const { helpOpen, setHelpOpen } = useContext(ShortcutsContext)!;
  const modifier = /Mac|iPhone|iPad/.test(navigator.platform) ? "⌘" : "Ctrl";
  return (
    <Modal opened={helpOpen} onClose={() => setHelpOpen(false)} title={t("shortcuts.title")}>
      <dl className={styles.keys}>
        {(Object.keys(SHORTCUTS) as Shortcut[]).map((name) => (
          <Keys key={name} label={t(`shortcuts.${name}`)}>
            <Kbd>{SHORTCUTS[name]}</Kbd>
            {name === "claim" && (
              <>
                {" / "}
                <Kbd>{modifier}</Kbd> + <Kbd>Enter</Kbd>
              </>
            )}
            {name === "search" && (
              <>
                {" / "}
                <Kbd>{modifier}</Kbd> + <Kbd>K</Kbd>
              </>
            )}
          </Keys>
        ))}
        <Keys label={t("composer.canned")}>
          <Kbd>/…</Kbd>
        </Keys>
        <Keys label={t("shortcuts.send")}>
          <Kbd>Enter</Kbd>
        </Keys>
        <Keys label={t("shortcuts.newLine")}>
          <Kbd>Shift</Kbd> + <Kbd>Enter</Kbd>
        </Keys>
      </dl>
    </Modal>
  );
}

function Keys({ label, children }: { label: string; children: ReactNode }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </>
  );
}
