import { model, Schema, type Types } from "mongoose";
import type { BuyerScope } from "../../contract/buyer.ts";

/** A browser at the message centre. It holds the token; here is only its hash. */
export interface BuyerSessionRecord {
  _id: Types.ObjectId;
  workspaceId: Types.ObjectId;
  /** SHA-256 of the token, hexadecimal. */
  tokenHash: string;
  /** Whom it stands for, as proven; see `BuyerClaims`. */
  externalId?: string;
  email?: string;
  name?: string;
  locale?: string;
  scope?: BuyerScope;
  /** The link or code that opened it: both can be taken back. */
  linkHash?: string;
  codeId?: Types.ObjectId;
  createdAt: Date;
  expiresAt: Date;
}

const sessionSchema = new Schema<BuyerSessionRecord>(
  {
    workspaceId: { type: Schema.Types.ObjectId, required: true },
    tokenHash: { type: String, required: true },
    externalId: String,
    email: String,
    name: String,
    locale: String,
    scope: Schema.Types.Mixed,
    linkHash: String,
    codeId: Schema.Types.ObjectId,
    createdAt: { type: Date, required: true },
    expiresAt: { type: Date, required: true },
  },
  { autoIndex: false, minimize: false },
);
sessionSchema.index({ tokenHash: 1 }, { unique: true });
sessionSchema.index({ workspaceId: 1, email: 1 }, { sparse: true });
sessionSchema.index({ workspaceId: 1, externalId: 1 }, { sparse: true });
sessionSchema.index({ linkHash: 1 }, { sparse: true });
sessionSchema.index({ codeId: 1 }, { sparse: true });
sessionSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

export const BuyerSessionModel = model("buyerSession", sessionSchema, "buyer_sessions");

/** A browser in which somebody typed the code that was mailed to an address: links in mails open everything there. */
export interface BuyerDeviceRecord {
  _id: Types.ObjectId;
  workspaceId: Types.ObjectId;
  /** SHA-256 of the cookie. */
  tokenHash: string;
  email: string;
  codeId: Types.ObjectId;
  provenAt: Date;
  expiresAt: Date;
}

const deviceSchema = new Schema<BuyerDeviceRecord>(
  {
    workspaceId: { type: Schema.Types.ObjectId, required: true },
    tokenHash: { type: String, required: true },
    email: { type: String, required: true },
    codeId: { type: Schema.Types.ObjectId, required: true },
    provenAt: { type: Date, required: true },
    expiresAt: { type: Date, required: true },
  },
  { autoIndex: false },
);
deviceSchema.index({ tokenHash: 1, workspaceId: 1, email: 1 }, { unique: true });
deviceSchema.index({ workspaceId: 1, email: 1 });
deviceSchema.index({ codeId: 1 });
deviceSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

export const BuyerDeviceModel = model("buyerDevice", deviceSchema, "buyer_devices");

/**
 * What was taken back: everything of an address or customer number that was given out until `at`, or one link. Kept for as
 * long as a link can live.
 */
export interface BuyerRevocationRecord {
  /** A hash of whom it is about, see `subjectsOf`, or `link:` and a link's hash. */
  _id: string;
  at: Date;
  expiresAt: Date;
}

const revocationSchema = new Schema<BuyerRevocationRecord>(
  {
    _id: { type: String, required: true },
    at: { type: Date, required: true },
    expiresAt: { type: Date, required: true },
  },
  { autoIndex: false },
);
revocationSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

export const BuyerRevocationModel = model("buyerRevocation", revocationSchema, "buyer_revocations");

/** A link that was opened. What a shop's server signs does not say when: taken back are those that were used. */
export interface OpenedLinkRecord {
  /** SHA-256 of the token or signature. */
  _id: string;
  workspaceId: Types.ObjectId;
  externalId?: string;
  email?: string;
  expiresAt: Date;
}

const openedSchema = new Schema<OpenedLinkRecord>(
  {
    _id: { type: String, required: true },
    workspaceId: { type: Schema.Types.ObjectId, required: true },
    externalId: String,
    email: String,
    expiresAt: { type: Date, required: true },
  },
  { autoIndex: false },
);
openedSchema.index({ workspaceId: 1, email: 1 }, { sparse: true });
openedSchema.index({ workspaceId: 1, externalId: 1 }, { sparse: true });
openedSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

export const OpenedLinkModel = model("openedBuyerLink", openedSchema, "opened_buyer_links");
