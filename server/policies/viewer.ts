import type { Role } from "../../contract/settings.ts";

/**
 * Who acts: a logged-in user, or an API key, which acts with its own role under the key's name.
 * Every query of an action carries `workspaceId`, so that another workspace's data can not be reached.
 */
export interface Viewer {
  kind: "user";
  workspaceId: string;
  /** The user's id; for an API key the id of the user who made it. */
  userId: string;
  name: string;
  role: Role;
  /** The language the user chose for the console. */
  locale?: string;
  /** Set when an API key acts. */
  apiKeyId?: string;
  /** All that an API key may do of what its role may; absent when it may all of it. */
  scopes?: string[];
  /** An API key that is bound to a platform: it posts, fetches and reports for that one, and nothing else. */
  bound?: { inboxKey?: string; source?: string };
  /** When the key or login that acts runs out. */
  expiresAt?: Date;
  /** Set when a login session acts. */
  sessionId?: string;
  /** The one-time password is still in use: only changing it is allowed. */
  mustChangePassword?: boolean;
}
