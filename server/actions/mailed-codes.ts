import { createHmac } from "node:crypto";
import { Types } from "mongoose";
import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import { MailedCodeModel, type MailedCodeRecord } from "../models/mailed-code.ts";
import type { OrderRecord } from "../models/order.ts";
import { findBuyer } from "../queries/buyers.ts";
import { findContact } from "../queries/contacts.ts";
import { inboxOfChannel } from "../queries/inboxes.ts";
import { findOrderByNumber } from "../queries/orders.ts";
import { workspaceName } from "../queries/workspace.ts";
import type { RateLimit } from "../rate-limits.ts";
import { equalInConstantTime, sign, signingKey, verifySignature } from "../signing.ts";
import type { WorkList } from "./claims.ts";

const VALID_MS = 15 * 60_000;
const DAY_MS = 24 * 3600_000;
/** The answer goes first: the mail waits for it this long if nobody says that it has gone. */
const AFTER_ANSWER_MS = 5_000;
const RETRY_MS = 15_000;

/** Codes that are to be mailed. */
export const DUE_CODES: WorkList = { collection: MailedCodeModel.collection, due: "dueAt", tries: "attempts" };

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
  const counts = { workspaceId, purpose: "order" } as const;
  const within =
    (await mayCount(ctx, counts, "contactId", contactId)) && (await mayCount(ctx, counts, "number", plain));
  if (!within) return undefined;
  return put(ctx, { workspaceId, purpose: "order", conversationId, contactId, number: plain, locale });
}

/** The form in which an order's number is counted. */
export function plainNumber(number: string): string {
  return number.trim().replace(/^#/, "");
}

/**
 * Puts a code for the message centre down. Whether a buyer has the address is looked up when the mail is sent.
 * @returns undefined when enough codes went to the address today
 */
export async function requestCentreCode(
  ctx: Context,
  fields: Pick<MailedCodeRecord, "workspaceId" | "locale" | "sessionId" | "linkHash" | "device"> & { email: string },
): Promise<MailedCodeRecord | undefined> {
  const { workspaceId, email, device } = fields;
  if (!(await mayCount(ctx, { workspaceId, purpose: "centre", device }, "email", email))) return undefined;
  return put(ctx, { ...fields, purpose: "centre" });
}

async function put(
  ctx: Context,
  fields: Omit<MailedCodeRecord, "_id" | "attempts" | "tries" | "createdAt" | "validUntil" | "expiresAt" | "dueAt">,
): Promise<MailedCodeRecord> {
  const now = ctx.clock.now().getTime();
  const record: MailedCodeRecord = {
    ...fields,
    _id: new Types.ObjectId(),
    attempts: 0,
    tries: 0,
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
  { workspaceId, purpose, device }: Pick<MailedCodeRecord, "workspaceId" | "purpose"> & { device?: string | undefined },
  field: keyof typeof PER_DAY,
  value: string | Types.ObjectId,
): Promise<boolean> {
  const points = PER_DAY[field];
  const since = new Date(ctx.clock.now().getTime() - DAY_MS);
  const counts = { workspaceId, [field]: value, purpose, createdAt: { $gt: since }, device: device ?? null };
  if ((await MailedCodeModel.countDocuments(counts)) >= points) return false;
  return counted(ctx, `${purpose}-code-${field}`, `${workspaceId}:${value}:${device ?? ""}`, {
    points,
    seconds: DAY_MS / 1000,
  });
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

/**
 * Mails a code that was taken. A repeat after a crash is the same mail again, under the same Message-ID.
 * @returns when it is to be tried again
 */
export async function sendMailedCode(ctx: Context, record: MailedCodeRecord): Promise<Date | undefined> {
  const { _id, workspaceId, validUntil } = record;
  const over = { $unset: { dueAt: "", claimedBy: "" } };
  const inbox = await mailInbox(ctx, workspaceId);
  const to = inbox && validUntil > ctx.clock.now() && !record.revokedAt ? await recipientOf(ctx, record) : undefined;
  if (!inbox || !to) {
    await MailedCodeModel.updateOne({ _id }, over);
    return undefined;
  }
  const { email, name, order } = to;
  // It can be typed as soon as it may have arrived.
  const sent = { email, ...(order && { orderId: order._id }), sentAt: record.sentAt ?? ctx.clock.now() };
  await MailedCodeModel.updateOne({ _id }, { $set: sent });
  const { locale, purpose } = record;
  const values = {
    code: codeOf(ctx, _id),
    shop: (await workspaceName(workspaceId)) ?? "",
    ...(order && { order: order.number }),
  };
  const say = (key: string) => ctx.translate(locale, `bot:code.${key}`, values);
  const notMe = ctx.translate(locale, "bot:code.notMe", { url: refusalUrl(ctx, _id) });
  const subject = say("subject");
  const result = await ctx.channels.get(inbox.channel).send({
    id: _id.toHexString(),
    // Not the asker's conversation: who gets the code may answer this mail, and must not land with whoever asked.
    conversationId: _id.toHexString(),
    seq: 0,
    text: `${say(purpose === "order" ? "body" : "centre")}\n\n${notMe}`,
    subject,
    attachments: [],
    automatic: true,
    locale,
    thread: { subject, earlier: [] },
    linkless: true,
    inbox: {
      id: inbox._id.toHexString(),
      key: inbox.key,
      name: inbox.name,
      settings: inbox.settings,
      ...(inbox.address && { address: inbox.address }),
    },
    to: { contactId: "", name, email, locale },
  });
  if (result.status === "failed") ctx.log.warn({ reason: result.reason }, "a one-time code could not be mailed");
  const again = result.status === "failed" && result.retry;
  const retryAt = new Date(ctx.clock.now().getTime() + RETRY_MS * record.attempts);
  await MailedCodeModel.updateOne({ _id }, again ? { $set: { dueAt: retryAt }, $unset: { claimedBy: "" } } : over);
  return again ? retryAt : undefined;
}

interface Recipient {
  email: string;
  name: string;
  order?: OrderRecord;
}

/** Where a code goes; nowhere when no order or buyer has the address, or an order's has had enough of them today. */
async function recipientOf(ctx: Context, record: MailedCodeRecord): Promise<Recipient | undefined> {
  const { workspaceId, purpose, number } = record;
  if (purpose === "centre") {
    const email = record.email ?? "";
    const [contactId] = (await findBuyer(ctx, { workspaceId: workspaceId.toHexString(), email })).contactIds;
    if (!contactId) return undefined;
    const { name } = await findContact(workspaceId, contactId.toHexString());
    return { email, name };
  }
  const order = await findOrderByNumber(workspaceId, number ?? "");
  const email = order?.buyer.email?.toLowerCase();
  if (!order || !email) return undefined;
  // Counted the first time alone: what is sent again is the same mail.
  const allowed = record.sentAt || (await mayCount(ctx, { workspaceId, purpose }, "email", email));
  return allowed ? { email, name: order.buyer.name ?? "", order } : undefined;
}

const REFUSAL = "code refusal";

/** Where who got a code says that they did not ask for it. It opens nothing. */
function refusalUrl(ctx: Context, id: Types.ObjectId): string {
  const text = id.toHexString();
  return `${ctx.address}/messages/not-me?code=${text}${sign(ctx.config.secretKey, REFUSAL, text)}`;
}

/** The code that such a link speaks of. */
export async function codeOfRefusal(ctx: Context, token: string): Promise<MailedCodeRecord | undefined> {
  const id = token.slice(0, 24);
  if (!/^[0-9a-f]{24}$/.test(id) || !verifySignature(ctx.config.secretKey, REFUSAL, id, token.slice(24))) {
    return undefined;
  }
  return (await MailedCodeModel.findById(id).lean<MailedCodeRecord>()) ?? undefined;
}

/** What mails to buyers leave by. */
async function mailInbox(ctx: Context, workspaceId: Types.ObjectId) {
  const channel = ctx.channels.names().find((name) => {
    const { proactive, live } = ctx.channels.get(name).capabilities;
    return proactive && !live && ctx.channels.get(name).addressed;
  });
  return channel && (await inboxOfChannel(workspaceId, channel));
}
