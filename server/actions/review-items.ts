import { Types } from "mongoose";
import type { ReviewKind } from "../../contract/review.ts";
import type { Context } from "../context.ts";
import { notFound } from "../errors.ts";
import { ReviewItemModel, type ReviewItemRecord } from "../models/review-item.ts";
import type { Viewer } from "../policies/viewer.ts";
import { duplicateKeyOf } from "./append-message.ts";

export interface NewReviewItem {
  workspaceId: Types.ObjectId;
  /** What it is about, such as `mixed_order:1042`. */
  key: string;
  kind: ReviewKind;
  contactIds?: readonly Types.ObjectId[];
  conversationIds?: readonly Types.ObjectId[];
  orderId?: string;
  facts?: Record<string, string>;
}

/** Puts something on the list for a person to check. An item that is there already, open or done, stays as it is. */
export async function addReviewItem(ctx: Context, item: NewReviewItem): Promise<void> {
  const { workspaceId, key, kind, contactIds = [], conversationIds = [], orderId, facts = {} } = item;
  try {
    await ReviewItemModel.updateOne(
      { workspaceId, key },
      {
        $setOnInsert: {
          kind,
          contactIds: [...contactIds],
          conversationIds: [...conversationIds],
          facts,
          createdAt: ctx.clock.now(),
          open: true,
          ...(orderId !== undefined && { orderId }),
        },
      },
      { upsert: true },
    );
  } catch (error) {
    // Somebody else added it at the same time.
    if (!duplicateKeyOf(error)) throw error;
  }
}

/** Takes an item off the list; one that is done already stays with whoever did it. @throws AppError not_found */
export async function finishReviewItem(ctx: Context, viewer: Viewer, id: string): Promise<ReviewItemRecord> {
  const one = { _id: new Types.ObjectId(id), workspaceId: viewer.workspaceId };
  const done = { at: ctx.clock.now(), userId: new Types.ObjectId(viewer.userId), name: viewer.name };
  await ReviewItemModel.updateOne({ ...one, open: true }, { $set: { open: false, done } });
  const item = await ReviewItemModel.findOne(one).lean<ReviewItemRecord>();
  if (!item) throw notFound("review_item");
  return item;
}
