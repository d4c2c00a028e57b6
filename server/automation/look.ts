import type { Reason } from "../../contract/automation.ts";
import { CheckInModel, type CheckInRecord } from "../models/check-in.ts";
import { conditionsHold } from "./conditions.ts";
import { type Facts, wroteAt } from "./facts.ts";
import { nextAllowed } from "./quiet.ts";
import type { Rule } from "./rules.ts";
import { findTarget, type Target } from "./target.ts";
import { isProactive, PROACTIVE, stillFits } from "./triggers.ts";
import { zonesOf } from "./zones.ts";

const HOUR_MS = 3_600_000;
/** Rules that cause one another end here. */
export const MOST_DEPTH = 3;
/** Runs of one rule for one buyer in an hour: more is a loop. */
const MOST_RUNS_AN_HOUR = 10;

export type Verdict =
  | { do: "go"; target?: Target }
  /** No message; the rule's other actions are done. */
  | { do: "hold"; reason: Reason; detail?: string }
  /** Nothing is done. */
  | { do: "cancel"; reason: Reason }
  /** `planned`: what triggered it has moved, and its window with it. */
  | { do: "defer"; reason: Reason; until: Date; planned?: Date };

export type Asked = Pick<CheckInRecord, "occurredAt" | "plannedAt" | "part" | "depth" | "seq">;

/**
 * Looks at everything again before a step of a rule is done: whether what triggered it still stands, and whether the buyer may be
 * written to now. Reads alone.
 * @param channel where the step's message is to go; absent when it sends none
 */
export async function look(
  facts: Facts,
  rule: Rule,
  asked: Asked,
  channel: Parameters<typeof findTarget>[1] | undefined,
): Promise<Verdict> {
  const { now } = facts;
  const trigger = rule.trigger.type;
  if (asked.depth > MOST_DEPTH) return { do: "hold", reason: "loop" };
  const fit = await stillFits(trigger, facts, asked);
  if (!fit.fits) {
    if (!("until" in fit)) return { do: "cancel", reason: fit.reason };
    const until = new Date(fit.until.getTime() + (asked.plannedAt.getTime() - asked.occurredAt.getTime()));
    if (until > now) return { do: "defer", reason: fit.reason, until, planned: until };
  }
  if (!(await conditionsHold(rule.conditions, facts))) return { do: "cancel", reason: "conditions" };
  const lastWrote = await facts.lastWrote();
  const wrote = lastWrote !== undefined && lastWrote > asked.occurredAt;
  if (asked.part > 1 && rule.stopOnReply && wrote) return { do: "cancel", reason: "buyer_wrote" };
  const end = new Date(asked.plannedAt.getTime() + rule.windowHours * HOUR_MS);
  if (now > end) return { do: "hold", reason: "too_late" };
  if (channel === undefined) return { do: "go" };
  if (isProactive(trigger)) {
    if ((await facts.contact())?.optedOut) return { do: "hold", reason: "opted_out" };
    if (rule.holdWhenOpen) {
      if (await hasOpenConversation(facts)) return { do: "hold", reason: "conversation_open" };
      if (wrote) return { do: "hold", reason: "buyer_wrote" };
    }
  }
  const found = await findTarget(facts, channel);
  if (!("target" in found)) return { do: "hold", reason: found.reason };
  if (isProactive(trigger) && rule.quietHours) {
    const until = await daytime(facts);
    if (until > end) return { do: "hold", reason: "too_late" };
    if (until > now) return { do: "defer", reason: "quiet_hours", until };
  }
  return { do: "go", target: found.target };
}

/** The next instant at which it is day for the buyer, which may be now. */
async function daytime(facts: Facts): Promise<Date> {
  const [settings, contact, order, workspace] = await Promise.all([
    facts.settings(),
    facts.contact(),
    facts.order(),
    facts.workspace(),
  ]);
  const zones = zonesOf({
    contact: contact ?? undefined,
    country: order?.buyer.country,
    fallback: workspace?.businessHours?.timeZone,
  });
  return nextAllowed(facts.now, settings.quietHours, zones);
}

/** A matter that the buyer wrote about and nobody has closed; the one the rule is about has been looked at already. */
async function hasOpenConversation(facts: Facts): Promise<boolean> {
  const own = facts.subject.conversationId;
  return (await facts.conversations()).some(
    (one) => one.active && !(own && one._id.equals(own)) && wroteAt(one) !== undefined,
  );
}

/**
 * Whether a message would be one too many. The check-in has taken its place before, so of two at once none slips through;
 * `busy` when another that is under way may still give its place back.
 */
export async function overCap(
  facts: Facts,
  rule: Rule,
  checkIn: Pick<CheckInRecord, "_id" | "contactId">,
): Promise<Reason | "busy" | undefined> {
  const { contactId } = checkIn;
  if (!contactId) return undefined;
  const { buyerCap } = await facts.settings();
  const caps: [Reason, { most: number; hours: number }, object][] = [
    ["loop", { most: MOST_RUNS_AN_HOUR, hours: 1 }, { automationId: rule._id }],
  ];
  if (rule.cap) caps.push(["rule_cap", rule.cap, { automationId: rule._id }]);
  if (isProactive(rule.trigger.type)) caps.push(["buyer_cap", buyerCap, { trigger: { $in: PROACTIVE } }]);
  for (const [reason, { most, hours }, which] of caps) {
    const since = new Date(facts.now.getTime() - hours * HOUR_MS);
    const others = await CheckInModel.find(
      { contactId, sentAt: { $gt: since }, _id: { $ne: checkIn._id }, ...which },
      { finishedAt: 1 },
    )
      .limit(most + 10)
      .lean<Pick<CheckInRecord, "finishedAt">[]>();
    if (others.length < most) continue;
    const settled = others.filter(({ finishedAt }) => finishedAt !== undefined).length;
    return settled >= most ? reason : "busy";
  }
  return undefined;
}
