import type { Conversation } from "../../../../contract/conversation.ts";
import type { ChannelName, Message } from "../../../../contract/message.ts";

/** Where a reply goes unless the agent says otherwise: where the buyer last wrote. */
export function defaultChannel(conversation: Conversation, messages: readonly Message[]): ChannelName {
  return messages.findLast((message) => message.direction === "incoming")?.channel ?? conversation.channel;
}

/**
 * The channels on which the buyer can be reached, the conversation's own always among them. Who has given an address can
 * be written to by a channel that begins (`writable`).
 */
export function reachableChannels(
  conversation: Conversation,
  identities: readonly { channel: ChannelName }[] | undefined,
  writable: readonly ChannelName[] = [],
): ChannelName[] {
  const known = (identities ?? []).map((identity) => identity.channel);
  return [...new Set([conversation.channel, ...known, ...(conversation.contact.email ? writable : [])])];
}

/** Who else got the message that is answered, and should get the answer: not the buyer, not the shop itself. */
export function usualCopies(
  conversation: Conversation,
  messages: readonly Message[],
  ours: readonly (string | undefined)[],
): string[] {
  // In the buyer's name anybody can write a mail, and put themselves into Cc.
  const answered = messages.findLast(
    ({ direction, original }) => direction === "incoming" && original && isOwn(original),
  );
  const { to = [], cc = [] } = answered?.original ?? {};
  const without = [conversation.contact.email, conversation.answerTo, answered?.original?.from?.address, ...ours].map(
    (each) => each?.toLowerCase(),
  );
  const copies = [...to, ...cc]
    .map(({ address }) => address)
    .filter((address) => !without.includes(address.toLowerCase()) && !without.includes(bare(address)));
  return [...new Map(copies.map((address) => [address.toLowerCase(), address])).values()];
}

/** Written by the buyer, as far as is known: mails from before senders were checked count. */
function isOwn({ proof, role }: NonNullable<Message["original"]>): boolean {
  return role === undefined && (proof === undefined || proof === "pass");
}

/** Without the part behind a plus sign, which our own reply addresses carry. */
function bare(address: string): string {
  return address.toLowerCase().replace(/\+[^@]*(?=@)/, "");
}

export function isAddress(text: string): boolean {
  return /^[^\s@<>",;]+@[^\s@<>",;]+\.[^\s@<>",;.]+$/.test(text.trim()) && text.length <= 254;
}
