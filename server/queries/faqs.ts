import { Types } from "mongoose";
import { AppError, notFound } from "../errors.ts";
import { FaqModel, type FaqRecord } from "../models/faq.ts";

/** A page of a workspace's entries, oldest first; `q` looks into questions and answers. */
export async function listFaqs(
  workspaceId: string,
  { cursor, limit, q }: { cursor?: string | undefined; limit: number; q?: string | undefined },
): Promise<{ items: FaqRecord[]; nextCursor: string | null }> {
  if (cursor !== undefined && !/^[0-9a-f]{24}$/.test(cursor)) throw new AppError("invalid_cursor");
  const words = q?.trim().toLowerCase();
  const items: FaqRecord[] = [];
  let after = cursor;
  // Words are looked for row by row: knowledge bases are thousands of entries at most, in one index range.
  for (;;) {
    const rows = await FaqModel.find({
      workspaceId,
      ...(after && { _id: { $gt: new Types.ObjectId(after) } }),
    })
      .sort({ _id: 1 })
      .limit(words ? 1_000 : limit + 1)
      .lean<FaqRecord[]>();
    items.push(...rows.filter((faq) => !words || textOf(faq).includes(words)));
    after = rows.at(-1)?._id.toHexString();
    if (!words || items.length > limit || rows.length < 1_000) break;
  }
  const page = items.slice(0, limit);
  return { items: page, nextCursor: items.length > limit ? (page.at(-1)?._id.toHexString() ?? null) : null };
}

export async function findFaq(workspaceId: string, id: string): Promise<FaqRecord> {
  const faq = await FaqModel.findOne({ _id: id, workspaceId }).lean<FaqRecord>();
  if (!faq) throw notFound("faq");
  return faq;
}

/** The entries the bot may use. */
export async function enabledFaqs(workspaceId: string): Promise<FaqRecord[]> {
  const faqs = await FaqModel.find({ workspaceId }).sort({ _id: 1 }).lean<FaqRecord[]>();
  return faqs.filter((faq) => faq.enabled);
}

function textOf(faq: FaqRecord): string {
  return [...Object.values(faq.questions).flat(), ...Object.values(faq.answers)].join("\n").toLowerCase();
}
