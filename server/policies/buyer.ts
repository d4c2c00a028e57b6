import type { Types } from "mongoose";
import type { BuyerScope } from "../../contract/buyer.ts";
import { AppError, notFound } from "../errors.ts";
import { ConversationModel, type ConversationRecord } from "../models/conversation.ts";

/** Whom a link or its cookie speaks of: what somebody proved to have, never ids that the browser chose. */
export interface BuyerClaims {
  workspaceId: string;
  /** The shop's customer number. */
  externalId?: string;
  /** An address whose mailbox the buyer reads, lower case. */
  email?: string;
  name?: string;
  locale?: string;
  /** All that is open to them, where it is not everything. An empty one opens nothing. */
  scope?: BuyerScope;
}

/** A buyer at the message centre: the claims with the contacts they belong to, as merged or split as they are now. */
export interface Buyer extends BuyerClaims {
  contactIds: Types.ObjectId[];
  /** Addresses that these contacts write from. */
  addresses: ReadonlySet<string>;
}

/** What files and limits are counted under; the same for every link of the same person. */
export function buyerKey({ workspaceId, externalId, email }: BuyerClaims): string {
  return `buyer:${workspaceId}:${externalId !== undefined ? `customer:${externalId}` : email}`;
}

/**
 * A conversation of this buyer.
 * @throws AppError not_found, also for another's
 */
export async function accessBuyerConversation(buyer: Buyer, id: string): Promise<ConversationRecord> {
  const conversation = await ConversationModel.findOne({
    _id: id,
    workspaceId: buyer.workspaceId,
    contactId: { $in: buyer.contactIds },
  }).lean<ConversationRecord>();
  if (!conversation || !isInScope(buyer, conversation)) throw notFound("conversation");
  return conversation;
}

/** Whether a conversation or order of a buyer's is among what their link opens. */
export function isInScope(
  { scope }: Pick<BuyerClaims, "scope">,
  { _id, orderId }: { _id?: Types.ObjectId; orderId?: string },
): boolean {
  if (!scope) return true;
  if (scope.orderId !== undefined && scope.orderId === orderId) return true;
  return scope.conversationId !== undefined && _id?.toHexString() === scope.conversationId;
}

/** @throws AppError code_needed unless the buyer may begin a conversation, about this order or in general */
export function requireStart({ scope }: Pick<BuyerClaims, "scope">, orderId: string | undefined): void {
  if (scope && (orderId === undefined || scope.orderId !== orderId)) throw new AppError("code_needed");
}
