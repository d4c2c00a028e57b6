import type { Role } from "../../contract/settings.ts";
import { AppError } from "../errors.ts";
import type { Viewer } from "./viewer.ts";

/** Who may do what. Each line is one thing a person can do; the table is the whole policy of roles. */
export const PERMISSIONS = {
  "conversations.read": ["agent", "supervisor", "admin"],
  "conversations.reply": ["agent", "supervisor", "admin"],
  /** Give a conversation to someone else, or take it from them. */
  "conversations.assign_any": ["supervisor", "admin"],
  "contacts.edit": ["agent", "supervisor", "admin"],
  /** Say that two contacts are one person, or that they are not. */
  "contacts.merge": ["agent", "supervisor", "admin"],
  "contacts.delete": ["supervisor", "admin"],
  /** What may have been mixed up and only a person can judge. */
  "contacts.review": ["supervisor", "admin"],
  "faqs.read": ["agent", "supervisor", "admin"],
  "faqs.edit": ["supervisor", "admin"],
  "inboxes.read": ["agent", "supervisor", "admin"],
  "inboxes.edit": ["admin"],
  "inboxes.secret": ["admin"],
  "bot.preview": ["agent", "supervisor", "admin"],
  "bot.read": ["agent", "supervisor", "admin"],
  /** What the bot may say, when it hands over, what it may cost. */
  "bot.edit": ["supervisor", "admin"],
  "documents.read": ["agent", "supervisor", "admin"],
  "documents.edit": ["supervisor", "admin"],
  "canned_responses.read": ["agent", "supervisor", "admin"],
  "canned_responses.edit": ["supervisor", "admin"],
  "workspace.read": ["agent", "supervisor", "admin"],
  "workspace.edit": ["admin"],
  /** Names of colleagues, to assign to. */
  "users.read": ["agent", "supervisor", "admin"],
  "users.edit": ["admin"],
  "api_keys.read": ["admin"],
  "api_keys.edit": ["admin"],
  "webhooks.edit": ["admin"],
  "orders.read": ["agent", "supervisor", "admin"],
  /** What a shop's or platform's system does, by API key. */
  "orders.report": ["agent", "supervisor", "admin"],
  "orders.edit": ["supervisor", "admin"],
  "orders.import": ["supervisor", "admin"],
  "integrations.edit": ["admin"],
  "insite.post": ["agent", "supervisor", "admin"],
  /** Open a buyer's messages for whoever holds the link: for the shop's own server. */
  "buyer_links.create": ["supervisor", "admin"],
  /** End a buyer's sessions and take back the links to their messages. */
  "buyers.sign_out": ["supervisor", "admin"],
  "automations.read": ["agent", "supervisor", "admin"],
  "automations.edit": ["supervisor", "admin"],
  /** Agree to what buyers are credited. */
  "compensations.approve": ["supervisor", "admin"],
  /** Every mail that the hub would have sent, and writing as a buyer. */
  "demo.mailbox": ["admin"],
  "metrics.read": ["admin"],
  "database.read": ["admin"],
} as const satisfies Record<string, readonly Role[]>;

export type Permission = keyof typeof PERMISSIONS;

export function can(viewer: Pick<Viewer, "role">, permission: Permission): boolean {
  return (PERMISSIONS[permission] as readonly Role[]).includes(viewer.role);
}

/** @throws AppError forbidden */
export function requirePermission(viewer: Pick<Viewer, "role">, permission: Permission): void {
  requireRole(viewer, PERMISSIONS[permission]);
}

/** @throws AppError forbidden, naming the roles that may */
export function requireRole(viewer: Pick<Viewer, "role">, roles: readonly Role[]): void {
  if (!roles.includes(viewer.role)) throw new AppError("forbidden", { roles: [...roles] });
}

/**
 * A key that is bound to a platform is for what a platform does alone, whatever its role.
 * @throws AppError forbidden, naming what it is bound to
 */
export function requireUnbound({ bound }: Pick<Viewer, "bound">): void {
  if (bound) throw new AppError("forbidden", { bound });
}

/**
 * An API key may be narrowed to scopes, such as `orders:write`; its role still bounds it. A login, or a key without
 * scopes, may what its role may.
 * @throws AppError forbidden, naming the scope
 */
export function requireScope(viewer: Pick<Viewer, "scopes">, scope: string): void {
  if (viewer.scopes && !viewer.scopes.includes(scope)) throw new AppError("forbidden", { scope });
}
