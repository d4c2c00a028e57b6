import { createHash } from "node:crypto";
import { Types } from "mongoose";
import type { Channel } from "../../channels/channel.ts";
import type { InboundMail } from "../../channels/email/receive.ts";
import { isSameWords } from "../../channels/email/same-words.ts";
import { isNoSender } from "../../channels/email/sender.ts";
import { MESSAGE_MAX_LENGTH } from "../../contract/common.ts";
import type { SenderProof } from "../../contract/message.ts";
import type { Context } from "../context.ts";
import { findTogether, insertTogether } from "../database/together.ts";
import { AppError } from "../errors.ts";
import { ContactIdentityModel, DISOWNED } from "../models/contact.ts";
import type { InboxRecord } from "../models/inbox.ts";
import { AutoReplyModel, type AutoReplyRecord } from "../models/mail.ts";
import type { MessageRecord, StoredAttachment, StoredOriginal } from "../models/message.ts";
import { appendMessage, duplicateKeyOf } from "./append-message.ts";
import { storeAttachment } from "./attachments.ts";
import { handToHuman } from "./hand-off.ts";
import { messagesOfSource, placeMail, rememberParticipants } from "./mail-conversation.ts";
import { recordBounce } from "./record-bounce.ts";
import { ownAddresses } from "./store-mail.ts";

const autoRepliesTo = findTogether<AutoReplyRecord, Pick<AutoReplyRecord, "inboxId" | "address">>(
  AutoReplyModel,
  "address",
  ["inboxId"],
);
const noteAutoReply = insertTogether(AutoReplyModel);

const AUTO_REPLIES = { most: 10, withinMs: 3 * 3600 * 1000 };

export interface ReceiveMailOptions {
  inbox: InboxRecord;
  inbound: InboundMail;
  channel: Channel<InboundMail>;
  mailId: Types.ObjectId;
  /** Whether it comes from the address that it says. */
  proof?: SenderProof;
}

/**
 * A buyer's mail into the conversation it belongs to, once per (inbox, Message-ID). Reports of failed delivery go to the
 * message they are about instead. Returns the message it became; undefined where it became none.
 */
export async function receiveMail(ctx: Context, options: ReceiveMailOptions): Promise<MessageRecord | undefined> {
  const { inbox, channel, mailId, proof } = options;
  let { inbound } = options;
  const [[known], own] = await Promise.all([
    messagesOfSource({ inboxId: inbox._id, sourceId: inbound.sourceId }),
    isOwnAddress(ctx, inbound.from.address),
  ]);
  if (known && isSameMail(known, inbound)) return known;
  if (known) {
    inbound = { ...inbound, sourceId: ownSourceId(inbound) };
    const [again] = await messagesOfSource({ inboxId: inbox._id, sourceId: inbound.sourceId });
    if (again) return again;
  }
  const { bounce, complaint } = inbound.classified;
  if ((bounce || complaint) && (await recordBounce(ctx, { inbox, inbound }))) return undefined;

  const automatic = inbound.classified.automatic || own;
  const received = channel.receive(inbound);
  const placed = await placeMail(ctx, { inbox, inbound, sender: received.from, automatic, proof });
  const { conversation, role, claims } = placed;
  const { attachments, leftOut } = await storeFiles(ctx, { inbox, inbound });
  // Nobody reads at an address that is none, and the bot cannot tell what was not read: people see such mails. The bot
  // answers the buyer: what somebody in Cc says is for people, too.
  const unanswerable = isNoSender(inbound.from.address) || inbound.unread === true;
  const answer = !automatic && !unanswerable && role !== "copied" && inbox.bot.mode !== "off";
  const may = answer && (await mayAnswer(ctx, { inbox, inbound, disowned: proof === "fail" }));
  const original: StoredOriginal = {
    subject: inbound.subject,
    ...(inbound.fromBy !== "none" && { from: inbound.from }),
    to: inbound.to,
    cc: inbound.cc,
    stored: true,
    notes: [...inbound.notes, ...(leftOut ? ["attachment_type"] : [])],
    mailId,
    references: inbound.references.slice(-20),
    ...(automatic && { kind: own ? "notification" : inbound.classified.class }),
    ...(inbound.externalId && { externalId: inbound.externalId }),
    ...(proof && { proof }),
    ...(role && { role }),
    ...(claims && { claims: claims.toHexString() }),
  };
  const name = inbound.from.name || placed.name;
  const { message, duplicate } = await appendMessage(
    ctx,
    {
      workspaceId: inbox.workspaceId,
      conversationId: conversation._id,
      inboxId: inbox._id,
      sourceId: inbound.sourceId,
      channel: inbox.channel,
      direction: "incoming",
      private: false,
      author: { type: "contact", ...(!role && { id: conversation.contactId.toHexString() }), ...(name && { name }) },
      text: wordsOf(inbound, attachments),
      attachments,
      status: "sent",
      automatic,
      original,
    },
    { owed: may ? ["bot"] : [] },
  );
  if (duplicate) return message;
  await rememberParticipants(placed, inbound);
  if (answer && !may && conversation.status === "pending") {
    await handToHuman(ctx, { conversation, reason: "usage_limit", cause: message._id.toHexString() });
  }
  if (!automatic && unanswerable && conversation.status === "pending") {
    await handToHuman(ctx, { conversation, reason: "unsupported_request", cause: message._id.toHexString() });
  }
  if (!automatic && placed.unreachable) await markReachable(inbox, inbound.from.address);
  return message;
}

/** Some programs give every mail the same Message-ID: another sender, other words or another file make it another mail. */
function isSameMail(known: MessageRecord, inbound: InboundMail): boolean {
  const { original } = known;
  if (known.direction !== "incoming" || !original) return true;
  if (original.from?.address.toLowerCase() !== senderKey(inbound)) return false;
  const sameWords = [inbound.text, wordsOf(inbound, known.attachments)].some((text) => isSameWords(known.text, text));
  return sameWords && hasSameFiles(known, inbound);
}

/** A mail that was nothing but a file of a kind that is not kept says at least its subject. */
function wordsOf({ text, subject }: InboundMail, attachments: readonly unknown[]): string {
  return text === "" && attachments.length === 0 ? subject.slice(0, MESSAGE_MAX_LENGTH).toWellFormed() : text;
}

function senderKey({ from, fromBy }: InboundMail): string | undefined {
  return fromBy === "none" ? undefined : from.address.toLowerCase();
}

/** A list may take files off on its way; one that the first mail did not have is new. */
function hasSameFiles({ attachments, original }: MessageRecord, { files }: InboundMail): boolean {
  if (original?.notes.some((note) => FILES_LEFT_OUT.has(note))) return true;
  const known = attachments.map(({ size }) => size);
  return files.every(({ content }) => {
    const at = known.indexOf(content.length);
    if (at >= 0) known.splice(at, 1);
    return at >= 0;
  });
}
const FILES_LEFT_OUT: ReadonlySet<string> = new Set([
  "attachment_type",
  "attachment_truncated",
  "too_many_attachments",
]);

function ownSourceId(inbound: InboundMail): string {
  const { sourceId, subject, text } = inbound;
  const files = inbound.files.map(({ content }) => content.length).join();
  const told = [senderKey(inbound) ?? "", subject, text, files].map((each) => `${each.length}:${each}`).join("");
  return `${sourceId.slice(0, 200)}#${createHash("sha256").update(told).digest("hex")}`;
}

async function storeFiles(
  ctx: Context,
  { inbox, inbound }: { inbox: InboxRecord; inbound: InboundMail },
): Promise<{ attachments: StoredAttachment[]; leftOut: boolean }> {
  const attachments: StoredAttachment[] = [];
  let leftOut = false;
  for (const file of inbound.files) {
    try {
      attachments.push(
        await storeAttachment(ctx, {
          workspaceId: inbox.workspaceId,
          owner: `inbox:${inbox._id.toHexString()}`,
          name: file.name,
          // The bytes tell what it is; senders often claim octet-stream or worse.
          claimedType: "",
          bytes: file.content,
        }),
      );
    } catch (error) {
      // A file that may not be shown is still in the original.
      if (!(error instanceof AppError)) throw error;
      leftOut = true;
    }
  }
  return { attachments, leftOut };
}

/** At most ten automatic answers to an address in three hours, and none to a subject that was just answered. */
async function mayAnswer(
  ctx: Context,
  { inbox, inbound, disowned }: { inbox: InboxRecord; inbound: InboundMail; disowned: boolean },
): Promise<boolean> {
  const at = ctx.clock.now();
  const entry = {
    inboxId: inbox._id,
    // Forged mails must not use up the answers of the one they name.
    address: `${disowned ? DISOWNED : ""}${inbound.from.address.toLowerCase()}`,
    subject: inbound.subject.trim(),
    sourceId: inbound.sourceId,
  };
  const since = at.getTime() - AUTO_REPLIES.withinMs;
  const recent = (await autoRepliesTo({ inboxId: entry.inboxId, address: entry.address })).filter(
    (each) => each.at.getTime() > since,
  );
  const others = recent.filter(({ sourceId }) => sourceId !== entry.sourceId);
  if (others.length >= AUTO_REPLIES.most) return false;
  if (entry.subject !== "" && others.some(({ subject }) => subject === entry.subject)) return false;
  try {
    await noteAutoReply({ _id: new Types.ObjectId(), ...entry, at });
  } catch (error) {
    if (!duplicateKeyOf(error)) throw error;
  }
  return true;
}

async function isOwnAddress(ctx: Context, address: string): Promise<boolean> {
  return (await ownAddresses(ctx)).has(address.toLowerCase().replace(/\+[^@]*@/, "@"));
}

/** Who writes from an address can be reached there again. */
async function markReachable(inbox: InboxRecord, address: string): Promise<void> {
  await ContactIdentityModel.updateOne(
    {
      workspaceId: inbox.workspaceId,
      channel: inbox.channel,
      key: address.toLowerCase(),
      unreachable: { $exists: true },
    },
    { $unset: { unreachable: "" } },
  );
}
