import type { Types } from "mongoose";
import { addressesOf, type BuyerAddresses, guestId, isNobody } from "../../contract/buyer-id.ts";
import type { Buyer } from "../../contract/order.ts";
import { ContactModel, type ContactRecord } from "../models/contact.ts";
import type { OrderRecord } from "../models/order.ts";
import { within } from "../sources.ts";
import { identitiesOf } from "./contacts.ts";

/** Who bought, as a report tells it. */
export interface BuyerIdentity extends BuyerAddresses {
  externalId: string;
  /** Bought without an account: known by an address or number alone. */
  guest: boolean;
}

/**
 * Who a report says bought. `0`, `guest` and the like are nobody's id: such a buyer is told from others by the email address,
 * else by the phone number. Undefined where that is missing too, and for a report that names no buyer, such as a carrier's.
 */
export function identifyBuyer(buyer: Partial<Buyer> | undefined, source?: string): BuyerIdentity | undefined {
  if (buyer?.externalId === undefined) return undefined;
  const { externalId } = buyer;
  const addresses = addressesOf(buyer);
  const known = guestId(addresses);
  if (!isNobody(externalId) && externalId.toLowerCase() !== known) {
    return { externalId: within(source, externalId), guest: false, ...addresses };
  }
  return known === undefined ? undefined : { externalId: within(source, known), guest: true, ...addresses };
}

/** Who an order belongs to; undefined while nobody has said. */
export function ownerOf({ orderId, buyer }: Pick<OrderRecord, "orderId" | "buyer">): BuyerIdentity | undefined {
  const { externalId } = buyer;
  if (externalId === standIn(orderId)) return undefined;
  const addresses = addressesOf(buyer);
  const { email } = addresses;
  // From before guests were told apart.
  if (isNobody(externalId)) return identifyBuyer(buyer);
  const guest =
    (email !== undefined && (externalId === email || externalId.endsWith(`:${email}`))) ||
    /(^|:)phone:\d+$/.test(externalId);
  return { externalId, guest, ...addresses };
}

/** Until somebody says who bought, the order itself stands for them. */
export function standIn(orderId: string): string {
  return `order:${orderId}`;
}

/**
 * Whether a report's buyer is the one that an order belongs to. A guest who turns out to have an account is, where email or
 * phone are the same; so are two ids that are one contact by now.
 */
export async function isSameBuyer(
  { workspaceId, contactId }: { workspaceId: Types.ObjectId; contactId: Types.ObjectId | undefined },
  owner: BuyerIdentity,
  reported: BuyerIdentity,
): Promise<boolean> {
  if (owner.externalId === reported.externalId) return true;
  if (owner.guest || reported.guest) {
    if (owner.email !== undefined && owner.email === reported.email) return true;
    if (owner.phone !== undefined && owner.phone === reported.phone) return true;
  }
  const [mine, theirs] = await Promise.all([
    presentContactId(contactId ?? (await contactIdOf(workspaceId, owner.externalId))),
    contactIdOf(workspaceId, reported.externalId).then(presentContactId),
  ]);
  return mine !== undefined && theirs !== undefined && mine.equals(theirs);
}

async function contactIdOf(workspaceId: Types.ObjectId, externalId: string): Promise<Types.ObjectId | undefined> {
  const [identity] = await identitiesOf({ workspaceId, channel: "insite", key: `customer:${externalId}` });
  return identity?.contactId;
}

/** The contact, or the one that it was merged into. */
export async function presentContactId(id: Types.ObjectId | undefined): Promise<Types.ObjectId | undefined> {
  if (!id) return undefined;
  const contact = await ContactModel.findById(id, { mergedInto: 1 }).lean<Pick<ContactRecord, "mergedInto">>();
  return contact?.mergedInto ? presentContactId(contact.mergedInto) : id;
}
