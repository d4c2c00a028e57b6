import type { SenderProof } from "../../contract/message.ts";
import type { Context } from "../context.ts";
import { MailModel, type MailRecord } from "../models/mail.ts";
import { MessageModel, type MessageRecord } from "../models/message.ts";
import { announcingUpdate } from "./announce.ts";

/** Pauses between the tries to check a sender, in minutes. After the last it stays unknown. */
const PAUSES = [1, 5, 30, 120, 360];
/** How long a node has for one. */
const LEASE_MS = 60_000;

/** When a mail is checked again that was checked this often without an answer; undefined when that is enough. */
export function nextCheck(ctx: Context, checks: number): Date | undefined {
  const minutes = PAUSES[checks];
  return minutes === undefined ? undefined : new Date(ctx.clock.now().getTime() + minutes * 60_000);
}

/** When the next sender is to be checked again. */
export async function nextDueCheck(): Promise<Date | undefined> {
  const next = await MailModel.findOne({ checkAt: { $gt: new Date(0) } }, { checkAt: 1 })
    .sort({ checkAt: 1 })
    .lean<Pick<MailRecord, "checkAt">>();
  return next?.checkAt;
}

/** Mails whose sender is to be checked again, each taken by one node. */
export async function takeDueChecks(ctx: Context, limit: number): Promise<MailRecord[]> {
  const now = ctx.clock.now();
  const due = await MailModel.find({ checkAt: { $lte: now } })
    .sort({ checkAt: 1 })
    .limit(limit)
    .lean<MailRecord[]>();
  const taken: MailRecord[] = [];
  for (const mail of due) {
    const mine = await MailModel.findOneAndUpdate(
      { _id: mail._id, checkAt: mail.checkAt },
      { $set: { checkAt: new Date(now.getTime() + LEASE_MS) }, $inc: { checks: 1 } },
      { returnDocument: "after" },
    ).lean<MailRecord>();
    if (mine) taken.push(mine);
  }
  return taken;
}

/**
 * What a check found at last: kept on the message, told to those who see it. Where the mail already lies it stays: it is
 * marked, and what was answered went to the known address.
 */
export async function recordProof(
  ctx: Context,
  { mail, proof, again }: { mail: MailRecord; proof: SenderProof; again: boolean },
): Promise<void> {
  if (proof !== "unknown" && mail.messageId) {
    const { push, set } = announcingUpdate(ctx, "message.updated");
    const message = await MessageModel.findOneAndUpdate(
      { _id: mail.messageId, "original.proof": "unknown" },
      { $set: { "original.proof": proof, ...set }, ...push },
      { returnDocument: "after" },
    ).lean<MessageRecord>();
    if (message) ctx.bus.emit("message.updated", { message });
  }
  const checkAt = again ? nextCheck(ctx, mail.checks ?? 0) : undefined;
  await MailModel.collection.updateOne(
    { _id: mail._id },
    checkAt ? { $set: { checkAt } } : { $unset: { checkAt: "" } },
  );
}
