import { Types } from "mongoose";
import type { FaqInput } from "../../contract/faq.ts";
import type { Context } from "../context.ts";
import { AppError, notFound } from "../errors.ts";
import { FaqModel, type FaqRecord } from "../models/faq.ts";
import { versionFilter } from "../models/version.ts";
import { duplicateKeyOf } from "./append-message.ts";

type Scope = { workspaceId: string | Types.ObjectId };

/** @throws AppError conflict when another entry has the externalId */
export async function createFaq(ctx: Context, { workspaceId, input }: Scope & { input: FaqInput }): Promise<FaqRecord> {
  const record = newRecord(ctx, workspaceId, input);
  try {
    await FaqModel.create(record);
  } catch (error) {
    if (duplicateKeyOf(error)) throw new AppError("conflict", { externalId: input.externalId });
    throw error;
  }
  ctx.bus.emit("faq.saved", { faq: record });
  return record;
}

/**
 * Changes what is given and keeps the rest.
 * @param version the one its author saw: another is not changed
 * @throws AppError not_found, version_mismatch, conflict (the externalId is taken)
 */
export async function updateFaq(
  ctx: Context,
  { workspaceId, id, change, version }: Scope & { id: string; change: Partial<FaqInput>; version?: number | undefined },
): Promise<FaqRecord> {
  try {
    const faq = await FaqModel.findOneAndUpdate(
      { _id: id, workspaceId, ...versionFilter(version) },
      { $set: { ...change, updatedAt: ctx.clock.now() }, $inc: { version: 1 } },
      { returnDocument: "after" },
    ).lean<FaqRecord>();
    if (!faq && version !== undefined && (await FaqModel.exists({ _id: id, workspaceId }))) {
      throw new AppError("version_mismatch");
    }
    if (!faq) throw notFound("faq");
    ctx.bus.emit("faq.saved", { faq });
    return faq;
  } catch (error) {
    if (duplicateKeyOf(error)) throw new AppError("conflict", { externalId: change.externalId });
    throw error;
  }
}

export async function deleteFaq(ctx: Context, { workspaceId, id }: Scope & { id: string }): Promise<void> {
  const { deletedCount } = await FaqModel.deleteOne({ _id: id, workspaceId });
  if (deletedCount === 0) throw notFound("faq");
  ctx.bus.emit("faq.deleted", { workspaceId: String(workspaceId), faqId: id });
}

/**
 * Takes a list of entries in: those with a known externalId replace theirs, the others are new.
 * The same file twice changes nothing the second time, also for entries without an externalId
 * that stand there word for word.
 */
export async function importFaqs(
  ctx: Context,
  { workspaceId, entries }: Scope & { entries: FaqInput[] },
): Promise<{ created: number; updated: number; unchanged: number }> {
  const existing = await indexFaqs(workspaceId);
  const result = { created: 0, updated: 0, unchanged: 0 };
  const created = new Map<string, FaqRecord>();
  const updates = [];
  for (const entry of entries) {
    const { effect, known } = effectOf(existing, entry);
    if (effect === "unchanged") {
      result.unchanged += 1;
    } else if (known) {
      updates.push({
        updateOne: {
          filter: { _id: known._id },
          update: { $set: { ...entry, updatedAt: ctx.clock.now() }, $inc: { version: 1 } },
        },
      });
      result.updated += 1;
    } else {
      // A later entry of the same file with the same externalId replaces the earlier one.
      created.set(entry.externalId ?? contentOf(entry), newRecord(ctx, workspaceId, entry));
    }
  }
  result.created = created.size;
  if (created.size > 0) await FaqModel.insertMany([...created.values()]);
  if (updates.length > 0) await FaqModel.bulkWrite(updates);
  if (created.size + updates.length > 0) ctx.bus.emit("faq.imported", { workspaceId: String(workspaceId) });
  return result;
}

/** What taking an entry in does to those that there are. */
export function effectOf(existing: FaqIndex, entry: FaqInput): { effect: FaqEffect; known?: FaqRecord } {
  const content = contentOf(entry);
  const known = entry.externalId ? existing.byExternalId.get(entry.externalId) : existing.byContent.get(content);
  if (!known) return { effect: "create" };
  const same = contentOf({ ...known, ...entry }) === contentOf(known);
  return { effect: same && known.enabled === (entry.enabled ?? known.enabled) ? "unchanged" : "update", known };
}

export type FaqEffect = "create" | "update" | "unchanged";
interface FaqIndex {
  byExternalId: Map<string, FaqRecord>;
  byContent: Map<string, FaqRecord>;
}

/** A workspace's entries as an import looks for them. */
export async function indexFaqs(workspaceId: string | Types.ObjectId): Promise<FaqIndex> {
  const existing = await FaqModel.find({ workspaceId }).lean<FaqRecord[]>();
  return {
    byExternalId: new Map(existing.flatMap((faq) => (faq.externalId ? [[faq.externalId, faq] as const] : []))),
    byContent: new Map(existing.map((faq) => [contentOf(faq), faq])),
  };
}

function contentOf({ questions, answers, orderStatus = false, documents = [] }: Omit<FaqInput, "enabled">): string {
  const sorted = (texts: object) => Object.entries(texts).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([sorted(questions), sorted(answers), orderStatus, documents]);
}

function newRecord(ctx: Context, workspaceId: string | Types.ObjectId, input: FaqInput): FaqRecord {
  const now = ctx.clock.now();
  return {
    _id: new Types.ObjectId(),
    workspaceId: new Types.ObjectId(workspaceId),
    ...(input.externalId !== undefined && { externalId: input.externalId }),
    questions: input.questions,
    answers: input.answers,
    enabled: input.enabled ?? true,
    ...(input.orderStatus && { orderStatus: true }),
    ...(input.documents?.length && { documents: input.documents }),
    createdAt: now,
    updatedAt: now,
  };
}
