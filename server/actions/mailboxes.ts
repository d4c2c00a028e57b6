import { Types } from "mongoose";
import { type MailboxConfig, mailboxSchema } from "../../channels/email/config.ts";
import { dkimRecord, isDkimKey, newDkimKey } from "../../channels/email/dkim.ts";
import { DEFAULT_THRESHOLD } from "../../contract/bot.ts";
import { LOCALES } from "../../contract/locales.ts";
import type { Context } from "../context.ts";
import { AppError, notFound } from "../errors.ts";
import { InboxModel, type InboxRecord } from "../models/inbox.ts";
import {
  LocalMailModel,
  type LocalMailRecord,
  MailCursorModel,
  type MailCursorRecord,
  MailStateModel,
  type MailStateRecord,
} from "../models/mail.ts";
import { versionFilter } from "../models/version.ts";
import { findInboxByKey } from "../queries/inboxes.ts";
import { decrypt, encrypt, equalInConstantTime, sign } from "../signing.ts";
import { newSecret } from "./inboxes.ts";

type Settings = Pick<InboxRecord, "settings">;
type Section = Record<string, unknown>;

/** Where secrets lie in a mailbox's settings. */
const SECRETS = [
  ["imap", "password"],
  ["smtp", "password"],
  ["dkim", "privateKey"],
] as const;

/** A mailbox's settings with its secrets readable. Unset ones have their defaults. */
export function mailboxOf(ctx: Pick<Context, "config">, inbox: Settings): MailboxConfig {
  return mailboxSchema.parse(withSecrets(inbox.settings, (secret) => decrypt(ctx.config.secretKey, secret)));
}

/** The settings as a person may see them: secrets become "set or not". */
export async function mailboxView(ctx: Context, inbox: InboxRecord, locale: string) {
  const { imap, smtp, dkim, webhookRound: _round, ...rest } = mailboxOf(ctx, inbox);
  const account = <T extends { password: string }>({ password, ...shown }: T) => ({
    ...shown,
    passwordSet: password !== "",
  });
  return {
    ...rest,
    imap: imap ? account(imap) : null,
    smtp: smtp ? account(smtp) : null,
    dkim: dkim ? { domain: dkim.domain, selector: dkim.selector, record: dkimRecord(dkim) } : null,
    receiver:
      ctx.config.smtpListenPort === 0
        ? null
        : { port: ctx.config.smtpListenPort, taken: ctx.health.get("smtp").state === "failed" },
    webhookPath: `/api/v1/mail-webhook/${inbox.key}/${webhookSecret(ctx, inbox)}`,
    /** Nothing leaves: mails without a server of their own are kept for the demo mailbox. */
    local: !smtp && !ctx.config.smtpUrl,
    state: imap ? await stateOf(ctx, inbox._id, locale) : null,
  };
}

async function stateOf(ctx: Context, inboxId: Types.ObjectId, locale: string) {
  const state = await MailStateModel.findOne({ inboxId }).lean<MailStateRecord>();
  if (!state) return null;
  return {
    connected: state.connected,
    at: state.at.toISOString(),
    fetchedAt: state.fetchedAt?.toISOString() ?? null,
    ...(state.problem && {
      problem: state.problem,
      message: ctx.translate(locale, `email:failures.${state.problem}`),
      detail: state.detail ?? "",
    }),
  };
}

/** Found anew at every round of a fetcher; written when it changed, and once in a while. */
export async function saveMailState(
  ctx: Context,
  { inboxId, ...state }: Pick<MailStateRecord, "inboxId" | "connected" | "problem" | "detail">,
): Promise<void> {
  const at = ctx.clock.now();
  await MailStateModel.updateOne(
    { inboxId },
    {
      $set: { ...state, at, ...(state.connected && { fetchedAt: at }) },
      ...(state.connected && { $unset: { problem: "", detail: "" } }),
    },
    { upsert: true },
  );
}

/** The secret part of the address that a mail service posts raw mails to. */
function webhookSecret(ctx: Context, inbox: InboxRecord): string {
  const { webhookRound } = mailboxOf(ctx, inbox);
  return sign(ctx.config.secretKey, "mail webhook", `${inbox._id.toHexString()}:${webhookRound}`);
}

/** The inbox that a mail service's webhook is for. @throws AppError unknown_inbox, also for a wrong secret */
export async function inboxOfWebhook(ctx: Context, key: string, secret: string): Promise<InboxRecord> {
  const inbox = await findInboxByKey(ctx, key);
  const known = inbox?.enabled && ctx.channels.get(inbox.channel).addressed;
  if (!known || !equalInConstantTime(webhookSecret(ctx, inbox), secret)) throw new AppError("unknown_inbox");
  return inbox;
}

/** A new address for the webhook; the old one stops working. */
export async function renewWebhook(
  ctx: Context,
  { workspaceId, id }: { workspaceId: string; id: string },
): Promise<InboxRecord> {
  return changeSettings(ctx, { workspaceId, id }, async (inbox) => ({
    ...inbox.settings,
    webhookRound: mailboxOf(ctx, inbox).webhookRound + 1,
  }));
}

/** A change: a section that is absent stays, null removes it, a secret that is absent stays as it was. */
export interface MailboxChange {
  senderName?: string | undefined;
  signature?: string | undefined;
  signatures?: Partial<Record<string, string>> | undefined;
  addressPattern?: "plus" | "plain" | undefined;
  trustedRelays?: string[] | undefined;
  trustedResults?: string[] | undefined;
  imap?: Section | null | undefined;
  smtp?: Section | null | undefined;
  dkim?: Section | null | undefined;
}

/** What the settings would be after a change. @throws ZodError */
export function changedMailbox(ctx: Pick<Context, "config">, inbox: Settings, change: MailboxChange): MailboxConfig {
  const before = mailboxOf(ctx, inbox) as unknown as Record<string, Section | undefined>;
  const next: Record<string, unknown> = { ...before };
  for (const [name, value] of Object.entries(change)) {
    if (value === undefined) continue;
    if (value === null) delete next[name];
    else if (name === "signatures" || Array.isArray(value)) next[name] = value;
    else if (typeof value === "object") next[name] = { ...keptSecret(before[name], name), ...value };
    else next[name] = value;
  }
  return mailboxSchema.parse(next);
}

function keptSecret(section: Section | undefined, name: string): Section {
  const key = SECRETS.find(([each]) => each === name)?.[1];
  return key && section?.[key] !== undefined ? { [key]: section[key] } : {};
}

/**
 * Changes a mailbox. A DKIM section without a key gets a new one.
 * @param version the one its author saw: another is not changed. @throws AppError not_found, invalid_request, version_mismatch
 */
export async function updateMailbox(
  ctx: Context,
  { change, ...which }: { workspaceId: string; id: string; change: MailboxChange; version?: number | undefined },
): Promise<InboxRecord> {
  const { dkim } = change;
  return changeSettings(ctx, which, async (inbox) => {
    const keyless = dkim && dkim.privateKey === undefined && !mailboxOf(ctx, inbox).dkim;
    const wanted = keyless ? { ...change, dkim: { ...dkim, privateKey: await newDkimKey() } } : change;
    const next = changedMailbox(ctx, inbox, wanted);
    if (dkim && next.dkim && !isDkimKey(next.dkim.privateKey)) {
      const message = "must be an RSA private key of at least 1024 bits, in PEM form";
      throw new AppError("invalid_request", { issues: [{ path: "body.dkim.privateKey", message }] });
    }
    return withSecrets(next as unknown as Section, (secret) => encrypt(ctx.config.secretKey, secret));
  });
}

/** Settings are stored as a whole: what somebody else changed in between is read again, not overwritten. */
async function changeSettings(
  ctx: Context,
  { workspaceId, id, version }: { workspaceId: string; id: string; version?: number | undefined },
  changed: (inbox: InboxRecord) => Promise<Section>,
): Promise<InboxRecord> {
  for (;;) {
    const seen = await addressedInbox(ctx, workspaceId, id);
    if (version !== undefined && (seen.version ?? 0) !== version) throw new AppError("version_mismatch");
    const saved = await InboxModel.findOneAndUpdate(
      { _id: id, workspaceId, ...versionFilter(seen.version ?? 0) },
      { $set: { settings: await changed(seen) }, $inc: { version: 1 } },
      { returnDocument: "after" },
    ).lean<InboxRecord>();
    if (!saved) continue;
    ctx.inboxes.clear();
    ctx.bus.emit("inbox.updated", { inbox: saved });
    return saved;
  }
}

/** @throws AppError not_found */
export async function addressedInbox(ctx: Context, workspaceId: string, id: string): Promise<InboxRecord> {
  const inbox = await InboxModel.findOne({ _id: id, workspaceId }).lean<InboxRecord>();
  if (!inbox || !ctx.channels.get(inbox.channel).addressed) throw notFound("inbox");
  return inbox;
}

/** A further inbox with an address of its own. @throws AppError conflict when the address has one */
export async function createMailbox(
  ctx: Context,
  { workspaceId, name, address }: { workspaceId: string; name: string; address: string },
): Promise<InboxRecord> {
  const channel = ctx.channels.names().find((each) => ctx.channels.get(each).addressed);
  if (!channel) throw new AppError("unknown_channel");
  const bare = address.toLowerCase();
  if (await InboxModel.exists({ address: bare })) throw new AppError("conflict", { address: bare });
  const first = await InboxModel.findOne({ workspaceId, channel }).sort({ _id: 1 }).lean<InboxRecord>();
  const id = new Types.ObjectId();
  const inbox: InboxRecord = {
    _id: id,
    workspaceId: new Types.ObjectId(workspaceId),
    key: `${channel}-${id.toHexString().slice(-8)}`,
    channel,
    name,
    enabled: true,
    address: bare,
    greeting:
      first?.greeting ?? Object.fromEntries(LOCALES.map((locale) => [locale, ctx.translate(locale, "greeting")])),
    bot: first?.bot ?? { mode: "draft", threshold: DEFAULT_THRESHOLD },
    accent: first?.accent ?? "#4F46E5",
    allowedOrigins: [],
    identitySecret: encrypt(ctx.config.secretKey, newSecret()),
    settings: {},
    createdAt: ctx.clock.now(),
  };
  await InboxModel.create(inbox);
  ctx.bus.emit("inbox.updated", { inbox });
  return inbox;
}

/** All enabled inboxes with an address, for the fetchers. */
export async function addressedInboxes(ctx: Context): Promise<InboxRecord[]> {
  const channels = ctx.channels.names().filter((name) => ctx.channels.get(name).addressed);
  return InboxModel.find({ address: { $gt: "" }, channel: { $in: channels }, enabled: true }).lean<InboxRecord[]>();
}

function withSecrets(settings: Section, change: (secret: string) => string): Section {
  const copy = structuredClone(settings);
  for (const [section, name] of SECRETS) {
    const part = copy[section] as Section | undefined;
    const secret = part?.[name];
    if (part && typeof secret === "string" && secret !== "") part[name] = change(secret);
  }
  return copy;
}

export async function loadMailCursor(inboxId: Types.ObjectId, mailbox: string): Promise<MailCursorRecord | undefined> {
  return (await MailCursorModel.findOne({ inboxId, mailbox }).lean<MailCursorRecord>()) ?? undefined;
}
export async function saveMailCursor(cursor: Omit<MailCursorRecord, "_id">): Promise<void> {
  const { inboxId, mailbox, ...rest } = cursor;
  const { modifiedCount, matchedCount } = await MailCursorModel.updateOne(
    { inboxId, mailbox, $or: [{ uidValidity: { $ne: rest.uidValidity } }, { lastUid: { $lte: rest.lastUid } }] },
    { $set: rest },
  );
  if (modifiedCount + matchedCount > 0) return;
  // There is none yet, or one that is further: then nothing is to be done.
  await MailCursorModel.updateOne({ inboxId, mailbox }, { $setOnInsert: rest }, { upsert: true });
}

const KEPT_LOCAL_MAILS = 500;

/** Keeps a mail that has no server to go to, once per Message-ID; the demo mailbox shows it. */
export async function keepLocalMail(mail: Omit<LocalMailRecord, "_id">): Promise<void> {
  const { messageId, ...rest } = mail;
  // Sent again, perhaps to a corrected address: the latest counts.
  await LocalMailModel.updateOne({ messageId }, { $set: rest }, { upsert: true });
  const [oldest] = await LocalMailModel.find({}, { at: 1 })
    .sort({ at: -1 })
    .skip(KEPT_LOCAL_MAILS)
    .limit(1)
    .lean<LocalMailRecord[]>();
  if (oldest) await LocalMailModel.deleteMany({ at: { $lte: oldest.at } });
}
export async function listLocalMails(limit: number): Promise<LocalMailRecord[]> {
  return LocalMailModel.find({}, { raw: 0 }).sort({ at: -1 }).limit(limit).lean<LocalMailRecord[]>();
}
export async function findLocalMail(id: string): Promise<LocalMailRecord | undefined> {
  return (await LocalMailModel.findById(id).lean<LocalMailRecord>()) ?? undefined;
}
