import { generateKeyPairSync } from "node:crypto";
import { createTransport } from "nodemailer";
import type Mail from "nodemailer/lib/mailer/index.js";
import { dkimRecord } from "../../channels/email/dkim.ts";
import { type DnsAnswer, type MailResolver, noAnswer } from "../../channels/email/proof/dns.ts";
import type { Conversation } from "../../contract/conversation.ts";
import type { Message } from "../../contract/message.ts";
import type { TestApp } from "./app.ts";

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 1024 });
/** One key for all signing domains of the tests. */
export const DKIM_KEY = privateKey.export({ type: "pkcs8", format: "pem" }) as string;

/** A DNS of its own: `txt` of names, and names whose server never answers. */
export class TestDns {
  readonly txt = new Map<string, string>();
  readonly silent = new Set<string>();
  asked = 0;

  readonly resolve: MailResolver = async (name, type): Promise<DnsAnswer> => {
    this.asked++;
    const key = name.toLowerCase();
    if (this.silent.has(key)) throw noAnswer("ETIMEOUT");
    const value = type === "TXT" ? this.txt.get(key) : undefined;
    if (value === undefined) throw noAnswer("ENOTFOUND");
    return [[value]];
  };

  /** A domain that says how to tell its mails. */
  publish(domain: string, records: { spf?: string; dmarc?: string; dkim?: boolean }): void {
    if (records.spf) this.txt.set(domain, records.spf);
    if (records.dmarc) this.txt.set(`_dmarc.${domain}`, records.dmarc);
    if (records.dkim) {
      const { name, value } = dkimRecord({ domain, selector: "s1", privateKey: DKIM_KEY });
      this.txt.set(name, value);
    }
  }
}

/** Sends to the hub by SMTP, signed where a domain is named. */
export async function sendMail(
  app: TestApp,
  { signedBy, ...mail }: Mail.Options & { signedBy?: string },
): Promise<void> {
  const transport = createTransport({
    host: "127.0.0.1",
    port: app.mailroom.smtpPort!,
    ignoreTLS: true,
    name: "client.example",
    ...(signedBy && { dkim: { domainName: signedBy, keySelector: "s1", privateKey: DKIM_KEY } }),
  });
  await transport.sendMail({ to: "support@parley.localhost", ...mail });
  transport.close();
}

/** All conversations, newest first. */
export async function conversationsOf(app: TestApp): Promise<Conversation[]> {
  const { body } = await app.call<{ items: Conversation[] }>(
    "GET",
    "/conversations?limit=100&status=pending,open,resolved",
    undefined,
    app.admin,
  );
  return body.items;
}

/** Every message that came in with this text. */
export async function incomingWith(app: TestApp, text: string): Promise<Message[]> {
  const all = await Promise.all(
    (await conversationsOf(app)).map(({ id }) =>
      app.call<{ items: Message[] }>("GET", `/conversations/${id}/messages?limit=200`, undefined, app.admin),
    ),
  );
  return all.flatMap(({ body }) => body.items).filter((each) => each.direction === "incoming" && each.text === text);
}
