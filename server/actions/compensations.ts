import { createHmac } from "node:crypto";
import { Types } from "mongoose";
import type { z } from "zod";
import type {
  CompensationRule,
  decideCompensationSchema,
  updateCompensationRuleSchema,
} from "../../contract/compensation.ts";
import { compensationRuleInputSchema } from "../../contract/compensation.ts";
import { daysLate } from "../automation/variables.ts";
import type { Context } from "../context.ts";
import { AppError, notFound } from "../errors.ts";
import {
  CompensationModel,
  type CompensationRecord,
  CompensationRuleModel,
  type CompensationRuleRecord,
} from "../models/compensation.ts";
import type { OrderRecord } from "../models/order.ts";
import { OutboundError } from "../outbound-http.ts";
import type { Viewer } from "../policies/viewer.ts";
import { automationSettings } from "../queries/automations.ts";
import { findCompensation, findCompensationRule, listCompensationRules } from "../queries/compensations.ts";
import { sign } from "../signing.ts";
import { validationError } from "../validation.ts";

const MOST_RULES = 200;
const TIMEOUT_MS = 10_000;

export async function createCompensationRule(
  ctx: Context,
  viewer: Viewer,
  input: CompensationRule,
): Promise<CompensationRuleRecord> {
  const workspaceId = new Types.ObjectId(viewer.workspaceId);
  if ((await CompensationRuleModel.countDocuments({ workspaceId })) >= MOST_RULES) {
    throw new AppError("conflict", { most: MOST_RULES });
  }
  const now = ctx.clock.now();
  const rule = { _id: new Types.ObjectId(), workspaceId, ...input, version: 1, createdAt: now, updatedAt: now };
  await CompensationRuleModel.create(rule);
  ctx.log.info({ audit: "compensation_rule.created", by: viewer.userId, ruleId: rule._id.toHexString() }, "created");
  return rule;
}

/** @throws AppError not_found, version_mismatch, invalid_request */
export async function updateCompensationRule(
  ctx: Context,
  viewer: Viewer,
  {
    id,
    change,
    version,
  }: { id: string; change: z.output<typeof updateCompensationRuleSchema>; version?: number | undefined },
): Promise<CompensationRuleRecord> {
  for (;;) {
    const seen = await findCompensationRule(viewer.workspaceId, id);
    if (version !== undefined && seen.version !== version) throw new AppError("version_mismatch");
    const names = Object.keys(compensationRuleInputSchema.shape) as (keyof CompensationRule)[];
    const before = Object.fromEntries(names.map((name) => [name, seen[name] ?? undefined]));
    const nulls = { most: seen.most, approvalAbove: seen.approvalAbove };
    const parsed = compensationRuleInputSchema.safeParse({ ...before, ...nulls, ...change });
    if (!parsed.success) throw validationError(parsed.error, "body");
    const rule = await CompensationRuleModel.findOneAndUpdate(
      { _id: id, workspaceId: viewer.workspaceId, version: seen.version },
      { $set: { ...parsed.data, updatedAt: ctx.clock.now() }, $inc: { version: 1 } },
      { returnDocument: "after" },
    ).lean<CompensationRuleRecord>();
    if (rule) return rule;
  }
}

export async function deleteCompensationRule(_ctx: Context, viewer: Viewer, { id }: { id: string }): Promise<void> {
  const { deletedCount } = await CompensationRuleModel.deleteOne({ _id: id, workspaceId: viewer.workspaceId });
  if (deletedCount === 0) throw notFound("compensation_rule");
}

type Matched = Pick<OrderRecord, "total" | "currency" | "items" | "buyer" | "promisedAt" | "deliveredAt">;

/** What an order gets by the first rule that fits, to the cent; undefined when none does. */
export function compensationOf(
  rules: readonly CompensationRuleRecord[],
  order: Matched,
  reason: string,
  now: Date,
): { rule: CompensationRuleRecord; amount: number; currency: string } | undefined {
  const { total, currency } = order;
  const rule = rules.find(
    (one) =>
      one.enabled &&
      one.reason === reason &&
      daysLate(order, now) >= one.minDaysLate &&
      (one.minTotal === undefined || (total !== undefined && total >= one.minTotal)) &&
      (one.maxTotal === undefined || (total !== undefined && total <= one.maxTotal)) &&
      (one.currency === undefined || one.currency === currency) &&
      (one.kind === "amount" || total !== undefined) &&
      (one.countries.length === 0 || (order.buyer.country && one.countries.includes(order.buyer.country))) &&
      (one.categories.length === 0 ||
        order.items.some(({ category }) => category && one.categories.includes(category))),
  );
  if (!rule || !currency) return undefined;
  const raw = rule.kind === "percent" ? ((total ?? 0) * rule.value) / 100 : rule.value;
  const digits =
    new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
  // Never more than was paid.
  const capped = Math.min(raw, rule.most ?? raw, total ?? raw);
  const amount = Math.round(capped * 10 ** digits) / 10 ** digits;
  return amount > 0 ? { rule, amount, currency } : undefined;
}

/**
 * Credits an order once for a reason, whoever asks how often: the first asker's sum stands. Undefined when no rule fits.
 * @throws OutboundError, AppError unavailable while the seller's system does not take it: ask again
 */
export async function creditOrder(
  ctx: Context,
  { order, reason }: { order: OrderRecord; reason: string },
): Promise<CompensationRecord | undefined> {
  const { workspaceId, orderId } = order;
  const known = await CompensationModel.findOne({ workspaceId, orderId, reason }).lean<CompensationRecord>();
  const credit = known ?? (await newCredit(ctx, order, reason));
  return credit?.state === "due" ? settle(ctx, credit) : credit;
}

async function newCredit(ctx: Context, order: OrderRecord, reason: string): Promise<CompensationRecord | undefined> {
  const now = ctx.clock.now();
  const { workspaceId, orderId } = order;
  const found = compensationOf(await listCompensationRules(workspaceId), order, reason, now);
  if (!found) return undefined;
  const { rule, amount, currency } = found;
  const { compensationUrl } = await automationSettings(workspaceId);
  const waits = rule.approvalAbove !== null && amount > rule.approvalAbove;
  const state = waits ? "awaiting" : compensationUrl ? "due" : "recorded";
  const record = {
    orderNumber: order.number,
    buyerName: order.buyer.name ?? "",
    ruleId: rule._id,
    ruleName: rule.name,
    amount,
    currency,
    state,
    tries: 0,
    createdAt: now,
    updatedAt: now,
    ...(order.contactId && { contactId: order.contactId }),
    ...(compensationUrl && { url: compensationUrl }),
  };
  const stored = await CompensationModel.findOneAndUpdate(
    { workspaceId, orderId, reason },
    { $setOnInsert: record },
    { upsert: true, returnDocument: "after" },
  ).lean<CompensationRecord>();
  ctx.log.info({ orderId, reason, amount, currency, state }, "compensation");
  return stored ?? undefined;
}

/** Asks the seller's system. It counts the id once, so asking again after a crash pays nothing twice. */
async function settle(ctx: Context, credit: CompensationRecord): Promise<CompensationRecord> {
  if (!credit.url) return credit;
  const body = JSON.stringify({
    id: credit._id.toHexString(),
    orderId: credit.orderId,
    reason: credit.reason,
    amount: credit.amount,
    currency: credit.currency,
    buyer: { name: credit.buyerName },
  });
  const status = await post(ctx, {
    url: credit.url,
    body,
    key: credit._id.toHexString(),
    workspaceId: credit.workspaceId,
  });
  if (status >= 200 && status < 300) return (await move(ctx, credit, "credited")) ?? credit;
  // A refusal stays one; anything else may pass.
  if (status >= 400 && status < 500 && status !== 408 && status !== 409 && status !== 425 && status !== 429) {
    return (await move(ctx, credit, "failed", { failure: `HTTP ${status}` })) ?? credit;
  }
  throw new AppError("unavailable", { status });
}

/**
 * A signed call to an address of the seller's, the same in every try. The signature is like a webhook's, under the secret of
 * `automationSecret`. Returns the status.
 * @throws OutboundError when there is no answer
 */
export async function post(
  ctx: Context,
  { url, body, key, workspaceId }: { url: string; body: string; key: string; workspaceId: Types.ObjectId },
): Promise<number> {
  const timestamp = String(Math.floor(ctx.clock.now().getTime() / 1_000));
  const signature = createHmac("sha256", automationSecret(ctx, workspaceId))
    .update(`${timestamp}.${body}`)
    .digest("hex");
  const { status } = await ctx.outbound.request(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "user-agent": "Parley-Automations/1",
      "idempotency-key": key,
      "x-parley-delivery": key,
      "x-parley-timestamp": timestamp,
      "x-parley-signature": `sha256=${signature}`,
    },
    body,
    timeoutMs: TIMEOUT_MS,
    maxBytes: 16 * 1024,
  });
  return status;
}

/** What signs the calls of a workspace's rules. */
export function automationSecret(ctx: Context, workspaceId: Types.ObjectId | string): string {
  return `ausec_${sign(ctx.config.secretKey, "automations", String(workspaceId))}`;
}

async function move(
  ctx: Context,
  credit: Pick<CompensationRecord, "_id" | "state">,
  state: CompensationRecord["state"],
  more: { failure?: string; decidedBy?: string } = {},
): Promise<CompensationRecord | null> {
  return CompensationModel.findOneAndUpdate(
    { _id: credit._id, state: credit.state },
    { $set: { state, updatedAt: ctx.clock.now(), ...more }, $inc: { tries: 1 } },
    { returnDocument: "after" },
  ).lean<CompensationRecord>();
}

const DECISIONS = {
  approve: { from: ["awaiting"] },
  reject: { from: ["awaiting", "recorded", "failed"] },
  paid: { from: ["recorded", "failed"] },
  retry: { from: ["failed", "due"] },
} as const;

/**
 * A person agrees to a credit, refuses it, says that it was paid by hand, or has it asked for again.
 * @throws AppError not_found, conflict when it stands otherwise, unavailable when the seller's system does not answer
 */
export async function decideCompensation(
  ctx: Context,
  viewer: Viewer,
  { id, decision }: { id: string } & z.output<typeof decideCompensationSchema>,
): Promise<CompensationRecord> {
  const credit = await findCompensation(viewer.workspaceId, id);
  if (!(DECISIONS[decision].from as readonly string[]).includes(credit.state)) {
    throw new AppError("conflict", { state: credit.state });
  }
  const asked = credit.url ? "due" : "recorded";
  const next = decision === "reject" ? "rejected" : decision === "paid" ? "paid" : asked;
  const moved = await move(ctx, credit, next, { decidedBy: viewer.name });
  if (!moved) throw new AppError("conflict");
  ctx.log.info(
    { audit: "compensation.decided", by: viewer.userId, compensationId: id, decision },
    "compensation decided",
  );
  if (moved.state !== "due") return moved;
  try {
    return await settle(ctx, moved);
  } catch (error) {
    if (error instanceof OutboundError)
      throw new AppError("unavailable", { reason: error.reason }, { reported: false });
    throw error;
  }
}
