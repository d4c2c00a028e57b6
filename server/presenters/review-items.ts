import type { ReviewItem } from "../../contract/review.ts";
import type { ReviewItemRecord } from "../models/review-item.ts";

export function presentReviewItem(item: ReviewItemRecord): ReviewItem {
  return {
    id: item._id.toHexString(),
    kind: item.kind,
    contactIds: item.contactIds.map((id) => id.toHexString()),
    conversationIds: item.conversationIds.map((id) => id.toHexString()),
    facts: item.facts,
    createdAt: item.createdAt.toISOString(),
    ...(item.orderId !== undefined && { orderId: item.orderId }),
    ...(item.done && { done: { at: item.done.at.toISOString(), name: item.done.name } }),
  };
}
