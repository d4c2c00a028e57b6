import { model, Schema, type Types } from "mongoose";
import type { ChannelName } from "../../contract/message.ts";
import type { Versioned } from "./version.ts";

export interface ContactRecord extends Versioned {
  _id: Types.ObjectId;
  workspaceId: Types.ObjectId;
  name: string;
  /** Proven, or told by who knows: the mail itself, a platform, the shop's signature, an agent. */
  email?: string;
  /** An address that somebody merely claimed. Shown to agents as unconfirmed; nothing is looked up or joined by it. */
  emailHint?: string;
  locale?: string;
  country?: string;
  timeZone?: string;
  /** What a search finds the contact by: words of name and address, lower case. */
  searchWords: string[];
  /** The shop vouched for who this is (signed identity). */
  verified: boolean;
  /** It turned out to be this contact: everything of it has gone over. */
  mergedInto?: Types.ObjectId;
  /** Wants no message that the shop begins. */
  optedOut?: { at: Date; by: "link" | "word" };
  createdAt: Date;
}

const contactSchema = new Schema<ContactRecord>(
  {
    workspaceId: { type: Schema.Types.ObjectId, required: true },
    name: { type: String, default: "" },
    email: String,
    emailHint: String,
    locale: String,
    country: String,
    timeZone: String,
    searchWords: { type: [String], default: [] },
    verified: { type: Boolean, default: false },
    mergedInto: Schema.Types.ObjectId,
    optedOut: Schema.Types.Mixed,
    version: Number,
    createdAt: { type: Date, required: true },
  },
  { autoIndex: false },
);
contactSchema.index({ workspaceId: 1, email: 1 });
contactSchema.index({ workspaceId: 1, _id: -1 });
contactSchema.index({ workspaceId: 1, searchWords: 1 });

export const ContactModel = model("contact", contactSchema, "contacts");

/** What the key of a sender begins with whom their own domain disowns: another than who really writes from there. */
export const DISOWNED = "unproven:";

/** One address of a contact on one channel: a visitor, a customer number, an email address. */
export interface ContactIdentityRecord {
  _id: Types.ObjectId;
  workspaceId: Types.ObjectId;
  contactId: Types.ObjectId;
  channel: ChannelName;
  /** `visitor:…`, `customer:…` or the address itself. */
  key: string;
  verified: boolean;
  /** Mail to this address came back for good: nothing the shop begins goes there. */
  unreachable?: { at: Date; reason: string };
  createdAt: Date;
}

const identitySchema = new Schema<ContactIdentityRecord>(
  {
    workspaceId: { type: Schema.Types.ObjectId, required: true },
    contactId: { type: Schema.Types.ObjectId, required: true },
    channel: { type: String, required: true },
    key: { type: String, required: true },
    verified: { type: Boolean, default: false },
    unreachable: Schema.Types.Mixed,
    createdAt: { type: Date, required: true },
  },
  { autoIndex: false },
);
identitySchema.index({ workspaceId: 1, channel: 1, key: 1 }, { unique: true });
identitySchema.index({ contactId: 1 });

export const ContactIdentityModel = model("contactIdentity", identitySchema, "contact_identities");

/** Lower-case words of a name or address, as the search index keeps them. */
export function searchWords(...texts: (string | undefined)[]): string[] {
  const words = texts
    .filter((text): text is string => Boolean(text))
    .flatMap((text) => {
      // A pattern can not hold a NUL, and nobody means one.
      const lower = text
        .normalize("NFKC")
        .toLowerCase()
        .replace(/\p{Cc}+/gu, " ");
      return [lower.trim(), ...lower.split(/[\s@.,;:_+-]+/)];
    });
  return [...new Set(words.filter((word) => word.length > 0))].slice(0, 20);
}
