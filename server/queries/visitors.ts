import type { Types } from "mongoose";
import type { ChannelName } from "../../contract/message.ts";
import { ContactIdentityModel, type ContactIdentityRecord } from "../models/contact.ts";
import { ConversationModel, type ConversationRecord } from "../models/conversation.ts";

/**
 * What a browser opens that nobody vouched for: the newest conversation that it began itself.
 *
 * `new`: it has written nothing yet. `spent`: what it began belongs to a customer of the shop now, whom a token alone does not
 * open; it goes on under another address.
 */
export async function openedByBrowser({
  workspaceId,
  channel,
  visitorKey,
}: {
  workspaceId: Types.ObjectId;
  channel: ChannelName;
  visitorKey: string;
}): Promise<"new" | "spent" | ConversationRecord> {
  const identity = await ContactIdentityModel.findOne({
    workspaceId,
    channel,
    key: visitorKey,
  }).lean<ContactIdentityRecord>();
  if (!identity) return "new";
  const { contactId } = identity;
  const keys = (await ContactIdentityModel.find({ contactId }).lean<ContactIdentityRecord[]>()).map(({ key }) => key);
  if (keys.some((key) => key.startsWith("customer:"))) return "spent";
  if (keys.every((key) => key.startsWith("visitor:"))) {
    return (await ConversationModel.findOne({ contactId }).sort({ _id: -1 }).lean<ConversationRecord>()) ?? "new";
  }
  // An agent joined it with an address: the mails of that address are not the browser's.
  const own = { contactId, identity: `${channel}:${visitorKey}` };
  return (await ConversationModel.findOne(own).sort({ _id: -1 }).lean<ConversationRecord>()) ?? "spent";
}
