import type { Types } from "mongoose";
import { ConversationModel, type ConversationRecord } from "../models/conversation.ts";
import { MessageModel, type MessageRecord } from "../models/message.ts";
import type { Migration } from "./migration.ts";

const BATCH = 500;
/** Messages of a conversation that are looked at: one that is longer is no newsletter's. */
const LOOKED_AT = 100;

/** Indexes that the lists went by before they went by kind: each would cost a write with every message. */
const REPLACED: readonly Record<string, 1>[] = [
  { workspaceId: 1, active: 1, queueOrder: 1, _id: 1 },
  { workspaceId: 1, status: 1, queueOrder: 1, _id: 1 },
  { workspaceId: 1, assigneeId: 1, active: 1, queueOrder: 1, _id: 1 },
  { workspaceId: 1, active: 1, priorityRank: 1, queueOrder: 1, _id: 1 },
];

/** Every conversation gets its kind: automatic where nobody but programs ever wrote in it. */
export const migration: Migration = {
  id: "003-mailin",
  async run() {
    let after: Types.ObjectId | undefined;
    for (;;) {
      const rows = await ConversationModel.find(after ? { _id: { $gt: after } } : {}, {
        kind: 1,
        lastIncomingAt: 1,
        lastSeq: 1,
      })
        .sort({ _id: 1 })
        .limit(BATCH)
        .lean<(Pick<ConversationRecord, "_id" | "lastIncomingAt" | "lastSeq"> & Partial<ConversationRecord>)[]>();
      if (rows.length === 0) break;
      after = rows.at(-1)!._id;
      const open = rows.filter(({ kind }) => kind === undefined);
      const kinds = await Promise.all(open.map(async (row) => ((await isAutomatic(row)) ? "automatic" : "person")));
      if (open.length === 0) continue;
      await ConversationModel.collection.bulkWrite(
        open.map(({ _id }, at) => ({
          // One that got a kind meanwhile knows better.
          updateOne: { filter: { _id, kind: { $exists: false } }, update: { $set: { kind: kinds[at] } } },
        })),
        { ordered: false },
      );
    }
    const known = await ConversationModel.collection.indexes();
    for (const replaced of REPLACED) {
      const index = known.find(({ key }) => JSON.stringify(key) === JSON.stringify(replaced));
      if (index?.name) await ConversationModel.collection.dropIndex(index.name);
    }
  },
};

async function isAutomatic({
  _id,
  lastIncomingAt,
}: Pick<ConversationRecord, "_id" | "lastIncomingAt">): Promise<boolean> {
  if (lastIncomingAt) return false;
  const messages = await MessageModel.find({ conversationId: _id }, { direction: 1, automatic: 1, private: 1 })
    .sort({ seq: 1 })
    .limit(LOOKED_AT)
    .lean<Pick<MessageRecord, "direction" | "automatic" | "private">[]>();
  const said = messages.filter(({ direction, private: hidden }) => direction !== "activity" && !hidden);
  return said.length > 0 && said.every(({ direction, automatic }) => direction === "incoming" && automatic);
}
