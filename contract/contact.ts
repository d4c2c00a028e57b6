import { z } from "zod";
import { idSchema, instantSchema, localeSchema, pageQuerySchema } from "./common.ts";
import { contactSummarySchema, conversationSchema } from "./conversation.ts";
import { channelSchema } from "./message.ts";

/** One address of a contact on one channel. */
export const contactIdentitySchema = z.object({
  id: idSchema,
  channel: channelSchema,
  /** `visitor:…`, `customer:…` or the address itself. */
  key: z.string(),
  verified: z.boolean(),
  createdAt: instantSchema,
});
export type ContactIdentity = z.infer<typeof contactIdentitySchema>;

/** A contact with its addresses and its newest conversations (at most 50; the rest at `…/conversations`). */
export const contactDetailSchema = z.object({
  contact: contactSummarySchema,
  identities: z.array(contactIdentitySchema),
  conversations: z.array(conversationSchema),
});
export type ContactDetail = z.infer<typeof contactDetailSchema>;

export const contactQuerySchema = pageQuerySchema.extend({
  /** Words that name or address begin with. */
  q: z.string().max(200).optional(),
});

export const updateContactSchema = z
  .object({
    name: z.string().max(200),
    email: z.email().max(254),
    locale: localeSchema,
    country: z.string().regex(/^[A-Z]{2}$/, "must be a country code such as MX"),
  })
  .partial()
  .strict();

/** A contact made by hand; who writes from the address later is this one. */
export const createContactSchema = updateContactSchema.refine(
  ({ name, email }) => Boolean(name?.trim()) || email !== undefined,
  { error: "give a name or an address", path: ["name"] },
);

/** The contact that turned out to be the same person: everything of theirs goes over. */
export const mergeContactSchema = z.object({ contactId: idSchema }).strict();

/** The addresses that belong to somebody else after all. */
export const splitContactSchema = z.object({ identityIds: z.array(idSchema).min(1).max(100) }).strict();

export const splitResultSchema = z.object({
  /** Who keeps the other addresses. */
  contact: contactSummarySchema,
  /** Who has the ones that were split off: the contact from before a merge, or a new one. */
  other: contactSummarySchema,
});
