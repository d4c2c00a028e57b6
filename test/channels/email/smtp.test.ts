import { createPrivateKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Composer, type Mailbox, type OutgoingMail } from "../../../channels/email/compose.ts";
import type { SmtpConfig } from "../../../channels/email/config.ts";
import { headerValue } from "../../../channels/email/mail.ts";
import { parseMail } from "../../../channels/email/parse.ts";
import { createSmtpReceiver, type SmtpEnvelope, type SmtpReceiver } from "../../../channels/email/receive-smtp.ts";
import { selfSigned } from "../../../channels/email/self-signed.ts";
import { createSender, type Sender, smtpOfUrl } from "../../../channels/email/send.ts";
import { conversationOfAddress, messageOfId } from "../../../channels/email/thread.ts";
import { visibleText } from "../../../channels/email/visible/index.ts";

const secret = "s".repeat(32);
const template = (name: string) => readFileSync(new URL(`../../../templates/email/${name}`, import.meta.url), "utf8");
const composer = new Composer({ html: template("reply.html.liquid"), text: template("reply.txt.liquid") }, secret);
const words = (key: string, values?: Record<string, string>) =>
  `[${key}${values ? ` ${Object.values(values).join(" ")}` : ""}]`;

const conversationId = "0123456789abcdef01234567";
const inboxId = "aaaaaaaaaaaaaaaaaaaaaaaa";
const mailbox: Mailbox = {
  address: "support@shop.example",
  senderName: "Shop",
  signature: "Your Shop",
  addressPattern: "plus",
  domain: "shop.example",
};
const outgoing = (overrides: Partial<OutgoingMail> = {}): OutgoingMail => ({
  conversationId,
  inboxId,
  seq: 4,
  text: "It left yesterday.\n\nAnything else?",
  locale: "en",
  automatic: false,
  subject: "AW: My order",
  reply: true,
  to: [{ address: "ana@buyer.example", name: "Ana Ruiz" }],
  references: ["<1@buyer.example>", "<2@buyer.example>"],
  files: [],
  date: new Date("2024-08-05T10:12:00Z"),
  ...overrides,
});

describe("over real SMTP, both ways", () => {
  let received: { raw: Buffer; envelope: SmtpEnvelope }[];
  let failing: boolean;
  let hold: (() => Promise<void>) | undefined;
  let receiver: SmtpReceiver;
  let sender: Sender;
  let port: number;
  const errors: Error[] = [];

  beforeEach(async () => {
    received = [];
    failing = false;
    hold = undefined;
    errors.length = 0;
    receiver = createSmtpReceiver({
      maxBytes: 200_000,
      name: "mx.shop.example",
      accepts: async (address) => !address.startsWith("nobody@"),
      store: async (raw, envelope) => {
        await hold?.();
        if (failing) throw new Error("the database is away");
        received.push({ raw, envelope });
      },
      onError: (error) => errors.push(error),
    });
    port = await receiver.listen(0, "127.0.0.1");
    sender = createSender(smtpOfUrl(`smtp://127.0.0.1:${port}`));
  });
  afterEach(async () => {
    sender.close();
    await receiver.close();
  });

  const send = async (overrides: Partial<OutgoingMail> = {}, box: Mailbox = mailbox) =>
    sender.send(await composer.compose(outgoing(overrides), box, words));
  const last = () => parseMail(received.at(-1)!.raw);

  test("a reply arrives with its thread, both forms and an address that leads back", async () => {
    expect(await send()).toEqual({ status: "sent" });
    const mail = await last();
    expect(mail.subject).toBe("Re: My order");
    expect(mail.from).toEqual({ address: "support@shop.example", name: "Shop" });
    expect(mail.references).toEqual(["<1@buyer.example>", "<2@buyer.example>"]);
    expect(mail.inReplyTo).toEqual(["<2@buyer.example>"]);
    expect(messageOfId(mail.messageId!, secret)).toEqual({ conversationId, seq: 4 });
    expect(conversationOfAddress(mail.replyTo[0]!.address, inboxId, secret)).toBe(conversationId);
    expect(conversationOfAddress(received[0]!.envelope.mailFrom, inboxId, secret)).toBe(conversationId);
    expect(mail.text).toContain("It left yesterday.\n\nAnything else?");
    expect(mail.text).toContain("-- \nYour Shop");
    expect(mail.html).toContain('lang="en" dir="ltr"');
    expect(headerValue(mail, "auto-submitted")).toBeUndefined();
    expect(visibleText({ text: mail.text }).text).toBe("It left yesterday.\n\nAnything else?");
  });

  test("a retry is the same mail", async () => {
    await send();
    await send();
    const [first, second] = await Promise.all(received.map(({ raw }) => parseMail(raw)));
    expect(second!.messageId).toBe(first!.messageId);
  });

  test("the bot's mail and the shop's own beginning say so in their headers", async () => {
    await send({ automatic: true, unsubscribeUrl: "https://hub.example/u/1" });
    const mail = await last();
    expect(headerValue(mail, "auto-submitted")).toBe("auto-replied");
    expect(headerValue(mail, "x-auto-response-suppress")).toBe("All");
    expect(headerValue(mail, "list-unsubscribe")).toBe("<https://hub.example/u/1>");
    expect(headerValue(mail, "list-unsubscribe-post")).toBe("List-Unsubscribe=One-Click");
    expect(mail.text).toContain("https://hub.example/u/1");
  });

  test("missed chat messages come first, in order, written as text and not as markup", async () => {
    await send({
      locale: "ar",
      text: "",
      missed: [
        { author: "Bot", at: new Date("2024-08-05T10:00:00Z"), text: "<b>one</b>" },
        { author: "Lena", at: new Date("2024-08-05T10:01:00Z"), text: "two" },
      ],
    });
    const mail = await last();
    expect(mail.html).toContain('dir="rtl"');
    expect(mail.html).toContain("&lt;b&gt;one&lt;/b&gt;");
    expect(mail.text.indexOf("<b>one</b>")).toBeLessThan(mail.text.indexOf("two"));
  });

  test("rich text is cleaned before it goes out", async () => {
    await send({ html: '<p>Hello <b>Ana</b><script>x()</script><img src=x onerror="y()"></p>', text: "" });
    const mail = await last();
    expect(mail.html).toContain("<p>Hello <b>Ana</b></p>");
    expect(mail.html).not.toMatch(/script|onerror/);
    expect(mail.text).toContain("Hello Ana");
  });

  test("no text reaches the headers", async () => {
    const evil = "x\r\nBcc: evil@evil.example\r\n\r\nbody";
    await send({
      subject: evil,
      to: [{ address: "ana@buyer.example", name: evil }],
      references: [`<1@x>\r\nBcc: evil@evil.example`, "<2@x>"],
      unsubscribeUrl: `https://hub.example/${evil}`,
      files: [{ name: evil, type: "text/plain", content: Buffer.from("x") }],
    });
    const mail = await last();
    expect(mail.headers.filter(([name]) => /^bcc$/i.test(name))).toEqual([]);
    expect(received[0]!.envelope.recipients).toEqual(["ana@buyer.example"]);
    expect(mail.subject).toContain("Bcc: evil@evil.example");
  });

  test("names and addresses beyond ASCII arrive as written", async () => {
    expect(await send({ to: [{ address: "ana@bücher.example", name: "Añá 李雷" }] })).toEqual({ status: "sent" });
    const mail = await last();
    expect(mail.to).toEqual([{ address: "ana@bücher.example", name: "Añá 李雷" }]);
    expect(received[0]!.envelope.recipients).toEqual(["ana@bücher.example"]);
  });

  test("a mail is signed with the domain's key", async () => {
    const { privateKey } = generateKeyPairSync("rsa", {
      modulusLength: 2048,
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
      publicKeyEncoding: { type: "spki", format: "pem" },
    });
    await send({}, { ...mailbox, dkim: { domain: "shop.example", selector: "s1", privateKey } });
    const signature = /^DKIM-Signature: ([\s\S]*?)\r\n(?!\s)/m.exec(received[0]!.raw.toString())?.[1];
    expect(signature).toMatch(/d=shop\.example;[\s\S]*s=s1;/);
  });

  test("250 comes only after the mail is stored", async () => {
    failing = true;
    expect(await send()).toMatchObject({ status: "failed", retry: true, hard: false });
    expect(errors.map(({ message }) => message)).toEqual(["the database is away"]);
    failing = false;
    expect(await send()).toEqual({ status: "sent" });
    expect(received.length).toBe(1);
  });

  test("an address that is not ours is refused for good", async () => {
    expect(await send({ to: [{ address: "nobody@shop.example", name: "" }] })).toMatchObject({
      status: "failed",
      retry: false,
      hard: true,
      reason: "mailbox_unknown",
    });
  });

  test("a mail above the limit is refused for good, and the receiver goes on", async () => {
    const files = [{ name: "big.bin", type: "application/octet-stream", content: Buffer.alloc(300_000) }];
    expect(await send({ files })).toMatchObject({ status: "failed", retry: false, reason: "too_large", hard: false });
    expect(received).toEqual([]);
    expect(await send()).toEqual({ status: "sent" });
  });

  test("a sender that breaks off in the middle leaves nothing", async () => {
    await new Promise<void>((resolve) => {
      const socket = connect(port, "127.0.0.1");
      const lines = ["EHLO x", "MAIL FROM:<a@b.example>", "RCPT TO:<support@shop.example>", "DATA"];
      socket.on("data", (data) => {
        if (/^354/m.test(data.toString())) {
          socket.write("Subject: half\r\n\r\nhal");
          socket.destroy();
        } else if (lines.length > 0 && /^\d{3} /m.test(data.toString())) socket.write(`${lines.shift()}\r\n`);
      });
      socket.on("close", () => resolve());
    });
    expect(await send()).toEqual({ status: "sent" });
    expect(received.length).toBe(1);
  });

  test("a mail that is arriving is stored before the receiver closes, idle connections do not hold it", async () => {
    const idle = connect(port, "127.0.0.1");
    const closed = new Promise((resolve) => idle.once("close", resolve));
    await new Promise((resolve) => idle.once("data", resolve));
    const { promise: stored, resolve: finish } = Promise.withResolvers<void>();
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>();
    hold = () => {
      arrive();
      return stored;
    };
    const sending = send();
    await arrived;
    const closing = receiver.close();
    finish();
    expect(await sending).toEqual({ status: "sent" });
    await Promise.all([closing, closed]);
    expect(received.length).toBe(1);
  });

  test("the connection test passes, and says when nothing listens", async () => {
    expect(await sender.test()).toBeUndefined();
    const gone = port;
    sender.close();
    await receiver.close();
    const other = createSender(smtpOfUrl(`smtp://127.0.0.1:${gone}`));
    expect((await other.test())?.problem).toBe("refused");
    expect(await other.send(await composer.compose(outgoing(), mailbox, words))).toMatchObject({
      status: "failed",
      retry: true,
      reason: "refused",
    });
    other.close();
  });

  test("a server without encryption is told from one that must have it", async () => {
    const strict = createSender({ ...smtpOfUrl(`smtp://127.0.0.1:${port}`), security: "starttls" });
    expect((await strict.test())?.problem).toBe("tls");
    strict.close();
    const wrapped = createSender({ ...smtpOfUrl(`smtp://127.0.0.1:${port}`), security: "tls" });
    expect((await wrapped.test())?.problem).toBe("tls");
    wrapped.close();
  });
});

describe("encrypted on the way", () => {
  const identity = selfSigned("localhost");
  const envelopes: SmtpEnvelope[] = [];
  let receiver: SmtpReceiver;
  let port: number;

  beforeAll(async () => {
    receiver = createSmtpReceiver({
      maxBytes: 200_000,
      name: "localhost",
      tls: identity,
      accepts: async () => true,
      store: async (_raw, envelope) => void envelopes.push(envelope),
      onError: () => undefined,
    });
    port = await receiver.listen(0, "127.0.0.1");
  });
  afterAll(() => receiver.close());

  const sendAs = async (config: Partial<SmtpConfig>, ca?: string) => {
    const sender = createSender(
      { ...smtpOfUrl(`smtp://localhost:${port}`), ...config },
      ca === undefined ? {} : { ca },
    );
    const outcome = await sender.send(await composer.compose(outgoing(), mailbox, words));
    const problem = (await sender.test())?.problem;
    sender.close();
    return { outcome, problem };
  };

  test("mail comes encrypted from whoever encrypts where it is offered, vouched for or not", async () => {
    expect((await sendAs({})).outcome).toEqual({ status: "sent" });
    expect(envelopes.at(-1)?.secure).toBe(true);
  });

  test("a sender that must know its server takes the trusted certificate and refuses a stranger's", async () => {
    expect(await sendAs({ security: "starttls" }, identity.cert)).toEqual({
      outcome: { status: "sent" },
      problem: undefined,
    });
    expect(envelopes.at(-1)?.secure).toBe(true);
    const before = envelopes.length;
    expect(await sendAs({ security: "starttls" })).toMatchObject({
      outcome: { status: "failed", retry: true, reason: "certificate" },
      problem: "certificate",
    });
    expect((await sendAs({ security: "starttls" }, selfSigned("localhost").cert)).problem).toBe("certificate");
    expect(envelopes.length).toBe(before);
  });

  test("a name that the certificate is not for is told in words", async () => {
    expect((await sendAs({ security: "starttls", host: "127.0.0.1" }, identity.cert)).problem).toBe("certificate");
  });
});

test("the certificate that the hub makes is in order", () => {
  const { cert, key } = selfSigned("mx.shop.example", new Date("2026-01-02T03:04:05Z"));
  const certificate = new X509Certificate(cert);
  expect(certificate.checkHost("mx.shop.example")).toBe("mx.shop.example");
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect(certificate.checkPrivateKey(createPrivateKey(key))).toBe(true);
  expect(certificate.validFromDate.toISOString()).toBe("2026-01-01T03:04:05.000Z");
  expect(certificate.validToDate.getUTCFullYear()).toBe(2035);
  expect(selfSigned("a.example", new Date("2049-06-01")).cert).not.toBe("");
});
