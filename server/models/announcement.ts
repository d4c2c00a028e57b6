import { Schema, type Types } from "mongoose";
import type { WebhookEvent } from "../../contract/webhook.ts";

/** An event that others are still to hear of. It stands on the document it is about, written with the change itself. */
export interface Announcement {
  /** The event's id, for every receiver. */
  id: Types.ObjectId;
  type: WebhookEvent;
  at: Date;
}

/** What a document that can be announced carries. Absent when nothing is to be told, which is nearly always. */
export interface Announcing {
  announce?: Announcement[];
  /** From when on any node may announce it; until then it is up to the node that wrote it. */
  announceAt?: Date;
}

export const announcingFields = {
  announce: { type: [Schema.Types.Mixed], default: undefined } as never,
  announceAt: Date,
};
