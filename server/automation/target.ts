import type { Channel } from "../../channels/channel.ts";
import type { Reason } from "../../contract/automation.ts";
import type { ChannelName } from "../../contract/message.ts";
import { ContactIdentityModel, type ContactRecord } from "../models/contact.ts";
import type { ConversationRecord } from "../models/conversation.ts";
import type { InboxRecord } from "../models/inbox.ts";
import { findInbox, inboxOfChannel, inboxOfSource } from "../queries/inboxes.ts";
import { type Facts, wroteAt } from "./facts.ts";

/** Who wrote on a live channel within this time is still there. */
const STILL_THERE_MS = 10 * 60_000;
/** An older matter is not gone on with. */
const SAME_MATTER_MS = 30 * 86_400_000;

/** Where a message goes: into a conversation that there is, or a new one of an inbox. */
export interface Target {
  channel: Channel;
  inbox: InboxRecord;
  contact: ContactRecord;
  conversation?: ConversationRecord;
  email?: string;
}
export type Found = { target: Target } | { reason: Reason };

/**
 * Where the buyer is reached: on the conversation the rule is about, else where they last wrote, else by a channel on which
 * the shop may begin. Who left a live channel is written to where they will read it.
 */
export async function findTarget(facts: Facts, wanted: "auto" | ChannelName): Promise<Found> {
  const contact = await facts.contact();
  if (!contact) return { reason: "no_channel" };
  const email = contact.email ?? (await facts.order())?.buyer.email;
  const own = await facts.conversation();
  const others = await facts.conversations();
  const candidates = wanted === "auto" ? await channelsInOrder(facts, own, others, email) : [wanted];
  let reason: Reason = "no_channel";
  for (const name of candidates) {
    if (!facts.ctx.channels.has(name)) continue;
    const channel = facts.ctx.channels.get(name);
    const inbox = await inboxFor(facts, name, own);
    if (!inbox?.enabled) continue;
    const conversation = own ?? (await matterOf(facts, others, name));
    if (channel.addressed) {
      if (!email) continue;
      if (await isUnreachable(contact, name, email)) {
        reason = "address_bounced";
        continue;
      }
    } else if (!conversation && !(await hasIdentity(contact, name))) continue;
    // Where the shop may not begin, it may still go on with what the buyer began.
    const begun = conversation !== undefined && conversation.channel === name;
    if (!channel.capabilities.proactive && !begun) continue;
    return { target: { channel, inbox, contact, ...(conversation && { conversation }), ...(email && { email }) } };
  }
  return { reason };
}

async function channelsInOrder(
  facts: Facts,
  own: ConversationRecord | null,
  others: readonly ConversationRecord[],
  email: string | undefined,
): Promise<ChannelName[]> {
  const { channels } = facts.ctx;
  const latest = own ?? others.filter(wroteAt).sort((a, b) => Number(wroteAt(b)) - Number(wroteAt(a)))[0];
  const names = channels.names();
  const begins = names.filter((name) => channels.get(name).capabilities.proactive);
  // Without a word from the buyer yet: mail where there is an address, else the place where they bought.
  const rest = begins.sort(
    (a, b) => Number(channels.get(b).addressed ?? false) - Number(channels.get(a).addressed ?? false),
  );
  if (!latest) return rest;
  const at = wroteAt(latest);
  const there = at !== undefined && facts.now.getTime() - at.getTime() < STILL_THERE_MS;
  const gone = channels.get(latest.channel).capabilities.live && !there;
  const ordered = gone && email ? [...rest, latest.channel] : [latest.channel, ...rest];
  return [...new Set(ordered)];
}

async function inboxFor(
  facts: Facts,
  name: ChannelName,
  own: ConversationRecord | null,
): Promise<InboxRecord | undefined> {
  const inbox = own ? await findInbox(facts.ctx, own.inboxId) : undefined;
  if (inbox?.channel === name) return inbox;
  const { workspaceId } = facts.subject;
  const order = await facts.order();
  const platforms = order && (await inboxOfSource(workspaceId, name, order.orderId));
  return platforms ?? inboxOfChannel(workspaceId, name);
}

/** The conversation that a message about an order belongs to: the order's own, or a present one that is about no other. */
async function matterOf(
  facts: Facts,
  others: readonly ConversationRecord[],
  name: ChannelName,
): Promise<ConversationRecord | undefined> {
  const order = await facts.order();
  const same = others.filter(({ channel }) => channel === name);
  const about = order && (same.find(({ orderId }) => orderId === order.orderId) ?? undefined);
  if (about) return about;
  const { threads } = facts.ctx.channels.get(name).capabilities;
  if (threads) return undefined;
  return same.find(
    ({ orderId, lastActivityAt }) =>
      orderId === undefined && facts.now.getTime() - lastActivityAt.getTime() < SAME_MATTER_MS,
  );
}

async function hasIdentity(contact: ContactRecord, channel: ChannelName): Promise<boolean> {
  return (await ContactIdentityModel.exists({ contactId: contact._id, channel })) !== null;
}

/** Whether mail to the address came back for good. */
async function isUnreachable(contact: ContactRecord, channel: ChannelName, address: string): Promise<boolean> {
  const { workspaceId } = contact;
  const key = address.toLowerCase();
  return (await ContactIdentityModel.exists({ workspaceId, channel, key, unreachable: { $exists: true } })) !== null;
}
