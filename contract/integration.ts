import { z } from "zod";
import { fieldsSchema, idSchema, instantSchema, pageQuerySchema } from "./common.ts";

export const PLATFORMS = ["shopify", "woocommerce", "aftership", "ebay", "generic"] as const;
export const platformSchema = z.enum(PLATFORMS);
export type Platform = z.infer<typeof platformSchema>;

/** One thing that a platform needs to be told, for the settings screen. Texts are under `integrations.<platform>`. */
export const platformFieldSchema = z.object({
  name: z.string(),
  kind: z.enum(["text", "url", "choice", "mapping"]),
  required: z.boolean(),
  /** Never shown again once it is stored. */
  secret: z.boolean(),
  choices: z.array(z.string()).optional(),
  /** An example of what goes there. */
  example: z.string().optional(),
});

/** A platform that the hub can be connected to. */
export const platformInfoSchema = z.object({
  platform: platformSchema,
  name: z.string(),
  /** Who makes the signing secret: the platform shows one to paste here, or the hub makes one to paste there. */
  secretFrom: z.enum(["platform", "hub"]),
  /** What it tells of. */
  brings: z.array(z.enum(["orders", "messages"])),
  /** Replies go back to it without the platform having to fetch them. */
  sends: z.boolean(),
  /** Topics or events to subscribe to at the platform. */
  topics: z.array(z.string()),
  fields: z.array(platformFieldSchema),
  documentation: z.url(),
});
export type PlatformInfo = z.infer<typeof platformInfoSchema>;

const fieldValuesSchema = z.record(z.string().max(60), z.unknown());

export const createIntegrationSchema = z
  .object({
    platform: platformSchema,
    name: z.string().max(100).optional(),
    /** The signing secret, where the platform makes it. */
    secret: z.string().min(1).max(500).optional(),
    /** The in-site inbox for the platform's messages; the workspace's first when absent. */
    inboxId: idSchema.optional(),
    /** The platform's fields by name, as `GET /integrations/platforms` lists them. */
    settings: fieldValuesSchema.optional(),
  })
  .strict();

export const updateIntegrationSchema = z
  .object({ name: z.string().max(100), enabled: z.boolean(), inboxId: idSchema, settings: fieldValuesSchema })
  .partial()
  .strict();

/** A secret that the platform made; without one the hub makes it. */
export const rotateIntegrationSecretSchema = z.object({ secret: z.string().min(1).max(500).optional() }).strict();

/** waiting: nothing came yet; working; failing: the last event was refused or could not be taken in. */
export const integrationStatusSchema = z.enum(["waiting", "working", "failing", "off"]);

/** Why a platform's request is not taken in. */
export const refusalCodeSchema = z.enum(["invalid_signature", "stale_signature", "invalid_json", "invalid_request"]);
export type RefusalCode = z.infer<typeof refusalCodeSchema>;

export const integrationSchema = z.object({
  id: idSchema,
  platform: platformSchema,
  name: z.string(),
  enabled: z.boolean(),
  status: integrationStatusSchema,
  /** What to enter at the platform as the webhook's address. */
  url: z.string(),
  inboxId: idSchema.nullable(),
  /** Stands before its ids of buyers, such as `my-shop:`; the shop's own ids where it is empty. Null where it names no buyers. */
  source: z.string().nullable(),
  /** Without the secret ones; `secrets` names those that are set. */
  settings: fieldValuesSchema,
  secrets: z.array(z.string()),
  /** Counts changes: send it as `If-Match: "version"`. */
  version: z.number().int(),
  createdAt: instantSchema,
  lastEventAt: instantSchema.nullable(),
  /** Why the last request was refused, if it was, and when. */
  lastRefusal: z.object({ code: refusalCodeSchema, at: instantSchema }).nullable(),
  /** Events by what became of them. */
  events: z.object({ pending: z.number().int(), failed: z.number().int() }),
});
export type Integration = z.infer<typeof integrationSchema>;

/** `secret` verifies what the platform sends; where the hub made it, it is shown once. */
export const integrationWithSecretSchema = integrationSchema.extend({ secret: z.string().optional() });

/** ignored: of a topic we do not use, kept all the same. */
export const integrationEventStateSchema = z.enum(["pending", "done", "ignored", "failed"]);
export type IntegrationEventState = z.infer<typeof integrationEventStateSchema>;

/** What a platform sent, word for word, and what became of it. */
export const integrationEventSchema = z.object({
  id: idSchema,
  integrationId: idSchema,
  /** The platform's id of the delivery or event. */
  deliveryId: z.string(),
  topic: z.string(),
  state: integrationEventStateSchema,
  body: z.string(),
  tries: z.number().int(),
  /** Why it could not be taken in. */
  failure: z.string().optional(),
  /** The same in the reader's language, where the hub itself refused it. */
  failureText: z.string().optional(),
  /** What came of it: order events and messages. */
  orderIds: z.array(z.string()),
  conversationIds: z.array(idSchema),
  receivedAt: instantSchema,
});
export type IntegrationEvent = z.infer<typeof integrationEventSchema>;

export const integrationEventsQuerySchema = pageQuerySchema.extend({
  state: integrationEventStateSchema.optional(),
  fields: fieldsSchema(integrationEventSchema),
});
