import { Types } from "mongoose";
import type { z } from "zod";
import type { DryRunResult, dryRunSchema } from "../../contract/automation.ts";
import { compensationOf } from "../actions/compensations.ts";
import { foldOrder } from "../actions/record-order-event.ts";
import type { Context } from "../context.ts";
import { CheckInModel } from "../models/check-in.ts";
import type { OrderEventRecord, OrderRecord } from "../models/order.ts";
import { automationSettings, findAutomation } from "../queries/automations.ts";
import { listCompensationRules } from "../queries/compensations.ts";
import type { CreditState } from "./actions.ts";
import { compose } from "./compose.ts";
import { conditionsHold } from "./conditions.ts";
import { Facts } from "./facts.ts";
import { look } from "./look.ts";
import { conversationAt, type PastOccurrence, pastOccurrences } from "./past.ts";
import type { Rule } from "./rules.ts";
import { type Step, sendOf, stepOf, UNIT_MS } from "./run.ts";
import { isProactive, PROACTIVE } from "./triggers.ts";

const MOST_ITEMS = 200;
/** How often a message may be put off in one try. */
const MOST_DEFERRALS = 5;

type Item = DryRunResult["items"][number];

/**
 * What a rule would have done in the past days, from the orders and conversations there are. Writes nothing. Orders are looked at as
 * they stood at the time; whether a conversation was still open then is judged by how it stands now.
 * @throws AppError not_found
 */
export async function dryRun(
  ctx: Context,
  workspaceId: string,
  { automationId, definition, days }: z.output<typeof dryRunSchema>,
): Promise<DryRunResult> {
  const rule = definition
    ? draftRule(new Types.ObjectId(workspaceId), definition)
    : await findAutomation(workspaceId, automationId ?? "");
  const until = ctx.clock.now();
  const since = new Date(until.getTime() - days * UNIT_MS.days);
  const { occurrences, looked, truncated } = await pastOccurrences(ctx, rule, { since, until });
  const run: DryRun = { ctx, rule, until, items: [], sent: new Map() };
  let triggered = 0;
  for (const occurrence of occurrences.sort((a, b) => a.at.getTime() - b.at.getTime())) {
    if (await follow(run, occurrence)) triggered += 1;
  }
  const items = run.items.sort((a, b) => (a.at < b.at ? 1 : -1));
  return {
    days,
    looked,
    truncated,
    triggered,
    wouldSend: items.filter(({ outcome }) => outcome === "sent").length,
    wouldHold: items.filter(({ outcome }) => outcome === "held" || outcome === "cancelled").length,
    items: items.slice(0, MOST_ITEMS),
  };
}

interface DryRun {
  ctx: Context;
  rule: Rule;
  until: Date;
  items: Item[];
  /** contactId → when it would have been written to. */
  sent: Map<string, number[]>;
}

function draftRule(
  workspaceId: Types.ObjectId,
  definition: NonNullable<z.output<typeof dryRunSchema>["definition"]>,
): Rule {
  const now = new Date();
  return {
    ...definition,
    actions: definition.actions.map((action, index) => ({ ...action, id: action.id ?? `a${index}` })),
    _id: new Types.ObjectId(),
    workspaceId,
    version: 0,
    enabled: true,
    failures: 0,
    counters: { triggered: 0, sent: 0, held: 0, cancelled: 0 },
    createdAt: now,
    updatedAt: now,
  };
}

/** Follows a rule from what triggered it through its sequence. False when its conditions did not hold. */
async function follow(run: DryRun, occurrence: PastOccurrence): Promise<boolean> {
  const { rule, until } = run;
  if (!(await conditionsHold(rule.conditions, factsAt(run, occurrence, occurrence.at)))) return false;
  let plannedAt = new Date(occurrence.at.getTime() + rule.delay.amount * UNIT_MS[rule.delay.unit]);
  let step = stepOf(rule.actions, rule.actions[0]?.id ?? "");
  for (let part = 1; step && plannedAt <= until; part += 1) {
    if (!(await doStep(run, { occurrence, step, part, plannedAt }))) break;
    if (!step.next) break;
    plannedAt = new Date(plannedAt.getTime() + step.next.afterMs);
    step = stepOf(rule.actions, step.next.action.id ?? "");
  }
  return true;
}

/** One step at its time. False when the sequence ends with it. */
async function doStep(
  run: DryRun,
  { occurrence, step, part, plannedAt }: { occurrence: PastOccurrence; step: Step; part: number; plannedAt: Date },
): Promise<boolean> {
  const { rule, until } = run;
  const action = sendOf(step);
  const asked = {
    occurredAt: occurrence.at,
    plannedAt,
    part,
    depth: 0,
    ...(occurrence.seq !== undefined && { seq: occurrence.seq }),
  };
  let at = plannedAt;
  for (let deferral = 0; deferral <= MOST_DEFERRALS; deferral += 1) {
    const facts = factsAt(run, occurrence, at);
    const base = { at: at.toISOString(), part, ...(await about(facts)) };
    const verdict = await look(facts, rule, asked, action?.channel);
    if (verdict.do === "defer") {
      if (verdict.until > until || deferral === MOST_DEFERRALS) {
        run.items.push({ ...base, outcome: "deferred", reason: verdict.reason });
        return false;
      }
      at = verdict.until;
      if (verdict.planned) asked.plannedAt = verdict.planned;
      continue;
    }
    if (verdict.do !== "go") {
      const { reason } = verdict;
      run.items.push({ ...base, outcome: verdict.do === "hold" ? "held" : "cancelled", reason });
      return verdict.do === "hold";
    }
    if (!action || !verdict.target) {
      run.items.push({ ...base, outcome: "done" });
      return true;
    }
    const credit = await creditAt(facts, step);
    const composed = await compose(facts, {
      template: action.template,
      target: verdict.target,
      proactive: isProactive(rule.trigger.type),
      credit,
    });
    const channel = verdict.target.channel.name;
    if ("reason" in composed) {
      run.items.push({ ...base, channel, outcome: "held", ...composed });
      return true;
    }
    const { message, subject } = composed;
    const locale = composed.locale as Item["locale"];
    const shown = { channel, text: message.text, ...(locale && { locale }), ...(subject !== undefined && { subject }) };
    const cap = await capAt(run, facts, verdict.target.contact._id.toHexString());
    run.items.push(cap ? { ...base, ...shown, outcome: "held", reason: cap } : { ...base, ...shown, outcome: "sent" });
    return true;
  }
  return false;
}

/** The facts as they stood at a time. */
function factsAt({ ctx }: DryRun, { subject, events, messages, given }: PastOccurrence, now: Date): Facts {
  const order = events && orderAt(events, given?.order ?? null, now);
  const conversation = messages && given?.conversation && conversationAt(given.conversation, messages, now);
  return new Facts(ctx, subject, {
    ...given,
    now,
    ...(order !== undefined && { order }),
    ...(conversation && { conversation }),
  });
}

function orderAt(events: readonly OrderEventRecord[], order: OrderRecord | null, at: Date): OrderRecord | null {
  const past = events.filter(({ occurredAt }) => occurredAt <= at);
  if (!order || past.length === 0) return null;
  const { _id, workspaceId, orderId, contactId, createdAt, updatedAt } = order;
  return {
    ...foldOrder(orderId, past),
    _id,
    workspaceId,
    orderId,
    eventCount: past.length,
    createdAt,
    updatedAt,
    ...(contactId && { contactId }),
  };
}

async function about(facts: Facts): Promise<Pick<Item, "buyer" | "order" | "conversationId">> {
  const [contact, order] = [await facts.contact(), await facts.order()];
  const { conversationId } = facts.subject;
  return {
    buyer: { name: contact?.name || order?.buyer.name || "", ...(contact && { id: contact._id.toHexString() }) },
    ...(order && { order: { id: order.orderId, number: order.number } }),
    ...(conversationId && { conversationId: conversationId.toHexString() }),
  };
}

async function creditAt(facts: Facts, { actions }: Step): Promise<CreditState | undefined> {
  const action = actions.find(({ type }) => type === "credit_compensation");
  const order = await facts.order();
  if (action?.type !== "credit_compensation" || !order) return undefined;
  const { workspaceId } = facts.subject;
  const found = compensationOf(await listCompensationRules(workspaceId), order, action.reason, facts.now);
  if (!found) return undefined;
  const { rule, amount, currency } = found;
  const waits = rule.approvalAbove !== null && amount > rule.approvalAbove;
  const { compensationUrl } = await automationSettings(workspaceId);
  return { amount, currency, state: waits ? "awaiting" : compensationUrl ? "credited" : "recorded" };
}

/** The caps, over what would have been sent and what other rules did send. */
async function capAt(
  { rule, sent }: DryRun,
  { subject, now }: Facts,
  contactId: string,
): Promise<"rule_cap" | "buyer_cap" | undefined> {
  const own = sent.get(contactId) ?? [];
  const within = (hours: number) => own.filter((at) => now.getTime() - at < hours * UNIT_MS.hours).length;
  if (rule.cap && within(rule.cap.hours) >= rule.cap.most) return "rule_cap";
  if (isProactive(rule.trigger.type)) {
    const { buyerCap } = await automationSettings(subject.workspaceId);
    const others = await CheckInModel.countDocuments({
      contactId: new Types.ObjectId(contactId),
      sentAt: { $gt: new Date(now.getTime() - buyerCap.hours * UNIT_MS.hours), $lte: now },
      automationId: { $ne: rule._id },
      trigger: { $in: PROACTIVE },
    });
    if (within(buyerCap.hours) + others >= buyerCap.most) return "buyer_cap";
  }
  sent.set(contactId, [...own, now.getTime()]);
  return undefined;
}
