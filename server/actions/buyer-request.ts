import { Types } from "mongoose";
import { type Locale, SOURCE_LOCALE } from "../../contract/locales.ts";
import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import { ContactModel, type ContactRecord } from "../models/contact.ts";
import type { BuyerClaims } from "../policies/buyer.ts";
import { findBuyer, messageCentre } from "../queries/buyers.ts";
import { inboxOfChannel } from "../queries/inboxes.ts";
import { buyerLink } from "./buyer-links.ts";

/** Mails to one address, whoever asks for them. */
const ADDRESS_LIMIT = { points: 3, seconds: 3600 };
const LINK_SECONDS = 24 * 3600;

/**
 * Sends a new link to an address, if a buyer of the shop has it. Whether one has can be told neither from the answer nor
 * from how long it takes: the looking up and sending come after it. Resolves as soon as the request is taken.
 */
export async function requestBuyerLink(
  ctx: Context,
  { email, locale }: { email: string; locale: Locale | undefined },
): Promise<void> {
  const { workspaceId, shop } = await messageCentre(ctx);
  const claims: BuyerClaims = { workspaceId, email: email.toLowerCase(), ...(locale && { locale }) };
  void send(ctx, claims, shop.shopName).catch((error: unknown) => {
    if (error instanceof AppError && error.code === "rate_limited") return;
    ctx.log.error({ err: error }, "a link to the message centre could not be sent");
  });
}

async function send(ctx: Context, claims: BuyerClaims, shopName: string): Promise<void> {
  const email = claims.email ?? "";
  await ctx.limits.consume("buyer-link-mail", email, ADDRESS_LIMIT);
  const { contactIds, locale: asked } = await findBuyer(ctx, claims);
  const contactId = contactIds[0];
  const channel = ctx.channels.names().find((name) => ctx.channels.get(name).addressed);
  const inbox = channel && (await inboxOfChannel(new Types.ObjectId(claims.workspaceId), channel));
  if (!contactId || !channel || !inbox) return;
  const contact = await ContactModel.findById(contactId).lean<ContactRecord>();
  const locale = asked ?? contact?.locale ?? SOURCE_LOCALE;
  const { url } = await buyerLink(ctx, { ...claims, locale }, LINK_SECONDS);
  const result = await ctx.channels.get(channel).send({
    // No conversation: an answer to it begins one.
    id: new Types.ObjectId().toHexString(),
    conversationId: new Types.ObjectId().toHexString(),
    seq: 1,
    subject: ctx.translate(locale, "buyer:mail.subject", { shop: shopName }),
    text: ctx.translate(locale, "buyer:mail.text", { shop: shopName, url }),
    attachments: [],
    automatic: true,
    locale,
    inbox: {
      id: inbox._id.toHexString(),
      key: inbox.key,
      name: inbox.name,
      settings: inbox.settings,
      ...(inbox.address && { address: inbox.address }),
    },
    to: { contactId: contactId.toHexString(), name: contact?.name ?? "", email, locale },
  });
  if (result.status === "failed") ctx.log.warn({ reason: result.reason }, "a link to the message centre was not sent");
}
