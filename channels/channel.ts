import type { ChannelName, DeliveryProblem, InboundMessage } from "../contract/message.ts";

/** What a channel can do. Shared code asks for these and never for the channel's name. */
export interface Capabilities {
  /** Messages may carry HTML beside plain text. */
  html: boolean;
  /** Null: text alone. */
  attachments: { types: readonly string[]; maxBytes: number } | null;
  typing: boolean;
  readReceipts: boolean;
  /** The shop may write first. */
  proactive: boolean;
  /** Characters of one message. */
  maxLength: number;
  /** The buyer reads on the spot while connected: what is stored is at once in front of them. */
  live: boolean;
  /** Messages have a subject and name the ones they answer. */
  threads?: boolean;
}

/** A stored message on its way out. */
export interface OutboundMessage {
  id: string;
  conversationId: string;
  seq: number;
  text: string;
  attachments: { id: string; name: string; type: string; size: number }[];
  /** Written by the bot. */
  automatic: boolean;
  locale?: string;
  /** Rich text, where the channel shows it. */
  html?: string;
  subject?: string;
  cc?: string[];
  bcc?: string[];
  /** Somebody else than the buyer. */
  forwardTo?: string;
  /** For channels with threads. */
  thread?: MessageThread;
  /** What was said elsewhere while the buyer was away, oldest first. */
  missed?: { author: string; at: Date; text: string }[];
  /** The message that is answered or passed on. */
  quote?: { author: string; at: Date; text: string };
  /** The shop begins: where the buyer can stop such messages with one click (RFC 8058). */
  unsubscribeUrl?: string;
  /** The address may be a stranger's: where whoever reads it says so and gets no more. */
  notMeUrl?: string;
  /** The shop begins, and mail to this address came back before. */
  unreachable?: boolean;
  /** It speaks to whoever reads the address, not to the buyer of a conversation: no link of ours goes with it. */
  linkless?: boolean;
  inbox: { id: string; key: string; name: string; address?: string; settings: Record<string, unknown> };
  to: { contactId: string; name: string; email?: string; locale?: string };
}

export interface MessageThread {
  subject: string;
  /** The channel's ids of the buyer's message that is answered and those before it, oldest first. */
  answers?: string[];
  /** Places of our own messages in this thread since then. */
  earlier: number[];
}

/** What the other side said of a message that did not arrive. */
export type SendProblem = Omit<DeliveryProblem, "code">;

/** One try to send a message. */
export interface Attempt {
  /**
   * For providers that cannot tell the same message from another: called right before it is handed over. False: it was
   * withdrawn, or somebody else sends it, so it must not go out.
   */
  begin(): Promise<boolean>;
}

export type SendResult =
  /** `reason` and `problem`: a copy was refused. */
  | { status: "sent" | "delivered"; reason?: string; problem?: SendProblem }
  /**
   * `retry`: the same message may succeed later; `reason` is a key of the locale files. `unreachable`: the address does not work.
   * `unconfirmed`: it was handed over and no answer was seen, so it may have arrived.
   */
  | {
      status: "failed";
      retry: boolean;
      reason: string;
      unreachable?: true;
      unconfirmed?: true;
      problem?: SendProblem;
    }
  /** `begin` said no: nothing was sent. */
  | { status: "withdrawn" };

/** `from` and `subject` as a mailbox lists them; `html`: the whole document. */
export interface MessagePreview {
  from: string;
  subject: string;
  html: string;
}

/** A way buyers and shop write to each other. One folder each; what it needs is handed to its factory. */
export interface Channel<Raw = unknown> {
  name: ChannelName;
  capabilities: Capabilities;
  /** An inbox of this channel has an email address of its own. */
  addressed?: boolean;
  /** The provider's form of a message in the hub's. Throws a ZodError when it is not one. */
  receive(raw: Raw): InboundMessage;
  /** A message as the buyer gets it, without sending it; of channels that put it in a form of their own. */
  preview?(message: OutboundMessage): Promise<MessagePreview>;
  /** Hands a message to the provider. Sending the same id twice must show it once, where the provider lets it. */
  send(message: OutboundMessage, attempt?: Attempt): Promise<SendResult>;
}
