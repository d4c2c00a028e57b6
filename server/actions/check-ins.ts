import { Types } from "mongoose";
import type { Outcome, Reason } from "../../contract/automation.ts";
import type { Context } from "../context.ts";
import { UNJOURNALED } from "../database/together.ts";
import { AppError } from "../errors.ts";
import { AutomationModel, type AutomationRecord, KEPT_VERSIONS } from "../models/automation.ts";
import { CheckInModel, type CheckInPlan, type CheckInRecord } from "../models/check-in.ts";
import type { Viewer } from "../policies/viewer.ts";
import { findCheckIn } from "../queries/check-ins.ts";
import type { WorkList } from "./claims.ts";

/**
 * Check-ins that are not decided. What happens to them on their way does not wait for the disk: the message is there by its
 * `sourceId` or not at all, and a repeat finds it.
 */
export const DUE_CHECK_INS: WorkList = {
  collection: CheckInModel.collection,
  due: "dueAt",
  tries: "attempts",
  journal: UNJOURNALED,
};

/** A rule that fails so often in a row stops itself. */
export const MOST_FAILURES = 10;
const KEPT_HISTORY = 20;
const DUPLICATE_KEY = 11000;

export type NewCheckIn = Omit<CheckInRecord, "_id" | "attempts" | "history" | "createdAt">;

/**
 * Puts check-ins down, each once by its key, however often it is tried. Returns those that were new.
 */
export async function scheduleCheckIns(ctx: Context, wanted: readonly NewCheckIn[]): Promise<CheckInRecord[]> {
  if (wanted.length === 0) return [];
  const createdAt = ctx.clock.now();
  const records = wanted.map(
    (one): CheckInRecord => ({ ...one, _id: new Types.ObjectId(), attempts: 0, history: [], createdAt }),
  );
  const known = new Set<number>();
  try {
    await CheckInModel.collection.insertMany(records, { ordered: false });
  } catch (error) {
    const { writeErrors } = error as { writeErrors?: { code: number; index: number }[] };
    if (!writeErrors?.every(({ code }) => code === DUPLICATE_KEY)) throw error;
    for (const { index } of writeErrors) known.add(index);
  }
  const fresh = records.filter((_record, index) => !known.has(index));
  // Parts of a sequence belong to the one run that was counted with its first.
  const begun = fresh.filter(({ part }) => part === 1);
  for (const [id, count] of countBy(begun, ({ automationId }) => automationId.toHexString())) {
    await AutomationModel.updateOne({ _id: id }, { $inc: { "counters.triggered": count } });
  }
  return fresh;
}

/** Fixes the way a message goes, and takes its place among those that caps count. Null when it is decided already. */
export async function planCheckIn(
  ctx: Context,
  checkIn: CheckInRecord,
  plan: CheckInPlan,
): Promise<CheckInRecord | null> {
  return (await CheckInModel.collection.findOneAndUpdate(
    { _id: checkIn._id, finishedAt: { $exists: false } },
    { $set: { plan, sentAt: ctx.clock.now() } },
    { returnDocument: "after", ...UNJOURNALED },
  )) as CheckInRecord | null;
}

export interface Decision {
  outcome: Exclude<Outcome, "deferred">;
  reason?: Reason;
  detail?: string;
  sentMessageId?: Types.ObjectId;
  /** Where it belongs, where that was not known before. */
  conversationId?: Types.ObjectId;
}

/** Writes down what came of a check-in. Counted once, also when a crash repeats it. */
export async function finishCheckIn(
  ctx: Context,
  checkIn: CheckInRecord,
  decision: Decision,
  journal: Partial<typeof UNJOURNALED> = UNJOURNALED,
): Promise<void> {
  const finishedAt = ctx.clock.now();
  const { outcome, reason, detail, sentMessageId, conversationId } = decision;
  const given = present({ reason, detail, sentMessageId, conversationId });
  const cleared = {
    dueAt: "",
    claimedBy: "",
    ...(reason === undefined && { reason: "" }),
    // What was not sent takes no place among those that were.
    ...(outcome !== "sent" && { sentAt: "" }),
  };
  const { matchedCount } = await CheckInModel.collection.updateOne(
    { _id: checkIn._id, finishedAt: { $exists: false } },
    { $set: { outcome, finishedAt, ...given }, $unset: cleared },
    journal,
  );
  if (matchedCount === 0 || outcome === "done") return;
  const counter = { $inc: { [`counters.${outcome}`]: 1 } };
  await AutomationModel.collection.updateOne({ _id: checkIn.automationId }, counter, UNJOURNALED);
}

/** Not now: it is looked at again at `until`; `planned` moves its window with it. Nothing keeps its place among those that were sent. */
export async function deferCheckIn(
  ctx: Context,
  checkIn: CheckInRecord,
  { until, reason, detail, planned }: { until: Date; reason: Reason; detail?: string; planned?: Date },
): Promise<void> {
  const entry = { at: ctx.clock.now(), outcome: "deferred", reason, until };
  await CheckInModel.collection.updateOne(
    { _id: checkIn._id, finishedAt: { $exists: false } },
    {
      $set: {
        dueAt: until,
        outcome: "deferred",
        reason,
        ...(detail !== undefined && { detail }),
        ...(planned && { plannedAt: planned }),
      },
      $unset: { sentAt: "", plan: "", claimedBy: "" },
      $push: { history: { $each: [entry], $slice: -KEPT_HISTORY } } as never,
    },
  );
  ctx.bus.emit("check_ins.scheduled", { dueAt: until });
}

/** Keeps what waits from being sent. @throws AppError not_found, conflict when it is decided already */
export async function cancelCheckIn(ctx: Context, viewer: Viewer, { id }: { id: string }): Promise<CheckInRecord> {
  const checkIn = await findCheckIn(viewer.workspaceId, id);
  if (checkIn.finishedAt) throw new AppError("conflict", { outcome: checkIn.outcome });
  // Nothing would do it again: what a person decides is on disk when they are told so.
  await finishCheckIn(ctx, checkIn, { outcome: "cancelled", reason: "by_hand", detail: viewer.name }, {});
  return findCheckIn(viewer.workspaceId, id);
}

/** A run of a rule went as it should, or did not. After ten failures in a row it is off, and the seller is told. */
export async function recordRun(
  ctx: Context,
  rule: Pick<AutomationRecord, "_id" | "failures">,
  failure: string | undefined,
): Promise<void> {
  if (failure === undefined) {
    if (rule.failures === 0) return;
    rule.failures = 0;
    await AutomationModel.updateOne({ _id: rule._id }, { $set: { failures: 0 } });
    return;
  }
  const after = await AutomationModel.findOneAndUpdate(
    { _id: rule._id },
    { $inc: { failures: 1 } },
    { returnDocument: "after" },
  ).lean<AutomationRecord>();
  rule.failures = after?.failures ?? rule.failures + 1;
  if (!after?.enabled || after.failures < MOST_FAILURES) return;
  const at = ctx.clock.now();
  const last = after.history.at(-1);
  const entry = { version: after.version + 1, at, by: { name: "Parley" }, fields: ["enabled"], enabled: false };
  const paused = await AutomationModel.findOneAndUpdate(
    { _id: rule._id, version: after.version, enabled: true },
    {
      $set: { enabled: false, paused: { at, reason: failure }, updatedAt: at },
      $inc: { version: 1 },
      $push: { history: { $each: [{ ...entry, definition: last?.definition }], $slice: -KEPT_VERSIONS } as never },
    },
    { returnDocument: "after" },
  ).lean<AutomationRecord>();
  if (!paused) return;
  await ctx.rules.refresh();
  const facts = { workspaceId: paused.workspaceId.toHexString(), automationId: paused._id.toHexString() };
  ctx.log.error({ ...facts, reason: failure }, "a rule failed ten times in a row and is off now");
  const { key, name } = paused;
  ctx.bus.emit("automation.paused", { ...facts, ...(key !== undefined && { key }), name, reason: failure });
  ctx.bus.emit("automation.changed", facts);
}

function countBy<T>(list: readonly T[], keyOf: (item: T) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of list) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1);
  return counts;
}

function present<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as Partial<T>;
}
