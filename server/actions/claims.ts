import type { Collection } from "mongoose";
import { isShared } from "../config.ts";
import type { Context } from "../context.ts";
import { UNJOURNALED } from "../database/together.ts";

/**
 * How long a claim lasts that nobody renews. The node at work renews it every few seconds (`jobs/claims.ts`), however long the
 * work takes, so this is how long others wait for a node that is no more.
 */
export const LEASE_MS = 15_000;

/**
 * A collection whose documents owe work. `due`: the field that says from when on each may be taken, absent on those that owe
 * nothing. While a node works on one, it says when the claim ends unless it is renewed, and `claimedBy` names the node.
 */
export interface WorkList {
  collection: Collection;
  due: "owedAt" | "dueAt";
  /** Counted up by each claim. */
  tries?: "attempts";
  /** How claims are written, where they need not wait for the disk. */
  journal?: typeof UNJOURNALED;
}

/** Looks that find all taken by others a moment before; then these have their turn. */
const ROUNDS = 5;

/** A condition of the driver's, beside that of being due. */
export type DueFilter = Record<string, unknown>;

/** The fields of a new document that this node works on at once. */
export function claimedNow(ctx: Context): { owedAt: Date; claimedBy: string } {
  return { owedAt: leaseEnd(ctx), claimedBy: ctx.node };
}

function leaseEnd(ctx: Context): Date {
  return new Date(ctx.clock.now().getTime() + LEASE_MS);
}

/**
 * Claims what is due, the longest due first: what waited for its time, and what a node left that renews its claims no more.
 * @param except ids of what this process has in hand: where the clock jumped, their claims look as if they had ended
 */
export async function takeDue<T>(
  ctx: Context,
  list: WorkList,
  { limit, filter = {}, except = [] }: { limit: number; filter?: DueFilter; except?: readonly unknown[] },
): Promise<T[]> {
  if (limit <= 0) return [];
  const { collection, due } = list;
  const others = except.length > 0 ? { _id: { $nin: except } } : {};
  for (let round = 0; round < ROUNDS; round += 1) {
    const found = await collection
      .find({ [due]: { $lte: ctx.clock.now() }, ...filter, ...others } as never)
      .project({ [due]: 1 })
      .sort({ [due]: 1 })
      .limit(limit)
      .toArray();
    if (found.length === 0) return [];
    const results = await Promise.all(found.map((document) => takeAsSeen<T>(ctx, list, document)));
    const taken = results.filter((document) => document !== null);
    if (taken.length > 0) return taken;
  }
  return [];
}

/** Claims a document as it was seen, due or not: null where its time has moved, because somebody took it or put it off. */
export async function takeAsSeen<T>(
  ctx: Context,
  { collection, due, tries, journal }: WorkList,
  document: { _id?: unknown; owedAt?: Date; dueAt?: Date },
): Promise<T | null> {
  const at = document[due];
  if (!at) return null;
  return (await collection.findOneAndUpdate(
    { _id: document._id as never, [due]: at },
    { $set: { [due]: leaseEnd(ctx), claimedBy: ctx.node }, ...(tries && { $inc: { [tries]: 1 } }) },
    { returnDocument: "after", ...journal },
  )) as T | null;
}

/** When the next of these is due that this node has not in hand; undefined when none is. */
export async function nextDue(
  ctx: Context,
  { collection, due }: WorkList,
  filter: DueFilter = {},
): Promise<Date | undefined> {
  const next = await collection.findOne(
    { [due]: { $gt: new Date(0) }, claimedBy: { $ne: ctx.node }, ...filter },
    { projection: { [due]: 1 }, sort: { [due]: 1 } },
  );
  return next?.[due] as Date | undefined;
}

/** Makes claims of this node last on. Returns the ids that are another node's by now. */
export async function renewClaims(
  ctx: Context,
  { collection, due }: WorkList,
  ids: readonly unknown[],
): Promise<unknown[]> {
  const own = { _id: { $in: ids }, claimedBy: ctx.node } as never;
  const { matchedCount } = await collection.updateMany(own, { $set: { [due]: leaseEnd(ctx) } }, UNJOURNALED);
  if (matchedCount === ids.length) return [];
  const kept = new Set((await collection.find(own).project({ _id: 1 }).toArray()).map(({ _id }) => String(_id)));
  return ids.filter((id) => !kept.has(String(id)));
}

/** Gives a claim back: the work is due again at `until`. Changes nothing where this node has it no more. */
export async function letGo(ctx: Context, { collection, due }: WorkList, id: unknown, until: Date): Promise<void> {
  await collection.updateOne({ _id: id, claimedBy: ctx.node } as never, {
    $set: { [due]: until },
    $unset: { claimedBy: "" },
  });
}

/**
 * Ends the claims of processes that are no more, at the start of one that has the database to itself; with a shared one they run
 * out by themselves. The pauses of what is to be tried again later stay: nobody has claimed that.
 */
export async function endDeadClaims(ctx: Context, { collection, due }: WorkList): Promise<void> {
  if (isShared(ctx.config)) return;
  const now = ctx.clock.now();
  await collection.updateMany(
    { [due]: { $gt: now, $lte: leaseEnd(ctx) }, claimedBy: { $exists: true, $ne: ctx.node } },
    { $set: { [due]: now }, $unset: { claimedBy: "" } },
  );
}
