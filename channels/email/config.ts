import { z } from "zod";
import { localeSchema } from "../../contract/common.ts";

const host = z
  .string()
  .min(1)
  .max(253)
  .regex(
    /^(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?\.)*[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?\.?$|^\[?[0-9a-fA-F:]+\]?$/u,
    "must be the name or address of a server",
  );
const port = z.number().int().min(1).max(65_535);
const secret = z.string().max(1_000);

/**
 * tls: encrypted from the start. starttls: begins in the clear and must switch. auto: switches where the server offers it,
 * whoever vouches for it.
 * none: in the clear, for servers on the same machine.
 */
export const securitySchema = z.enum(["tls", "starttls", "auto", "none"]);
export type Security = z.infer<typeof securitySchema>;

const account = {
  host,
  port,
  security: securitySchema.default("tls"),
  user: z.string().max(320).default(""),
  password: secret.default(""),
};

/** A mailbox that is fetched. */
export const imapSchema = z
  .object({
    ...account,
    port: port.default(993),
    folder: z.string().min(1).max(200).default("INBOX"),
    pollSeconds: z.number().int().min(10).max(3_600).default(60),
  })
  .strict();
export type ImapConfig = z.infer<typeof imapSchema>;

/** The server that sends. */
export const smtpSchema = z.object({ ...account, port: port.default(465) }).strict();
export type SmtpConfig = z.infer<typeof smtpSchema>;

/** RFC 6376: the key with which mails of this domain are signed. The public half belongs into DNS under the selector. */
export const dkimSchema = z
  .object({
    domain: host,
    selector: z.string().regex(/^[a-z0-9](?:[a-z0-9.-]{0,61}[a-z0-9])?$/i, "must be a DNS name"),
    privateKey: z.string().max(10_000).includes("PRIVATE KEY", { error: "must be a private key in PEM form" }),
  })
  .strict();
export type DkimConfig = z.infer<typeof dkimSchema>;

/** An address or a network of servers: 192.0.2.7, 192.0.2.0/24. */
const network = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], {
  error: "must be an address such as 192.0.2.7 or a network such as 192.0.2.0/24",
});
/** RFC 8601 section 2.2: what a server calls itself in its Authentication-Results. */
const authServer = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z0-9](?:[a-z0-9._-]{0,251}[a-z0-9])?$/, "must be the name of a server, such as mx.example.com");

/** Who may say where a mail comes from. */
export const trustSchema = {
  /** Servers that hand over mail by SMTP and have checked it. */
  trustedRelays: z.array(network).max(50),
  /** Names of the servers whose Authentication-Results are believed. */
  trustedResults: z.array(authServer).max(20),
};

/** What a seller sets for a mailbox. `imap` absent: mail comes by the built-in SMTP receiver or the webhook alone. */
export const mailboxSchema = z
  .object({
    senderName: z.string().max(100).default(""),
    signature: z.string().max(2_000).default(""),
    /** By language, where it differs. */
    signatures: z.partialRecord(localeSchema, z.string().max(2_000)).default({}),
    /** plus: answers go to `support+r…@…`, which carries the conversation. plain: for servers that refuse plus signs. */
    addressPattern: z.enum(["plus", "plain"]).default("plus"),
    imap: imapSchema.optional(),
    smtp: smtpSchema.optional(),
    dkim: dkimSchema.optional(),
    trustedRelays: trustSchema.trustedRelays.default([]),
    trustedResults: trustSchema.trustedResults.default([]),
    /** Counts how often the webhook's address was made new: an older one is not known any more. */
    webhookRound: z.number().int().default(0),
  })
  .strict();
export type MailboxConfig = z.infer<typeof mailboxSchema>;

/** Parts of a mailbox's settings that are kept encrypted and never read back. */
export const SECRET_FIELDS = ["imap.password", "smtp.password", "dkim.privateKey"] as const;
