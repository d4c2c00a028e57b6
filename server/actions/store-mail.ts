import { createHash } from "node:crypto";
import mongoose, { Types } from "mongoose";
import type { Context } from "../context.ts";
import { insertTogether, UNJOURNALED } from "../database/together.ts";
import { InboxModel, type InboxRecord } from "../models/inbox.ts";
import { MailModel, type MailRecord, type MailWay } from "../models/mail.ts";
import { duplicateKeyOf } from "./append-message.ts";
import { claimedNow, type WorkList } from "./claims.ts";

/** Up to this size a raw mail lies in its document: one write instead of several. */
const INLINE_BYTES = 256 * 1024;
/** Stored mails that nothing has been made of. */
export const OWED_MAILS: WorkList = { collection: MailModel.collection, due: "owedAt" };

const DEFERRED_MS = 30_000;

const insertMail = insertTogether(MailModel);

export interface IncomingMail {
  raw: Buffer;
  /** SMTP MAIL FROM; absent where the mail was fetched. */
  mailFrom?: string;
  recipients?: readonly string[];
  via?: MailWay;
  client?: MailRecord["client"];
}

function mailBucket() {
  return new mongoose.mongo.GridFSBucket(mongoose.connection.db!, { bucketName: "mails" });
}

/**
 * Keeps a raw mail for an inbox, together with the work it owes. When it returns, the mail is on disk and its sender may
 * forget it. The same bytes again are the first record.
 */
export async function storeMail(
  ctx: Context,
  { inbox, mail }: { inbox: Pick<InboxRecord, "_id" | "workspaceId">; mail: IncomingMail },
): Promise<{ record: MailRecord; duplicate: boolean }> {
  const now = ctx.clock.now();
  const hash = createHash("sha256").update(mail.raw).digest("hex");
  const record: MailRecord = {
    _id: new Types.ObjectId(),
    workspaceId: inbox.workspaceId,
    inboxId: inbox._id,
    size: mail.raw.length,
    hash,
    recipients: [...(mail.recipients ?? [])],
    state: "new",
    attempts: 0,
    ...claimedNow(ctx),
    receivedAt: now,
    ...(mail.mailFrom !== undefined && { mailFrom: mail.mailFrom }),
    ...(mail.via && { via: mail.via }),
    ...(mail.client && { client: mail.client }),
  };
  if (mail.raw.length <= INLINE_BYTES) {
    record.raw = mail.raw;
  } else {
    const known = await MailModel.findOne({ inboxId: inbox._id, hash }).lean<MailRecord>();
    if (known) return { record: known, duplicate: true };
    record.rawId = await upload(mail.raw);
  }
  try {
    await insertMail(record);
  } catch (error) {
    if (!duplicateKeyOf(error)) throw error;
    const first = await MailModel.findOne({ inboxId: inbox._id, hash }).lean<MailRecord>();
    if (!first) throw error;
    return { record: first, duplicate: true };
  }
  ctx.bus.emit("mail.stored", { mail: record });
  return { record, duplicate: false };
}

async function upload(raw: Buffer): Promise<Types.ObjectId> {
  const stream = mailBucket().openUploadStream("mail.eml");
  await new Promise<void>((resolve, reject) => {
    stream.once("finish", resolve);
    stream.once("error", reject);
    stream.end(raw);
  });
  return stream.id as Types.ObjectId;
}

/** The raw bytes of a stored mail. */
export async function readRawMail(mail: MailRecord): Promise<Buffer> {
  if (mail.raw) return Buffer.isBuffer(mail.raw) ? mail.raw : Buffer.from((mail.raw as { buffer: Uint8Array }).buffer);
  const chunks: Buffer[] = [];
  for await (const chunk of mailBucket().openDownloadStream(mail.rawId!)) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

export async function findMail(id: Types.ObjectId): Promise<MailRecord | undefined> {
  return (await MailModel.findById(id).lean<MailRecord>()) ?? undefined;
}

/** Enabled inboxes with one of these addresses (without their plus parts), at most some seconds old. */
export async function inboxesOf(ctx: Context, addresses: readonly string[]): Promise<InboxRecord[]> {
  const found: InboxRecord[] = [];
  for (const address of new Set(addresses)) {
    const key = `address:${address}`;
    let inbox = ctx.inboxes.get(key);
    if (!inbox) {
      inbox = (await InboxModel.findOne({ address, enabled: true }).lean<InboxRecord>()) ?? undefined;
      if (inbox) ctx.inboxes.set(key, inbox);
    }
    if (inbox) found.push(inbox);
  }
  return found;
}

const OWN_ADDRESSES_MS = 5_000;
const own = new WeakMap<Context, { read: number; addresses: Promise<Set<string>> }>();

/** The addresses of all enabled inboxes, some seconds old at most. */
export function ownAddresses(ctx: Context): Promise<Set<string>> {
  const known = own.get(ctx);
  if (known && performance.now() - known.read < OWN_ADDRESSES_MS) return known.addresses;
  const addresses = InboxModel.find({ address: { $gt: "" }, enabled: true }, { address: 1 })
    .lean<Pick<InboxRecord, "address">[]>()
    .then((inboxes) => new Set(inboxes.flatMap(({ address }) => address ?? [])));
  own.set(ctx, { read: performance.now(), addresses });
  addresses.catch(() => own.delete(ctx));
  return addresses;
}

export interface SettledMail {
  mail: Pick<MailRecord, "_id">;
  state: MailRecord["state"];
  messageId?: Types.ObjectId;
  /** Its sender is to be checked again then. */
  checkAt?: Date;
  sender?: string;
}

/** Nothing is left to do for these mails. One command for many; one that a crash loses is taken in again, which changes nothing. */
export async function settleMails(settled: readonly SettledMail[]): Promise<void> {
  if (settled.length === 0) return;
  await MailModel.collection.bulkWrite(
    settled.map(({ mail, ...change }) => ({
      updateOne: { filter: { _id: mail._id }, update: { $set: change, $unset: { owedAt: "", claimedBy: "" } } },
    })),
    { ...UNJOURNALED, ordered: false },
  );
}

/** It did not work: again later, with growing pauses. Returns when. */
export async function postponeMail(ctx: Context, mail: MailRecord): Promise<Date> {
  const attempts = mail.attempts + 1;
  const pause = Math.min(600_000, 1_000 * 2 ** attempts);
  const owedAt = new Date(ctx.clock.now().getTime() + pause);
  await MailModel.collection.updateOne(
    { _id: mail._id, claimedBy: ctx.node },
    { $set: { attempts, owedAt }, $unset: { claimedBy: "" } },
  );
  return owedAt;
}

/** Others come first: again later, and it is not the mail's fault. */
export async function deferMail(ctx: Context, mail: MailRecord): Promise<Date> {
  const owedAt = new Date(ctx.clock.now().getTime() + DEFERRED_MS);
  await MailModel.collection.updateOne(
    { _id: mail._id, claimedBy: ctx.node },
    { $set: { owedAt }, $unset: { claimedBy: "" } },
  );
  return owedAt;
}
