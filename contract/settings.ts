import { z } from "zod";
import { botSettingsSchema } from "./bot.ts";
import { idSchema, instantSchema, localeSchema, localizedTextSchema } from "./common.ts";
import { businessHoursSchema } from "./hours.ts";
import { channelSchema } from "./message.ts";

export const roleSchema = z.enum(["agent", "supervisor", "admin"]);
export type Role = z.infer<typeof roleSchema>;

export const userSchema = z.object({
  id: idSchema,
  name: z.string(),
  email: z.string(),
  role: roleSchema,
  locale: localeSchema.optional(),
  /** The language they read messages in, where it is not the console's: others are translated beside the original. */
  readsIn: localeSchema.optional(),
  disabled: z.boolean(),
});
export type User = z.infer<typeof userSchema>;

export const loginSchema = z
  .object({ email: z.string().min(3).max(254), password: z.string().min(1).max(200) })
  .strict();
export const changePasswordSchema = z
  .object({ current: z.string().min(1).max(200), next: z.string().min(10).max(200) })
  .strict();

/** Who is logged in, with what the console needs to start. */
export const sessionSchema = z.object({
  user: userSchema,
  workspace: z.object({
    id: idSchema,
    name: z.string(),
    locale: localeSchema,
    /** When the team answers; null is always. */
    businessHours: businessHoursSchema.nullable().optional(),
  }),
  /** The one-time password is still in use; only changing it is allowed. */
  mustChangePassword: z.boolean(),
  demo: z.boolean(),
});
export type Session = z.infer<typeof sessionSchema>;

export const createUserSchema = z
  .object({
    name: z.string().min(1).max(100),
    email: z.email().max(254),
    role: roleSchema,
    password: z.string().min(10).max(200).optional(),
  })
  .strict();
export const updateUserSchema = z
  .object({
    name: z.string().min(1).max(100),
    role: roleSchema,
    locale: localeSchema,
    readsIn: localeSchema.nullable(),
    disabled: z.boolean(),
  })
  .partial()
  .strict();

/**
 * A platform's short name. It stands before its ids of buyers and orders (`acme:4711`), so that two platforms with the same
 * numbers never meet. What has no source is the shop's own: the ids that it also signs in the chat.
 */
export const sourceSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, "must be small letters, digits and dashes, such as my-market");

export const inboxSchema = z.object({
  id: idSchema,
  /** Counts changes: send it as `If-Match: "version"` to change only what you saw. */
  version: z.number().int(),
  key: z.string(),
  channel: channelSchema,
  name: z.string(),
  enabled: z.boolean(),
  /** The email inbox's address. */
  address: z.string().optional(),
  /** The platform whose ids its buyers and orders have; the shop's own when absent. */
  source: sourceSchema.optional(),
  greeting: localizedTextSchema,
  bot: botSettingsSchema,
  /** CSS colour #RRGGBB of the shop. */
  accent: z.string(),
  /** Web origins that may embed the widget; empty allows any. */
  allowedOrigins: z.array(z.string()),
  /** How long a reply sent at the console waits before it leaves, so that it can be taken back. 0: it leaves at once. */
  undoSeconds: z.number().int(),
  /** What this inbox's channel can do. */
  capabilities: z.object({
    html: z.boolean(),
    attachments: z.boolean(),
    typing: z.boolean(),
    readReceipts: z.boolean(),
    proactive: z.boolean(),
    maxLength: z.number().int(),
    /** Messages have a subject, copies (Cc, Bcc) and can be forwarded. */
    threads: z.boolean(),
  }),
});
export type Inbox = z.infer<typeof inboxSchema>;

export const createMailboxSchema = z
  .object({ channel: z.literal("email").optional(), name: z.string().min(1).max(100), address: z.email().max(254) })
  .strict();
/** A platform's own place for its messages: `key` stands in its addresses, `source` before its ids. */
export const createInsiteInboxSchema = z
  .object({
    channel: z.literal("insite"),
    name: z.string().trim().min(1).max(100),
    /** Made from the name when absent. */
    key: sourceSchema.optional(),
    /** The key when absent. Inboxes of one platform may share it. */
    source: sourceSchema.optional(),
  })
  .strict();
export const createInboxSchema = z.union([createMailboxSchema, createInsiteInboxSchema]);

export const updateInboxSchema = z
  .object({
    name: z.string().min(1).max(100),
    enabled: z.boolean(),
    greeting: localizedTextSchema,
    bot: botSettingsSchema.partial(),
    accent: z.string().regex(/^#[0-9a-fA-F]{6}$/, "must be a colour such as #4F46E5"),
    allowedOrigins: z.array(z.url()).max(50),
    undoSeconds: z.number().int().min(0).max(60),
  })
  .partial()
  .strict();

/** What an API key may do: a resource of the API (the first part of its path) and `read` (GET) or `write`. */
export const scopeSchema = z.string().regex(/^[a-z][a-z-]{0,39}:(read|write)$/, "must be such as orders:write");

export const apiKeySchema = z.object({
  id: idSchema,
  name: z.string(),
  /** The first characters, to tell keys apart. */
  prefix: z.string(),
  role: roleSchema,
  /** All that its role allows when absent. */
  scopes: z.array(scopeSchema).optional(),
  /** The one in-site inbox that it posts to and fetches replies from. */
  inboxKey: z.string().optional(),
  /** The platform whose ids it reports. */
  source: sourceSchema.optional(),
  createdAt: instantSchema,
  expiresAt: instantSchema.nullable(),
  lastUsedAt: instantSchema.nullable(),
});
export const createApiKeySchema = z
  .object({
    name: z.string().min(1).max(100),
    role: roleSchema.default("agent"),
    scopes: z.array(scopeSchema).min(1).max(50).optional(),
    /** Binds the key to an in-site inbox and its source: it posts and fetches there, reports orders, and nothing else. */
    inboxKey: z.string().min(1).max(64).optional(),
    /** Binds the key to a platform: its ids are kept apart from all others. */
    source: sourceSchema.optional(),
    expiresAt: z.iso.datetime({ offset: true }).optional(),
  })
  .strict();
export type ApiKey = z.infer<typeof apiKeySchema>;
