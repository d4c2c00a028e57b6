import { Kbd, Modal } from "@mantine/core";
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from "react";
import { SHORTCUTS, type Shortcut } from "../sync/shortcuts.ts";
import { useText } from "../texts.ts";
import { type Handlers, keyQueue, registerShortcuts } from "./keys.ts";
import styles from "./shell.module.css";

interface HelpValue {
  helpOpen: boolean;
  setHelpOpen(open: boolean): void;
}
const HelpContext = createContext<HelpValue | null>(null);

/** Knows whether the list of shortcuts is open. */
export function ShortcutsProvider({ children }: { children: ReactNode }) {
  const [helpOpen, setHelpOpen] = useState(false);
  useShortcuts({ help: () => setHelpOpen(true) });
  return <HelpContext value={useMemo(() => ({ helpOpen, setHelpOpen }), [helpOpen])}>{children}</HelpContext>;
}

/** Registers what the shortcuts do while the calling screen is shown. */
export function useShortcuts(handlers: Handlers): void {
  const latest = useRef(handlers);
  useEffect(() => {
    latest.current = handlers;
  });
  const names = Object.keys(handlers).sort().join(" ");
  useEffect(() => {
    const stable: Handlers = {};
    for (const name of names.split(" ") as Shortcut[]) stable[name] = () => latest.current[name]?.();
    return registerShortcuts(stable);
  }, [names]);
}

/** While something opens, keys wait for it; they are applied in order once it is there. */
export function useHeldKeys(opening: boolean): void {
  useEffect(() => (opening ? keyQueue.hold() : undefined), [opening]);
}

export function useShortcutsHelp() {
  const { helpOpen, setHelpOpen } = useContext(HelpContext)!;
  return { toggle: () => setHelpOpen(!helpOpen) };
}

export function ShortcutsHelp() {
  const { t } = useText();
  const { helpOpen, setHelpOpen } = useContext(HelpContext)!;
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
            {name === "undo" && (
              <>
                {" / "}
                <Kbd>{modifier}</Kbd> + <Kbd>Z</Kbd>
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
        <Keys label={t("shortcuts.noteInside")}>
          <Kbd>{modifier === "⌘" ? "⌥" : "Alt"}</Kbd> + <Kbd>N</Kbd>
        </Keys>
        <Keys label={t("shortcuts.replyInside")}>
          <Kbd>{modifier === "⌘" ? "⌥" : "Alt"}</Kbd> + <Kbd>R</Kbd>
        </Keys>
        <Keys label={t("shortcuts.leave")}>
          <Kbd>Esc</Kbd>
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
