import type { Conversation } from "../../../../contract/conversation.ts";
import type { ChannelName, Message } from "../../../../contract/message.ts";

/** Where a reply goes unless the agent says otherwise: where the buyer last wrote. */
export function defaultChannel(conversation: Conversation, messages: readonly Message[]): ChannelName {
  return messages.findLast((message) => message.direction === "incoming")?.channel ?? conversation.channel;
}

/** The channels on which the buyer can be reached, the conversation's own always among them. */
export function reachableChannels(
  conversation: Conversation,
  identities: readonly { channel: ChannelName }[] | undefined,
): ChannelName[] {
  return [...new Set([conversation.channel, ...(identities ?? []).map((identity) => identity.channel)])];
}
