import { z } from "zod";
import { idSchema, instantSchema, pageQuerySchema } from "./common.ts";

const moneySchema = z.number().finite().min(0).max(1_000_000_000);

const ruleShape = {
  name: z.string().trim().min(1).max(100),
  enabled: z.boolean(),
  /** What it is for, as rules' actions name it: delay, lost … */
  reason: z.string().min(1).max(60),
  minDaysLate: z.number().int().min(0).max(365),
  /** Of the order, in its own currency. */
  minTotal: moneySchema.optional(),
  maxTotal: moneySchema.optional(),
  /** ISO 4217. Only for orders in this currency; a must for amounts. */
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, "must be a currency code such as EUR")
    .optional(),
  /** ISO 3166-1 alpha-2; all when empty. */
  countries: z.array(z.string().regex(/^[A-Z]{2}$/, "must be a country code such as MX")).max(250),
  /** One of the order's items is of one of these; all when empty. */
  categories: z.array(z.string().min(1).max(200)).max(100),
  kind: z.enum(["amount", "percent"]),
  /** In the main unit, or in percent of the order's total. */
  value: z.number().positive().max(1_000_000),
  /** No more than this, in the order's currency. */
  most: moneySchema.nullable(),
  /** Above this a person has to agree; null when nobody has to. */
  approvalAbove: moneySchema.nullable(),
};

function sound(
  { kind, value, currency }: { kind?: string | undefined; value?: number | undefined; currency?: string | undefined },
  issues: z.core.$RefinementCtx,
): void {
  if (kind === "percent" && value !== undefined && value > 100) {
    issues.addIssue({ code: "custom", path: ["value"], message: "must be at most 100 percent" });
  }
  if (kind === "amount" && currency === undefined) {
    issues.addIssue({ code: "custom", path: ["currency"], message: "must be given with an amount" });
  }
}

export const compensationRuleInputSchema = z
  .object({
    ...ruleShape,
    enabled: ruleShape.enabled.default(true),
    minDaysLate: ruleShape.minDaysLate.default(0),
    countries: ruleShape.countries.default([]),
    categories: ruleShape.categories.default([]),
    most: ruleShape.most.default(null),
    approvalAbove: ruleShape.approvalAbove.default(null),
  })
  .strict()
  .superRefine(sound);
export type CompensationRule = z.output<typeof compensationRuleInputSchema>;
export const updateCompensationRuleSchema = z.object(ruleShape).partial().strict();
export const compensationRuleSchema = z.object({
  id: idSchema,
  version: z.number().int(),
  ...ruleShape,
  createdAt: instantSchema,
  updatedAt: instantSchema,
});

/** awaiting: a person has to agree; due: asked of the seller's system; recorded: to be paid by hand; failed: it refused. */
export const compensationStateSchema = z.enum([
  "awaiting",
  "due",
  "credited",
  "recorded",
  "paid",
  "rejected",
  "failed",
]);
export type CompensationState = z.infer<typeof compensationStateSchema>;

export const compensationSchema = z.object({
  id: idSchema,
  /** The shop's. */
  orderId: z.string(),
  orderNumber: z.string(),
  reason: z.string(),
  buyer: z.object({ id: idSchema.optional(), name: z.string() }),
  rule: z.object({ id: idSchema, name: z.string() }),
  amount: z.number(),
  currency: z.string(),
  state: compensationStateSchema,
  failure: z.string().optional(),
  decidedBy: z.string().optional(),
  createdAt: instantSchema,
  updatedAt: instantSchema,
});
export type Compensation = z.output<typeof compensationSchema>;

export const compensationQuerySchema = pageQuerySchema.extend({ state: compensationStateSchema.optional() });
/** approve and reject what awaits; `paid` is what was paid by hand; `retry` asks the seller's system again. */
export const decideCompensationSchema = z.object({ decision: z.enum(["approve", "reject", "paid", "retry"]) }).strict();

/** What the seller's address gets, with `Idempotency-Key: id`: the same in every try. */
export const creditRequestSchema = z.object({
  id: idSchema,
  orderId: z.string(),
  reason: z.string(),
  amount: z.number(),
  currency: z.string(),
  buyer: z.object({ externalId: z.string().optional(), name: z.string() }),
});
