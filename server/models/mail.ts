import { model, Schema, type Types } from "mongoose";

/** demo: written at the demo mailbox. */
export type MailWay = "smtp" | "imap" | "webhook" | "demo";

/**
 * A raw mail as it came in, stored before its sender heard that we have it. Small ones lie in the document, larger
 * ones in GridFS (`rawId`), so that most mails cost one write.
 */
export interface MailRecord {
  _id: Types.ObjectId;
  workspaceId: Types.ObjectId;
  inboxId: Types.ObjectId;
  raw?: Buffer;
  rawId?: Types.ObjectId;
  /** Bytes. */
  size: number;
  /** SHA-256 of the raw mail: the same bytes for the same inbox are one mail. */
  hash: string;
  /** SMTP MAIL FROM; absent where the mail was fetched, empty for `<>`. */
  mailFrom?: string;
  recipients: string[];
  /** How it came. Absent for those from before this was kept. */
  via?: MailWay;
  /** Who handed it over by SMTP. */
  client?: { address: string; helo: string };
  /** Its sender as the hub read it, while they are still to be checked. */
  sender?: string;
  /** When its sender is to be checked again, and how often that was tried. */
  checkAt?: Date;
  checks?: number;
  state: "new" | "done" | "unreadable";
  /** The message it became, if it became one. */
  messageId?: Types.ObjectId;
  /** Tries to make something of it so far. */
  attempts: number;
  /** From when on it may be looked at (again); absent when nothing is left to do. */
  owedAt?: Date;
  claimedBy?: string;
  receivedAt: Date;
}

const schema = new Schema<MailRecord>(
  {
    workspaceId: { type: Schema.Types.ObjectId, required: true },
    inboxId: { type: Schema.Types.ObjectId, required: true },
    raw: Buffer,
    rawId: Schema.Types.ObjectId,
    size: { type: Number, required: true },
    hash: { type: String, required: true },
    mailFrom: String,
    recipients: { type: [String], default: [] },
    via: String,
    client: Schema.Types.Mixed,
    sender: String,
    checkAt: Date,
    checks: Number,
    state: { type: String, required: true },
    messageId: Schema.Types.ObjectId,
    attempts: { type: Number, default: 0 },
    owedAt: Date,
    claimedBy: String,
    receivedAt: { type: Date, required: true },
  },
  { autoIndex: false },
);
schema.index({ inboxId: 1, hash: 1 }, { unique: true });
schema.index({ owedAt: 1 }, { sparse: true });
schema.index({ checkAt: 1 }, { sparse: true });

export const MailModel = model("mail", schema, "mails");

/** How far a mailbox has been fetched. */
export interface MailCursorRecord {
  _id: Types.ObjectId;
  inboxId: Types.ObjectId;
  /** Host, user and folder: other settings are another mailbox. */
  mailbox: string;
  uidValidity: string;
  lastUid: number;
  since: Date;
}
const cursorSchema = new Schema<MailCursorRecord>(
  {
    inboxId: { type: Schema.Types.ObjectId, required: true },
    mailbox: { type: String, required: true },
    uidValidity: { type: String, required: true },
    lastUid: { type: Number, required: true },
    since: { type: Date, required: true },
  },
  { autoIndex: false },
);
cursorSchema.index({ inboxId: 1, mailbox: 1 }, { unique: true });
export const MailCursorModel = model("mailCursor", cursorSchema, "mail_cursors");

/** How fetching a mailbox goes, for people who wonder why no mail comes. */
export interface MailStateRecord {
  _id: Types.ObjectId;
  inboxId: Types.ObjectId;
  connected: boolean;
  /** When this was found. */
  at: Date;
  /** When the mailbox was last up to date. */
  fetchedAt?: Date;
  problem?: string;
  detail?: string;
}
const stateSchema = new Schema<MailStateRecord>(
  {
    inboxId: { type: Schema.Types.ObjectId, required: true },
    connected: { type: Boolean, required: true },
    at: { type: Date, required: true },
    fetchedAt: Date,
    problem: String,
    detail: String,
  },
  { autoIndex: false },
);
stateSchema.index({ inboxId: 1 }, { unique: true });
export const MailStateModel = model("mailState", stateSchema, "mail_states");

/** A mail that the bot may answer: kept for some hours, to end conversations between machines. */
export interface AutoReplyRecord {
  _id: Types.ObjectId;
  inboxId: Types.ObjectId;
  address: string;
  subject: string;
  sourceId: string;
  at: Date;
}
const autoReplySchema = new Schema<AutoReplyRecord>(
  {
    inboxId: { type: Schema.Types.ObjectId, required: true },
    address: { type: String, required: true },
    subject: { type: String, default: "" },
    sourceId: { type: String, required: true },
    at: { type: Date, required: true },
  },
  { autoIndex: false },
);
autoReplySchema.index({ inboxId: 1, address: 1, at: 1 });
autoReplySchema.index({ inboxId: 1, sourceId: 1 }, { unique: true });
autoReplySchema.index({ at: 1 }, { expireAfterSeconds: 24 * 3600 });
export const AutoReplyModel = model("autoReply", autoReplySchema, "auto_replies");

/** A mail that would have gone out had a server been set: what the demo mailbox shows. */
export interface LocalMailRecord {
  _id: Types.ObjectId;
  from: string;
  to: string[];
  subject: string;
  messageId: string;
  raw: Buffer;
  at: Date;
}
const localMailSchema = new Schema<LocalMailRecord>(
  {
    from: { type: String, default: "" },
    to: { type: [String], default: [] },
    subject: { type: String, default: "" },
    messageId: { type: String, required: true },
    raw: { type: Buffer, required: true },
    at: { type: Date, required: true },
  },
  { autoIndex: false },
);
localMailSchema.index({ messageId: 1 }, { unique: true });
localMailSchema.index({ at: -1 });
export const LocalMailModel = model("localMail", localMailSchema, "local_mails");
