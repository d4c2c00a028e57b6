import { useSyncExternalStore } from "react";
import { browserStore, readJson, writeJson } from "../ui/storage.ts";

/** What a person chose on this device. */
export interface Preferences {
  sound: boolean;
  desktop: boolean;
  /** Single-key shortcuts; some people's speech input or keyboard makes them go off by accident (WCAG 2.1.4). */
  shortcuts: boolean;
}

const KEY = "parley.preferences";
const DEFAULTS: Preferences = { sound: false, desktop: false, shortcuts: true };
const store = browserStore();
const listeners = new Set<() => void>();
let current: Preferences = { ...DEFAULTS, ...readJson<Partial<Preferences>>(store, KEY) };

export function getPreferences(): Preferences {
  return current;
}

export function setPreferences(change: Partial<Preferences>): void {
  current = { ...current, ...change };
  writeJson(store, KEY, current);
  for (const listener of listeners) listener();
}

export function usePreferences(): Preferences {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, getPreferences);
}
