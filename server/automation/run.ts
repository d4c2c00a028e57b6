import type { Types } from "mongoose";
import type { Action, Reason } from "../../contract/automation.ts";
import {
  type Decision,
  deferCheckIn,
  finishCheckIn,
  planCheckIn,
  recordRun,
  scheduleCheckIns,
} from "../actions/check-ins.ts";
import { conversationForRule, findSent, ruleSourceId, sendByRule } from "../actions/send-by-rule.ts";
import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import type { CheckInRecord } from "../models/check-in.ts";
import type { ConversationRecord } from "../models/conversation.ts";
import { OutboundError } from "../outbound-http.ts";
import { findAutomation } from "../queries/automations.ts";
import { type CreditState, PERFORM } from "./actions.ts";
import { compose } from "./compose.ts";
import { Facts } from "./facts.ts";
import { look, overCap, type Verdict } from "./look.ts";
import type { Rule } from "./rules.ts";
import type { Target } from "./target.ts";
import { isProactive } from "./triggers.ts";

const MINUTE_MS = 60_000;
export const UNIT_MS = { minutes: MINUTE_MS, hours: 60 * MINUTE_MS, days: 1_440 * MINUTE_MS } as const;
/** Tries of a step whose own calls fail; then it counts as failed. */
const MOST_TRIES = 6;
const FIRST_RETRY_MS = 30_000;
const PAUSED_RETRY_MS = 60 * MINUTE_MS;
/** A message that is under way elsewhere may still give its place back. */
const BUSY_RETRY_MS = 15_000;

/** The actions of one step, up to the next wait; what comes after it is a step of its own. */
export interface Step {
  actions: Action[];
  next?: { action: Action; afterMs: number };
}

/** Undefined when the rule no longer has the step. */
export function stepOf(actions: readonly Action[], id: string): Step | undefined {
  const from = actions.findIndex((action) => action.id === id);
  if (from < 0) return undefined;
  const rest = actions.slice(from);
  const end = rest.findIndex(({ type }) => type === "wait" || type === "stop");
  if (end < 0) return { actions: rest };
  const last = rest[end];
  const action = rest[end + 1];
  const own = rest.slice(0, end);
  if (last?.type !== "wait" || !action) return { actions: own };
  return { actions: own, next: { action, afterMs: last.duration.amount * UNIT_MS[last.duration.unit] } };
}

export function sendOf({ actions }: Step): Extract<Action, { type: "send_template" }> | undefined {
  return actions.find((action) => action.type === "send_template");
}

/** One step of a rule while it is done. */
export interface Run {
  ctx: Context;
  rule: Rule;
  checkIn: CheckInRecord;
  facts: Facts;
  /** Why no message is sent. */
  held?: { reason: Reason; detail?: string };
  target?: Target;
  credit?: CreditState | undefined;
  /** Where it was sent. */
  conversation?: ConversationRecord;
  sentMessageId?: Types.ObjectId;
}

/** The step can not be done now; it is tried again. */
class Later extends Error {
  readonly until: Date;
  readonly reason: Reason;
  constructor(until: Date, reason: Reason) {
    super(reason);
    this.until = until;
    this.reason = reason;
  }
}

/**
 * Does what is due of a rule: looks at everything again, does its actions, puts the next step down, and writes what came of it.
 * Every part may be repeated after a crash.
 */
export async function runCheckIn(ctx: Context, checkIn: CheckInRecord): Promise<void> {
  const rule = await ruleOf(ctx, checkIn);
  if (!rule?.enabled) {
    if (!rule?.paused) return finishCheckIn(ctx, checkIn, { outcome: "cancelled", reason: "rule_off" });
    // It stopped by itself: what it owes waits for the seller, as long as it is of use.
    const until = new Date(ctx.clock.now().getTime() + PAUSED_RETRY_MS);
    if (until.getTime() < checkIn.plannedAt.getTime() + rule.windowHours * UNIT_MS.hours) {
      return deferCheckIn(ctx, checkIn, { until, reason: "rule_off" });
    }
    return finishCheckIn(ctx, checkIn, { outcome: "held", reason: "too_late" });
  }
  const step = stepOf(rule.actions, checkIn.step);
  if (!step) return finishCheckIn(ctx, checkIn, { outcome: "cancelled", reason: "rule_changed" });
  const facts = new Facts(ctx, checkIn);
  const run: Run = { ctx, rule, checkIn, facts };
  try {
    if (!(await resume(run, step))) {
      const verdict = await look(facts, rule, checkIn, sendOf(step)?.channel);
      if (verdict.do !== "go" && verdict.do !== "hold") return await putAside(run, verdict);
      if (verdict.do === "hold") run.held = verdict;
      else if (verdict.target) run.target = verdict.target;
    }
    for (const action of step.actions) await perform(run, action);
    if (step.next) await scheduleNext(run, step.next);
    await finishCheckIn(ctx, checkIn, outcomeOf(run, step));
    await recordRun(ctx, rule, failureOf(run.held));
  } catch (error) {
    await failed(run, error);
  }
}

async function ruleOf(ctx: Context, { workspaceId, automationId }: CheckInRecord): Promise<Rule | undefined> {
  const known = ctx.rules.find(automationId);
  if (known) return known;
  // Off, or turned on elsewhere a moment ago.
  return findAutomation(workspaceId, automationId).catch((error: unknown) => {
    if (error instanceof AppError && error.code === "not_found") return undefined;
    throw error;
  });
}

/** A crash between sending and writing it down: the message is there, and nothing is asked again. */
async function resume(run: Run, step: Step): Promise<boolean> {
  const { plan } = run.checkIn;
  const action = sendOf(step);
  if (!plan || !action) return false;
  const sent = await findSent(plan, ruleSourceId(run.checkIn, action.id ?? ""));
  if (!sent) return false;
  run.sentMessageId = sent._id;
  return true;
}

async function putAside({ ctx, checkIn }: Run, verdict: Exclude<Verdict, { do: "go" | "hold" }>): Promise<void> {
  if (verdict.do === "cancel") return finishCheckIn(ctx, checkIn, { outcome: "cancelled", reason: verdict.reason });
  const { until, reason, planned } = verdict;
  return deferCheckIn(ctx, checkIn, { until, reason, ...(planned && { planned }) });
}

async function perform(run: Run, action: Action): Promise<void> {
  if (action.type === "send_template") return send(run, action);
  return PERFORM[action.type]?.(run, action as never);
}

async function send(run: Run, action: Extract<Action, { type: "send_template" }>): Promise<void> {
  const { ctx, rule, facts, target } = run;
  if (run.held || run.sentMessageId || !target) return;
  const composed = await compose(facts, {
    template: action.template,
    target,
    proactive: isProactive(rule.trigger.type),
    credit: run.credit,
  });
  if ("reason" in composed) {
    run.held = composed;
    return;
  }
  const { message, locale, subject } = composed;
  const conversation = await conversationForRule(ctx, { target, order: await facts.order(), subject });
  const before = run.checkIn.plan;
  // A try that ended early may still be under way elsewhere: the same way, so that both send one message.
  const plan =
    before?.channel === target.channel.name
      ? before
      : { inboxId: conversation.inboxId, conversationId: conversation._id, channel: target.channel.name };
  const planned = await planCheckIn(ctx, run.checkIn, plan);
  // Somebody stopped it by hand.
  if (!planned) {
    run.held = { reason: "by_hand" };
    return;
  }
  run.checkIn = planned;
  const cap = await overCap(facts, rule, planned);
  if (cap === "busy") throw new Later(new Date(facts.now.getTime() + BUSY_RETRY_MS * (1 + Math.random())), "awaiting");
  if (cap) {
    run.held = { reason: cap };
    return;
  }
  const begins = conversation.lastSeq === 0 || conversation.channel !== target.channel.name;
  const sent = await sendByRule(ctx, {
    plan,
    workspaceId: rule.workspaceId,
    sourceId: ruleSourceId(planned, action.id ?? ""),
    sentBy: {
      id: rule._id,
      name: rule.name,
      checkInId: planned._id,
      depth: planned.depth,
      proactive: isProactive(rule.trigger.type),
      triggers: rule.triggersOthers,
    },
    message,
    locale,
    ...(begins && { subject }),
  });
  run.sentMessageId = sent._id;
  run.conversation = conversation;
}

async function scheduleNext({ ctx, checkIn }: Run, { action, afterMs }: NonNullable<Step["next"]>): Promise<void> {
  const plannedAt = new Date(checkIn.plannedAt.getTime() + afterMs);
  const step = action.id ?? "";
  const { automationId, subject, plan } = checkIn;
  const {
    _id,
    key,
    attempts,
    history,
    sentAt,
    outcome,
    reason,
    detail,
    sentMessageId,
    finishedAt,
    createdAt,
    ...same
  } = checkIn;
  await scheduleCheckIns(ctx, [
    {
      ...same,
      key: `${automationId.toHexString()}:${subject}:${step}`,
      step,
      part: checkIn.part + 1,
      plannedAt,
      dueAt: plannedAt,
      ...(plan && { conversationId: plan.conversationId }),
    },
  ]);
}

function outcomeOf(run: Run, step: Step): Decision {
  const { held, sentMessageId, checkIn } = run;
  const conversationId = checkIn.plan?.conversationId ?? checkIn.conversationId;
  const where = conversationId && { conversationId };
  if (sentMessageId) return { outcome: "sent", sentMessageId, ...where };
  if (held && sendOf(step)) return { outcome: "held", ...held, ...where };
  return { outcome: "done", ...where };
}

/** Holding back what buyers do not want is no failure; a message that can not be made is. */
const FAILURES: ReadonlySet<Reason> = new Set(["missing_variable", "template_missing", "too_long", "failed"]);

function failureOf(held: Run["held"]): string | undefined {
  if (!held || !FAILURES.has(held.reason)) return undefined;
  return held.detail ? `${held.reason}: ${held.detail}` : held.reason;
}

async function failed({ ctx, rule, checkIn }: Run, error: unknown): Promise<void> {
  if (error instanceof Later) return deferCheckIn(ctx, checkIn, error);
  const outside = error instanceof OutboundError || (error instanceof AppError && error.code === "unavailable");
  const detail = outside ? String(error.message) : "internal";
  if (!outside) ctx.log.error({ err: error, checkInId: checkIn._id.toHexString() }, "a check-in failed");
  if (checkIn.attempts < MOST_TRIES) {
    const wait = FIRST_RETRY_MS * 2 ** (checkIn.attempts - 1) * (0.5 + Math.random() / 2);
    return deferCheckIn(ctx, checkIn, {
      until: new Date(ctx.clock.now().getTime() + wait),
      reason: "awaiting",
      detail,
    });
  }
  await finishCheckIn(ctx, checkIn, { outcome: "held", reason: "failed", detail });
  await recordRun(ctx, rule, `failed: ${detail}`);
}
