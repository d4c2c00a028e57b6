import type { Role } from "../../contract/settings.ts";

/** The settings screens, in the order of the menu. */
export const SETTINGS = [
  "profile",
  "shop",
  "channels",
  "faq",
  "documents",
  "canned-responses",
  "bot",
  "team",
  "integrations",
  "webhooks",
  "api-keys",
] as const;
export type SettingsScreen = (typeof SETTINGS)[number];

const WHO: Record<SettingsScreen, readonly Role[]> = {
  profile: ["agent", "supervisor", "admin"],
  shop: ["admin"],
  channels: ["admin"],
  faq: ["supervisor", "admin"],
  documents: ["supervisor", "admin"],
  "canned-responses": ["supervisor", "admin"],
  bot: ["admin"],
  team: ["admin"],
  integrations: ["admin"],
  webhooks: ["admin"],
  "api-keys": ["admin"],
};

/** Whether a role gets a settings screen. The server decides again on every call; this only hides dead ends. */
export function canOpen(screen: SettingsScreen, role: Role): boolean {
  return WHO[screen].includes(role);
}

/** Whether a role gets rules for automatic messages and their templates. */
export function mayEditAutomations(role: Role): boolean {
  return role !== "agent";
}

/** Whether a role may end a buyer's sessions at the message centre. */
export function maySignBuyersOut(role: Role): boolean {
  return role !== "agent";
}

/** Whether a role brings in orders from files. */
export function mayImportOrders(role: Role): boolean {
  return role !== "agent";
}

/** Whether a role checks what may have been mixed up. */
export function mayReview(role: Role): boolean {
  return role !== "agent";
}
