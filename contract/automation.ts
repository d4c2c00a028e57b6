import { z } from "zod";
import { FIELD_NAMES, FIELDS, OPERATORS, TRIGGER_NAMES, TRIGGERS, type TriggerName } from "./automation-tables.ts";
import { idSchema, instantSchema, localeSchema, pageQuerySchema, webUrlSchema } from "./common.ts";
import { prioritySchema } from "./conversation.ts";
import { WEEKDAYS } from "./hours.ts";
import { channelSchema } from "./message.ts";
import { templateInputSchema } from "./template.ts";

/** `09:00`, on a clock of 24 hours. */
export const timeOfDaySchema = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "must be a time such as 09:00");
/** IANA name, such as Europe/Madrid. */
export const timeZoneSchema = z
  .string()
  .max(60)
  .refine((zone) => {
    try {
      new Intl.DateTimeFormat("en", { timeZone: zone });
      return true;
    } catch {
      return false;
    }
  }, "must be a time zone such as Europe/Madrid");

export const DURATION_UNITS = ["minutes", "hours", "days"] as const;
export const durationSchema = z
  .object({ amount: z.number().int().min(0).max(365), unit: z.enum(DURATION_UNITS) })
  .strict();
export type Duration = z.infer<typeof durationSchema>;

/** Looks again and again at orders or conversations, whatever happened to them. */
const scheduleSchema = z
  .object({
    type: z.literal("schedule"),
    over: z.enum(["orders", "conversations"]),
    at: timeOfDaySchema,
    timeZone: timeZoneSchema.default("UTC"),
    /** Every day when empty. */
    weekdays: z.array(z.enum(WEEKDAYS)).max(7).default([]),
    /** Only what was touched within so many days. */
    withinDays: z.number().int().min(1).max(90).default(30),
  })
  .strict();
const factNames = TRIGGER_NAMES.filter((name) => name !== "schedule") as Exclude<TriggerName, "schedule">[];
export const triggerSchema = z.discriminatedUnion("type", [
  z.object({ type: z.enum(factNames as [(typeof factNames)[number], ...typeof factNames]) }).strict(),
  scheduleSchema,
]);
export type Trigger = z.output<typeof triggerSchema>;

export const conditionSchema = z
  .object({
    field: z.enum(FIELD_NAMES as [(typeof FIELD_NAMES)[number], ...typeof FIELD_NAMES]),
    operator: z.string().max(20),
    value: z.union([
      z.string().max(500),
      z.number().finite(),
      z.boolean(),
      z.array(z.string().min(1).max(500)).min(1).max(100),
    ]),
  })
  .strict()
  .superRefine(({ field, operator, value }, issues) => {
    const { type } = FIELDS[field];
    const kinds: Record<string, string> = OPERATORS[type];
    const wanted = kinds[operator];
    if (!wanted) {
      const message = `must be one of: ${Object.keys(kinds).join(", ")}`;
      issues.addIssue({ code: "custom", path: ["operator"], message });
    } else if ((Array.isArray(value) ? "list" : typeof value) !== wanted) {
      issues.addIssue({ code: "custom", path: ["value"], message: `must be a ${wanted}` });
    }
  });
export type Condition = z.infer<typeof conditionSchema>;

/** Names the action in its rule, so that runs under way find their place after the rule was changed. Made when absent. */
const actionId = z
  .string()
  .regex(/^[a-z0-9_-]{1,24}$/)
  .optional();
const actionOf = <Type extends string, Shape extends z.ZodRawShape>(type: Type, shape: Shape) =>
  z.object({ id: actionId, type: z.literal(type), ...shape }).strict();

/** What a rule does. A new action is an entry here and one in `server/automation/actions.ts`. */
export const actionSchema = z.discriminatedUnion("type", [
  actionOf("send_template", {
    /** The template's key. */
    template: z.string().min(1).max(60),
    /** `auto`: where the buyer last wrote, else where the shop can begin. */
    channel: z.union([z.literal("auto"), channelSchema]).default("auto"),
  }),
  actionOf("label", { labels: z.array(z.string().min(1).max(60)).min(1).max(20), remove: z.boolean().default(false) }),
  actionOf("assign", { userId: idSchema }),
  actionOf("set_priority", { priority: prioritySchema }),
  /** By the first compensation rule of this reason that fits the order. */
  actionOf("credit_compensation", { reason: z.string().min(1).max(60) }),
  actionOf("webhook", { url: webUrlSchema }),
  actionOf("wait", { duration: durationSchema }),
  actionOf("stop", {}),
]);
export type Action = z.output<typeof actionSchema>;
export const ACTION_NAMES = actionSchema.options.map(({ shape }) => shape.type.value) as Action["type"][];

/** At most so many messages of the rule to one buyer within so many hours. */
export const capSchema = z
  .object({ most: z.number().int().min(1).max(100), hours: z.number().int().min(1).max(8_784) })
  .strict();

const shape = {
  name: z.string().trim().min(1).max(100),
  description: z.string().max(500),
  trigger: triggerSchema,
  /** After what triggered it. */
  delay: durationSchema,
  conditions: z.object({ match: z.enum(["all", "any"]), items: z.array(conditionSchema).max(20) }).strict(),
  actions: z.array(actionSchema).min(1).max(20),
  cap: capSchema.nullable(),
  /** Proactive messages wait for the buyer's daytime. */
  quietHours: z.boolean(),
  /** A message is held while the buyer has an open conversation, or wrote since the trigger. */
  holdWhenOpen: z.boolean(),
  /** A buyer who answers ends the sequence. */
  stopOnReply: z.boolean(),
  /** A message that could not leave so many hours after its time is not sent any more. */
  windowHours: z.number().int().min(1).max(720),
  /** What it sends may trigger other rules. */
  triggersOthers: z.boolean(),
};
const definitionShape = {
  ...shape,
  description: shape.description.default(""),
  delay: shape.delay.default({ amount: 0, unit: "minutes" }),
  conditions: shape.conditions.default({ match: "all", items: [] }),
  cap: shape.cap.default(null),
  quietHours: shape.quietHours.default(true),
  holdWhenOpen: shape.holdWhenOpen.default(true),
  stopOnReply: shape.stopOnReply.default(true),
  windowHours: shape.windowHours.default(72),
  triggersOthers: shape.triggersOthers.default(false),
};

/** Fields of another subject than the trigger's never hold anything: that is a mistake worth telling. */
function fitting(
  { trigger, conditions }: { trigger?: Trigger | undefined; conditions?: { items: Condition[] } | undefined },
  issues: z.core.$RefinementCtx,
): void {
  if (!trigger || !conditions) return;
  const known: readonly string[] =
    trigger.type === "schedule" ? [trigger.over === "orders" ? "order" : "conversation"] : TRIGGERS[trigger.type].about;
  for (const [index, { field }] of conditions.items.entries()) {
    const { of } = FIELDS[field];
    if (of === "buyer" || of === "time" || known.includes(of)) continue;
    const path = ["conditions", "items", index, "field"];
    issues.addIssue({ code: "custom", path, message: `is not known with the trigger ${trigger.type}` });
  }
}

export const definitionSchema = z.object(definitionShape).strict().superRefine(fitting);
export type Definition = z.output<typeof definitionSchema>;

export const createAutomationSchema = z
  .object({ ...definitionShape, enabled: z.boolean().default(false) })
  .strict()
  .superRefine(fitting);
/** What is not given stays. */
export const updateAutomationSchema = z
  .object({ ...shape, enabled: z.boolean() })
  .partial()
  .strict()
  .superRefine(fitting);
export type UpdateAutomation = z.output<typeof updateAutomationSchema>;

export const countersSchema = z.object({
  /** Times it was triggered and its conditions held. */
  triggered: z.number().int(),
  sent: z.number().int(),
  held: z.number().int(),
  cancelled: z.number().int(),
});

export const automationSchema = z.object({
  id: idSchema,
  /** Of a default rule: screens show `automations:defaults.<key>.name` while the name is the default one. */
  key: z.string().optional(),
  version: z.number().int(),
  enabled: z.boolean(),
  ...shape,
  /** It failed ten times in a row and stopped itself. */
  paused: z.object({ at: instantSchema, reason: z.string() }).nullable(),
  counters: countersSchema,
  createdAt: instantSchema,
  updatedAt: instantSchema,
  updatedBy: z.string().optional(),
});
export type Automation = z.output<typeof automationSchema>;

/** What came of a rule in the last 30 days. */
export const automationFiguresSchema = z.object({
  id: idSchema,
  sent: z.number().int(),
  /** Messages whose buyer has written since, in the same conversation. */
  answered: z.number().int(),
  held: z.number().int(),
});
export type AutomationFigures = z.output<typeof automationFiguresSchema>;

export const automationVersionSchema = z.object({
  version: z.number().int(),
  at: instantSchema,
  by: z.object({ id: idSchema.optional(), name: z.string() }),
  /** What was changed against the version before. */
  fields: z.array(z.string()),
  enabled: z.boolean(),
  definition: z.object(shape),
});
export type AutomationVersion = z.output<typeof automationVersionSchema>;

/** The form of export files: rules with the templates that they name. */
export const automationFileSchema = z
  .object({
    parley: z.literal("automations/1"),
    automations: z.array(createAutomationSchema.and(z.object({ key: z.string().max(60).optional() }).loose())).max(500),
    templates: z.array(templateInputSchema).max(500),
  })
  .strict();
export type AutomationFile = z.output<typeof automationFileSchema>;
export const importResultSchema = z.object({
  automations: z.object({ created: z.number().int(), updated: z.number().int() }),
  templates: z.object({ created: z.number().int(), updated: z.number().int() }),
});

export const outcomeSchema = z.enum(["sent", "done", "held", "deferred", "cancelled"]);
export type Outcome = z.infer<typeof outcomeSchema>;

/** Why a check-in was not sent, or not yet; texts at `automations:reasons.<reason>`. */
export const REASONS = [
  "rule_off",
  "rule_changed",
  "conditions",
  "order_gone",
  "order_ended",
  "order_returned",
  "order_moved_on",
  "not_late",
  "buyer_wrote",
  "conversation_open",
  "conversation_moved_on",
  "opted_out",
  "address_bounced",
  "no_channel",
  "quiet_hours",
  "buyer_cap",
  "rule_cap",
  "too_late",
  "missing_variable",
  "template_missing",
  "too_long",
  "loop",
  "awaiting",
  "failed",
  "by_hand",
] as const;
export const reasonSchema = z.enum(REASONS);
export type Reason = z.infer<typeof reasonSchema>;

export const checkInSchema = z.object({
  id: idSchema,
  automation: z.object({ id: idSchema, name: z.string(), key: z.string().optional() }),
  trigger: z.string(),
  /** The action it begins at. */
  step: z.string(),
  /** 1 for the first message of a sequence. */
  part: z.number().int(),
  /** Absent while nothing has come of it. */
  outcome: outcomeSchema.optional(),
  reason: reasonSchema.optional(),
  /** The variable that is missing, the error … */
  detail: z.string().optional(),
  /** When it is looked at next; null once it is decided. */
  dueAt: instantSchema.nullable(),
  finishedAt: instantSchema.nullable(),
  /** What was decided before, oldest first. */
  history: z.array(
    z.object({
      at: instantSchema,
      outcome: outcomeSchema,
      reason: reasonSchema.optional(),
      until: instantSchema.optional(),
    }),
  ),
  orderId: z.string().optional(),
  contactId: idSchema.optional(),
  conversationId: idSchema.optional(),
  messageId: idSchema.optional(),
  channel: channelSchema.optional(),
  occurredAt: instantSchema,
  createdAt: instantSchema,
});
export type CheckIn = z.infer<typeof checkInSchema>;

export const checkInQuerySchema = pageQuerySchema.extend({
  automation: idSchema.optional(),
  conversation: idSchema.optional(),
  contact: idSchema.optional(),
  /** The shop's id. */
  order: z.string().max(200).optional(),
  /** `waiting` is one without an outcome, or deferred. */
  outcome: z.union([outcomeSchema, z.literal("waiting")]).optional(),
});

export const dryRunSchema = z
  .object({
    /** A rule as it stands, or one that is not saved. */
    automationId: idSchema.optional(),
    definition: definitionSchema.optional(),
    days: z.number().int().min(1).max(30).default(7),
  })
  .strict()
  .refine(({ automationId, definition }) => (automationId === undefined) !== (definition === undefined), {
    message: "must have either automationId or definition",
  });
export const dryRunItemSchema = z.object({
  /** When it would have been sent or decided. */
  at: instantSchema,
  outcome: outcomeSchema,
  reason: reasonSchema.optional(),
  detail: z.string().optional(),
  part: z.number().int(),
  buyer: z.object({ id: idSchema.optional(), name: z.string() }),
  order: z.object({ id: z.string(), number: z.string() }).optional(),
  conversationId: idSchema.optional(),
  channel: channelSchema.optional(),
  locale: localeSchema.optional(),
  subject: z.string().optional(),
  text: z.string().optional(),
});
export const dryRunResultSchema = z.object({
  days: z.number().int(),
  /** Orders or conversations that were looked at. */
  looked: z.number().int(),
  /** There was more than is looked at. */
  truncated: z.boolean(),
  triggered: z.number().int(),
  wouldSend: z.number().int(),
  wouldHold: z.number().int(),
  /** Newest first, the first 200. */
  items: z.array(dryRunItemSchema),
});
export type DryRunResult = z.output<typeof dryRunResultSchema>;

const hoursSchema = z.object({ from: timeOfDaySchema, to: timeOfDaySchema }).strict();
export const automationSettingsSchema = z.object({
  /** Buyers' local times at which proactive messages wait. */
  quietHours: hoursSchema,
  /** Of all rules together, to one buyer. */
  buyerCap: capSchema,
  /** Credits are asked of this address; by hand when empty. */
  compensationUrl: z.union([z.literal(""), webUrlSchema]),
  version: z.number().int(),
});
export type AutomationSettings = z.output<typeof automationSettingsSchema>;
export const updateAutomationSettingsSchema = automationSettingsSchema.omit({ version: true }).partial().strict();
