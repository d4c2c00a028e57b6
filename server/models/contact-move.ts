import { model, Schema, type Types } from "mongoose";
import { type Announcing, announcingFields } from "./announcement.ts";
import type { ContactRecord } from "./contact.ts";

/**
 * A merge or a split of contacts, written before anything moves: it owes the moving, which may be repeated until it is
 * done. While one of a workspace is under way there is no second one, so that merges can not chase each other.
 */
export interface ContactMoveRecord extends Announcing {
  _id: Types.ObjectId;
  workspaceId: Types.ObjectId;
  kind: "merge" | "split";
  /** Whose things go over, and to whom. */
  fromId: Types.ObjectId;
  toId: Types.ObjectId;
  /** The addresses that go over. */
  identityIds: Types.ObjectId[];
  /** What the history calls either of them. */
  fromName: string;
  toName: string;
  /** Nobody where the hub itself took apart what should not have been one. */
  by?: { userId: string; name: string };
  /** Of a merge: what the vanished contact was, for its return, and what the other one took from it. */
  before?: Pick<
    ContactRecord,
    "name" | "email" | "emailHint" | "locale" | "country" | "timeZone" | "verified" | "optedOut"
  >;
  filled?: string[];
  /** Of a split: the merge that it takes back. */
  undoes?: Types.ObjectId;
  /** Of a merge that was taken back. */
  undone?: true;
  /** The moving is still owed. */
  owed?: true;
  /** From when on any node may move, or look again for what was being written during the move. */
  owedAt?: Date;
  createdAt: Date;
}

const schema = new Schema<ContactMoveRecord>(
  {
    workspaceId: { type: Schema.Types.ObjectId, required: true },
    kind: { type: String, required: true },
    fromId: { type: Schema.Types.ObjectId, required: true },
    toId: { type: Schema.Types.ObjectId, required: true },
    identityIds: { type: [Schema.Types.ObjectId], required: true },
    fromName: { type: String, default: "" },
    toName: { type: String, default: "" },
    by: { type: Schema.Types.Mixed } as never,
    before: { type: Schema.Types.Mixed } as never,
    filled: { type: [String], default: undefined },
    undoes: Schema.Types.ObjectId,
    undone: Boolean,
    owed: Boolean,
    owedAt: Date,
    ...announcingFields,
    createdAt: { type: Date, required: true },
  },
  { autoIndex: false, minimize: false },
);
schema.index({ workspaceId: 1 }, { unique: true, partialFilterExpression: { owed: { $exists: true } } });
schema.index({ owedAt: 1 }, { sparse: true });
schema.index({ toId: 1, _id: -1 });
schema.index({ fromId: 1, _id: -1 });
schema.index({ announceAt: 1 }, { sparse: true });

export const ContactMoveModel = model("contactMove", schema, "contact_moves");
