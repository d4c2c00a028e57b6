import { model, Schema, type Types } from "mongoose";
import type { ReviewKind } from "../../contract/review.ts";

/** Something in the stored data that a person should look at. */
export interface ReviewItemRecord {
  _id: Types.ObjectId;
  workspaceId: Types.ObjectId;
  /** What it is about, unique in the workspace: found again, it is the same item. */
  key: string;
  kind: ReviewKind;
  contactIds: Types.ObjectId[];
  conversationIds: Types.ObjectId[];
  orderId?: string;
  facts: Record<string, string>;
  createdAt: Date;
  open: boolean;
  done?: { at: Date; userId: Types.ObjectId; name: string };
}

const schema = new Schema<ReviewItemRecord>(
  {
    workspaceId: { type: Schema.Types.ObjectId, required: true },
    key: { type: String, required: true },
    kind: { type: String, required: true },
    contactIds: { type: [Schema.Types.ObjectId], default: [] },
    conversationIds: { type: [Schema.Types.ObjectId], default: [] },
    orderId: String,
    facts: { type: Schema.Types.Mixed, default: {} },
    createdAt: { type: Date, required: true },
    open: { type: Boolean, required: true },
    done: Schema.Types.Mixed,
  },
  { minimize: false, autoIndex: false },
);
schema.index({ workspaceId: 1, key: 1 }, { unique: true });
schema.index({ workspaceId: 1, open: 1, _id: -1 });

export const ReviewItemModel = model("reviewItem", schema, "review_items");
