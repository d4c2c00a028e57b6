import type { Mailbox, MailboxChange, Security } from "../../../api/mail.ts";

/** A server's settings while they are edited. An empty password leaves the stored one. */
export interface Account {
  host: string;
  port: number;
  security: Security;
  user: string;
  password: string;
  folder: string;
  pollSeconds: number;
}

/** The ports that go with each way to encrypt (RFC 8314 section 7). */
const PORTS: Record<"imap" | "smtp", Record<Security, number>> = {
  imap: { tls: 993, starttls: 143, auto: 143, none: 143 },
  smtp: { tls: 465, starttls: 587, auto: 587, none: 25 },
};

export function draftOf(which: "imap" | "smtp", mailbox: Mailbox): Account {
  const { passwordSet: _set, ...saved } = mailbox[which] ?? { passwordSet: false };
  return {
    host: "",
    port: PORTS[which].tls,
    security: "tls",
    user: "",
    folder: "INBOX",
    pollSeconds: 60,
    ...saved,
    password: "",
  };
}

/** A port that only followed from the encryption follows it again; one that somebody chose stays. */
export function portFor(which: "imap" | "smtp", { port, security }: Account, next: Security): number {
  return port === PORTS[which][security] ? PORTS[which][next] : port;
}

export function changeOf(which: "imap" | "smtp", account: Account): MailboxChange {
  const { folder, pollSeconds, password, host, user, ...rest } = account;
  const login = { ...rest, host: host.trim(), user: user.trim(), ...(password && { password }) };
  return which === "imap" ? { imap: { ...login, folder: folder.trim() || "INBOX", pollSeconds } } : { smtp: login };
}
