import { browserStore, writeJson } from "../ui/storage.ts";
import type { TourStep } from "./tour.ts";

/** What the demo offers, as `GET /api/v1/demo` tells. */
export interface Demo {
  shop: boolean;
  mailbox: boolean;
  /** Where the shop's buyers write to by email. */
  address?: string;
  /** A sample customer as a shop's server would sign it. */
  customer?: { externalId: string; name: string; email: string; token: string; messages: string };
}

/** Without an answer nothing is offered. */
export async function readDemo(): Promise<Demo> {
  return (await readJson<Demo>("/api/v1/demo")) ?? { shop: false, mailbox: false };
}

/** What the console's session tells of the tour, once someone is logged in to it in this browser. */
export async function readAgentSteps(): Promise<TourStep[]> {
  // Asking without a session is a refusal in the browser's console: not before someone went there.
  if (!wasInConsole() || !(await readJson("/api/v1/auth/session"))) return [];
  const mine = await readJson<{ items: unknown[] }>(
    "/api/v1/conversations?assignee=me&status=open,snoozed,resolved&limit=1",
  );
  return mine && mine.items.length > 0 ? ["login", "claimed"] : ["login"];
}

const WENT_TO_CONSOLE = "parley.tour.console";

export function goesToConsole(): void {
  writeJson(browserStore(), WENT_TO_CONSOLE, true);
}

/** By the door of the start page, or straight: the console keeps drafts and preferences under these names. */
function wasInConsole(): boolean {
  const store = browserStore();
  for (let index = 0; index < store.length; index++) {
    if (/^parley\.(tour\.console|preferences|outbox|draft)/.test(store.key(index) ?? "")) return true;
  }
  return false;
}

async function readJson<T>(path: string): Promise<T | undefined> {
  try {
    const response = await fetch(path);
    return response.ok ? ((await response.json()) as T) : undefined;
  } catch {
    return undefined;
  }
}
