import { createHmac } from "node:crypto";
import { Types } from "mongoose";
import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import { MailedCodeModel, type MailedCodeRecord } from "../models/mailed-code.ts";
import type { OrderRecord } from "../models/order.ts";
import { inboxOfChannel } from "../queries/inboxes.ts";
import { findOrderByNumber } from "../queries/orders.ts";
import type { RateLimit } from "../rate-limits.ts";
import { equalInConstantTime, signingKey } from "../signing.ts";

const VALID_MS = 15 * 60_000;
const DAY_MS = 24 * 3600_000;
/** The answer goes first: the mail waits for it this long if nobody says that it has gone. */
const AFTER_ANSWER_MS = 5_000;
/** Longer than a mail server may take to answer: no other node sends the same mail meanwhile. */
const LEASE_MS = 3 * 60_000;
const RETRY_MS = 15_000;

/** Codes of a day, whoever asks for them. */
const PER_DAY = {
  /** For one order's number, whether or not there is such an order. */
  number: 5,
  /** For one visitor. */
  contactId: 5,
  /** To one address. */
  email: 6,
} as const;

/**
 * Puts a code for an order down, to be mailed after the asker has had their answer. The order is looked up then, so that
 * neither the answer nor its timing tells whether there is one.
 * @returns undefined when there is no way to mail, or enough codes were asked for today
 */
export async function requestOrderCode(
  ctx: Context,
  {
    workspaceId,
    conversationId,
    contactId,
    number,
    locale,
  }: Pick<MailedCodeRecord, "workspaceId" | "locale"> & {
    conversationId: Types.ObjectId;
    contactId: Types.ObjectId;
    number: string;
  },
): Promise<MailedCodeRecord | undefined> {
  if (!(await mailInbox(ctx, workspaceId))) return undefined;
  const plain = plainNumber(number);
  const within =
    (await mayCount(ctx, workspaceId, "contactId", contactId)) && (await mayCount(ctx, workspaceId, "number", plain));
  if (!within) return undefined;
  return put(ctx, { workspaceId, purpose: "order", conversationId, contactId, number: plain, locale });
}

/** The form in which an order's number is counted. */
export function plainNumber(number: string): string {
  return number.trim().replace(/^#/, "");
}

async function put(
  ctx: Context,
  fields: Omit<MailedCodeRecord, "_id" | "attempts" | "createdAt" | "validUntil" | "expiresAt" | "dueAt">,
): Promise<MailedCodeRecord> {
  const now = ctx.clock.now().getTime();
  const record: MailedCodeRecord = {
    ...fields,
    _id: new Types.ObjectId(),
    attempts: 0,
    createdAt: new Date(now),
    dueAt: new Date(now + AFTER_ANSWER_MS),
    validUntil: new Date(now + VALID_MS),
    expiresAt: new Date(now + DAY_MS),
  };
  await MailedCodeModel.create(record);
  return record;
}

/** Counted at once, for many requests side by side, and in the database, for a hub that starts anew. */
async function mayCount(
  ctx: Context,
  workspaceId: Types.ObjectId,
  field: keyof typeof PER_DAY,
  value: string | Types.ObjectId,
): Promise<boolean> {
  const points = PER_DAY[field];
  const since = new Date(ctx.clock.now().getTime() - DAY_MS);
  const before = await MailedCodeModel.countDocuments({ workspaceId, [field]: value, createdAt: { $gt: since } });
  if (before >= points) return false;
  return counted(ctx, `code-${field}`, `${workspaceId}:${value}`, { points, seconds: DAY_MS / 1000 });
}

/** Takes a point of a limit. @returns false when none is left */
export async function counted(ctx: Context, name: string, key: string, limit: RateLimit): Promise<boolean> {
  try {
    await ctx.limits.consume(name, key, limit);
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === "rate_limited") return false;
    throw error;
  }
}

/** The code of a record, six digits. */
function codeOf(ctx: Context, id: Types.ObjectId): string {
  const mac = createHmac("sha256", signingKey(ctx.config.secretKey, "mailed code")).update(id.toHexString()).digest();
  return String(mac.readUIntBE(0, 6) % 1_000_000).padStart(6, "0");
}

/** Whether a code is the one that was mailed, and still good. Takes as long for one that never left. */
export async function fitsCode(ctx: Context, id: Types.ObjectId, code: string): Promise<MailedCodeRecord | undefined> {
  const record = await MailedCodeModel.findById(id).lean<MailedCodeRecord>();
  const fits = equalInConstantTime(codeOf(ctx, id), code);
  if (!record?.sentAt || record.revokedAt || record.validUntil <= ctx.clock.now()) return undefined;
  return fits ? record : undefined;
}

/** Takes over codes whose sending is overdue, each by one node. */
export async function takeOverdueCodes(ctx: Context, limit: number): Promise<MailedCodeRecord[]> {
  const due = await MailedCodeModel.find({ dueAt: { $lte: ctx.clock.now() } })
    .sort({ dueAt: 1 })
    .limit(limit)
    .lean<MailedCodeRecord[]>();
  const taken = await Promise.all(due.map((record) => takeCode(ctx, record)));
  return taken.filter((record) => record !== null);
}

/** Takes the sending of a code, as it was seen: another node may have been faster. */
export async function takeCode(
  ctx: Context,
  { _id, dueAt }: Pick<MailedCodeRecord, "_id" | "dueAt">,
): Promise<MailedCodeRecord | null> {
  if (!dueAt) return null;
  return MailedCodeModel.findOneAndUpdate(
    { _id, dueAt },
    { $set: { dueAt: new Date(ctx.clock.now().getTime() + LEASE_MS) }, $inc: { attempts: 1 } },
    { returnDocument: "after" },
  ).lean<MailedCodeRecord>();
}

/** Mails a code that was taken. A repeat after a crash is the same mail again, under the same Message-ID. */
export async function sendMailedCode(ctx: Context, record: MailedCodeRecord): Promise<void> {
  const { _id, workspaceId, validUntil } = record;
  const over = { $unset: { dueAt: "" } };
  const inbox = await mailInbox(ctx, workspaceId);
  const to = inbox && validUntil > ctx.clock.now() && !record.revokedAt ? await recipientOf(ctx, record) : undefined;
  if (!inbox || !to) {
    await MailedCodeModel.updateOne({ _id }, over);
    return;
  }
  const { email, order } = to;
  // It can be typed as soon as it may have arrived.
  const sent = { email, ...(order && { orderId: order._id }), sentAt: record.sentAt ?? ctx.clock.now() };
  await MailedCodeModel.updateOne({ _id }, { $set: sent });
  const { locale } = record;
  const say = (key: string) =>
    ctx.translate(locale, key, { code: codeOf(ctx, _id), ...(order && { order: order.number }) });
  const result = await ctx.channels.get(inbox.channel).send({
    id: _id.toHexString(),
    // Not the asker's conversation: who gets the code may answer this mail, and must not land with whoever asked.
    conversationId: _id.toHexString(),
    seq: 0,
    text: say("bot:code.body"),
    subject: say("bot:code.subject"),
    attachments: [],
    automatic: true,
    locale,
    thread: { subject: say("bot:code.subject"), earlier: [] },
    linkless: true,
    inbox: {
      id: inbox._id.toHexString(),
      key: inbox.key,
      name: inbox.name,
      settings: inbox.settings,
      ...(inbox.address && { address: inbox.address }),
    },
    to: { contactId: "", name: order?.buyer.name ?? "", email, locale },
  });
  if (result.status === "failed") ctx.log.warn({ reason: result.reason }, "a one-time code could not be mailed");
  const again = result.status === "failed" && result.retry;
  const retryAt = new Date(ctx.clock.now().getTime() + RETRY_MS * record.attempts);
  await MailedCodeModel.updateOne({ _id }, again ? { $set: { dueAt: retryAt } } : over);
}

/** Where a code goes; nowhere when there is no such order, or its address has had enough of them today. */
async function recipientOf(
  ctx: Context,
  record: MailedCodeRecord,
): Promise<{ email: string; order?: OrderRecord } | undefined> {
  const order = record.number === undefined ? null : await findOrderByNumber(record.workspaceId, record.number);
  const email = record.purpose === "order" ? order?.buyer.email?.toLowerCase() : record.email;
  if (!email) return undefined;
  // Counted the first time alone: what is sent again is the same mail.
  const allowed = record.sentAt || record.email || (await mayCount(ctx, record.workspaceId, "email", email));
  return allowed ? { email, ...(order && { order }) } : undefined;
}

/** What mails to buyers leave by. */
async function mailInbox(ctx: Context, workspaceId: Types.ObjectId) {
  const channel = ctx.channels.names().find((name) => {
    const { proactive, live } = ctx.channels.get(name).capabilities;
    return proactive && !live && ctx.channels.get(name).addressed;
  });
  return channel && (await inboxOfChannel(workspaceId, channel));
}
