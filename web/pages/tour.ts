import { browserStore, readJson, writeJson } from "../ui/storage.ts";

/** What a newcomer tries first, in the order in which it makes sense. */
export const TOUR = ["shop", "asked", "automatic", "login", "claimed", "person", "mailed"] as const;
export type TourStep = (typeof TOUR)[number];

const KEY = "parley.tour";
const store = browserStore();

/** Steps done in this browser, as far as its own pages saw them. */
export function stepsDone(): Set<TourStep> {
  const done = readJson<unknown>(store, KEY);
  return new Set(TOUR.filter((step) => Array.isArray(done) && done.includes(step)));
}

/** Marks a step as done, here and on a start page that is open in another tab. */
export function markDone(...steps: TourStep[]): void {
  const done = stepsDone();
  if (steps.every((step) => done.has(step))) return;
  writeJson(store, KEY, [...done, ...steps]);
}

/** Calls back when another tab has marked a step. Returns the way out. */
export function onTourChange(listener: () => void): () => void {
  const changed = (event: StorageEvent) => {
    if (event.key === KEY || event.key === null) listener();
  };
  window.addEventListener("storage", changed);
  return () => window.removeEventListener("storage", changed);
}
