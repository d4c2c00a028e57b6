import type Mail from "nodemailer/lib/mailer/index.js";
import { ATTACHMENT_MAX_BYTES, ATTACHMENT_TYPES } from "../../contract/attachment.ts";
import { MESSAGE_MAX_LENGTH } from "../../contract/common.ts";
import { SOURCE_LOCALE } from "../../contract/locales.ts";
import type { Attempt, Channel, MessagePreview, OutboundMessage, SendProblem, SendResult } from "../channel.ts";
import type { Composer, Mailbox, OutgoingFile, Words } from "./compose.ts";
import type { Address } from "./mail.ts";
import { bareAddress, type InboundMail } from "./receive.ts";
import type { Sender, SendFailure } from "./send.ts";
import { isNoSender } from "./sender.ts";
import { outgoingMessageId } from "./thread.ts";

export interface EmailDependencies {
  composer: Composer;
  /** Signs addresses and Message-IDs. */
  secret: string;
  /** An inbox's mailbox with its secrets readable, and what sends for it. */
  mailbox(inbox: OutboundMessage["inbox"]): Promise<{ mailbox: Mailbox; sender: Sender }>;
  words(locale: string): Words;
  readFile(id: string): Promise<Buffer>;
  /** A link that opens the message centre for the one the mail goes to. */
  messagesUrl?(message: OutboundMessage): Promise<string | undefined>;
  now(): Date;
}

/** Email: buyers write to the shop's address and are answered there. */
export function createEmailChannel(dependencies: EmailDependencies): Channel<InboundMail> {
  return {
    name: "email",
    addressed: true,
    capabilities: {
      html: true,
      attachments: { types: ATTACHMENT_TYPES, maxBytes: ATTACHMENT_MAX_BYTES },
      typing: false,
      readReceipts: false,
      proactive: true,
      maxLength: MESSAGE_MAX_LENGTH,
      live: false,
      threads: true,
    },
    receive: (mail) => ({
      sourceId: mail.sourceId,
      from: {
        key: mail.from.address.toLowerCase(),
        ...(!isNoSender(mail.from.address) && { email: mail.from.address }),
        ...(mail.from.name !== "" && { name: mail.from.name }),
        ...(mail.locale && { locale: mail.locale }),
      },
      text: mail.text,
      attachmentIds: [],
      ...(mail.sentAt && { sentAt: mail.sentAt }),
    }),
    send: (message, attempt) => send(dependencies, message, attempt),
    preview: (message) => preview(dependencies, message),
  };
}

async function send(dependencies: EmailDependencies, message: OutboundMessage, attempt?: Attempt): Promise<SendResult> {
  const recipient = message.forwardTo ?? message.to.email;
  if (!recipient || isNoSender(recipient)) return failed("no_recipient", false);
  if (message.unreachable) return failed("suppressed", false);
  const { mailbox, sender } = await dependencies.mailbox(message.inbox);
  // Never to one of our own mailboxes: two hubs, or one with itself, would write to each other without end.
  if (bareAddress(recipient) === bareAddress(mailbox.address)) return failed("loop", false);
  const mail = await mailOf(dependencies, message, mailbox, recipient);
  const outcome = await sender.send(mail, attempt);
  if (outcome.status === "withdrawn") return outcome;
  if (outcome.status === "sent") {
    const { refused } = outcome;
    if (!refused) return { status: "sent" };
    return { status: "sent", reason: failed(refused.reason, false).reason, problem: problemOf(refused, recipient) };
  }
  return {
    ...failed(outcome.reason, outcome.retry),
    ...(outcome.hard && { unreachable: true }),
    ...(outcome.reason === "unconfirmed" && { unconfirmed: true }),
    problem: problemOf(outcome, recipient),
  };
}

/** A message as a mail. */
async function mailOf(
  dependencies: EmailDependencies,
  message: OutboundMessage,
  mailbox: Mailbox,
  recipient: string,
): Promise<Mail.Options> {
  const { secret, composer } = dependencies;
  const locale = localeOf(message);
  const files: OutgoingFile[] = [];
  for (const file of message.attachments) {
    files.push({ name: file.name, type: file.type, content: await dependencies.readFile(file.id) });
  }
  const { thread } = message;
  const earlier = (thread?.earlier ?? []).map((seq) =>
    outgoingMessageId(message.conversationId, seq, mailbox.domain, secret),
  );
  const person = (address: string): Address => ({ address, name: "" });
  // The link opens the buyer's messages: a mail that others get too has none.
  const alone = !message.linkless && !message.forwardTo && !message.cc?.length && !message.bcc?.length;
  const messagesUrl = alone ? await dependencies.messagesUrl?.(message) : undefined;
  return composer.compose(
    {
      conversationId: message.conversationId,
      inboxId: message.inbox.id,
      seq: message.seq,
      text: message.text,
      ...(message.html && { html: message.html }),
      locale,
      automatic: message.automatic,
      subject: message.subject ?? thread?.subject ?? "",
      reply: thread?.answers !== undefined && !message.forwardTo,
      to: [{ address: recipient, name: message.forwardTo ? "" : message.to.name }],
      cc: (message.cc ?? []).map(person),
      bcc: (message.bcc ?? []).map(person),
      references: message.forwardTo ? [] : [...(thread?.answers ?? []), ...earlier],
      files,
      ...(messagesUrl && { messagesUrl }),
      ...(message.missed && { missed: message.missed }),
      ...(message.unsubscribeUrl && { unsubscribeUrl: message.unsubscribeUrl }),
      ...(message.notMeUrl && { notMeUrl: message.notMeUrl }),
      ...(message.quote && { quote: message.quote }),
      date: dependencies.now(),
    },
    mailbox,
    dependencies.words(locale),
  );
}

async function preview(dependencies: EmailDependencies, message: OutboundMessage): Promise<MessagePreview> {
  const { mailbox } = await dependencies.mailbox(message.inbox);
  const recipient = message.to.email ?? mailbox.address;
  // Whoever looks at a preview gets no link that works for a buyer.
  const messagesUrl = async () => (await dependencies.messagesUrl?.(message)) && "#";
  const { subject = "", html } = await mailOf({ ...dependencies, messagesUrl }, message, mailbox, recipient);
  return { from: `${mailbox.senderName} <${mailbox.address}>`, subject, html: String(html) };
}

function localeOf({ locale, to }: OutboundMessage): string {
  return locale ?? to.locale ?? SOURCE_LOCALE;
}

function problemOf({ hard, address, code, detail }: SendFailure, recipient: string): SendProblem {
  return {
    kind: hard ? "hard" : "soft",
    address: address ?? recipient,
    ...(code && { status: code }),
    ...(detail !== "" && { said: detail }),
  };
}

function failed(reason: string, retry: boolean): Extract<SendResult, { status: "failed" }> {
  return { status: "failed", retry, reason: `email:failures.${reason}` };
}
