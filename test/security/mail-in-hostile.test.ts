import { createTransport } from "nodemailer";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type InboundMail, receiveMail } from "../../channels/email/receive.ts";
import { sanitizeMailHtml } from "../../channels/email/sanitize.ts";
import type { Conversation } from "../../contract/conversation.ts";
import type { Message } from "../../contract/message.ts";
import { startTestApp, type TestApp } from "../support/app.ts";

const SUPPORT = "support@parley.localhost";
const LONG = process.env.PARLEY_LONG !== undefined;
const BYTES = LONG ? 5_000_000 : 1_000_000;
const repeat = (part: string, bytes = BYTES) => part.repeat(Math.ceil(bytes / part.length));
const HEAD = `From: Eve <eve@evil.example>\r\nTo: ${SUPPORT}\r\n`;
const html = (body: string, subject = "Nested") =>
  `${HEAD}Subject: ${subject}\r\nContent-Type: text/html; charset=utf-8\r\n\r\n${body}`;

/** Each took minutes, or the time of its length squared. */
const HOSTILE: [name: string, raw: () => string][] = [
  ...["div", "ul", "table", "blockquote", "b", "a", "form", "td", "p", "font", "li"].map(
    (tag): [string, () => string] => [`nested <${tag}>`, () => html(repeat(`<${tag}>`))],
  ),
  ["tables in tables", () => html(repeat("<table><tr><td>"))],
  ["tags that cross", () => html(repeat("<b><i></b></i>"))],
  ["line breaks", () => html(repeat("a<br>"))],
  ["open comments", () => html(repeat("<!--"))],
  ["a style as long as the mail", () => html(`<p style="${repeat("color:red;")}">x`)],
  ["attributes", () => html(`<p ${repeat("a=b ")}>x`)],
  ["blanks at the end of a line", () => `${HEAD}Content-Transfer-Encoding: quoted-printable\r\n\r\na${repeat(" ")}b`],
  [
    "a return path of signs",
    () => `${HEAD}Feedback-ID: x\r\nReturn-Path: <${repeat("-a=", 240_000)}@b.example>\r\n\r\nhi`,
  ],
  ["quotes in quotes", () => `${HEAD}\r\n${repeat(">>>>>>>>>> x\r\n")}`],
  ["parts", () => `${HEAD}Content-Type: multipart/mixed; boundary=b\r\n\r\n${repeat("--b\r\n\r\nx\r\n")}--b--`],
  [
    "parts in parts",
    () =>
      HEAD +
      Array.from(
        { length: 5_000 },
        (_, at) => `Content-Type: multipart/mixed; boundary=b${at}\r\n\r\n--b${at}\r\n`,
      ).join(""),
  ],
  ["a header of a megabyte", () => `${HEAD}X-A: ${repeat("a")}\r\n\r\nhi`],
  ["encoded words", () => `${HEAD}Subject: ${repeat("=?utf-8?B?w7w=?= ", 200_000)}\r\n\r\nhi`],
  ["addresses", () => `${HEAD}Cc: ${repeat("a:b@c.example;", 100_000)}\r\n\r\nhi`],
];

describe("a hostile mail", () => {
  const options = { inboxId: "a".repeat(24), secret: "s", envelope: { ours: [SUPPORT] } };
  test.each(HOSTILE)("of %s is read, and shown, as any other", async (_, make) => {
    const mail: InboundMail = await receiveMail(Buffer.from(make()), options);
    expect(mail.from.address).toBe("eve@evil.example");
  });
  test("costs an agent who opens it no more", () => {
    for (const tag of ["div", "ul", "table"])
      expect(sanitizeMailHtml(repeat(`<${tag}>`), { cidUrl: () => undefined, remoteImages: false }).html).toBeDefined();
  });
  test("that nests too deeply keeps its beginning, and says so", async () => {
    const mail = await receiveMail(Buffer.from(html(`<p>The cup is broken.</p>${repeat("<div>")}`)), options);
    expect(mail.text).toBe("The cup is broken.");
    expect(mail.notes).toContain("too_deep");
  });
});

describe("at the hub's door", () => {
  let app: TestApp;
  let send: (raw: string, from: string) => Promise<unknown>;
  const open = async (limits: object = {}) => {
    app = await startTestApp({ smtpPort: 0, ...limits });
    const transport = createTransport({ host: "127.0.0.1", port: app.mailroom.smtpPort!, ignoreTLS: true });
    send = (raw, from) => transport.sendMail({ envelope: { from, to: [SUPPORT] }, raw });
  };
  const listed = async () =>
    (await app.call<{ items: Conversation[] }>("GET", "/conversations?status=pending,open", undefined, app.admin)).body
      .items;

  describe("with the usual limits", () => {
    beforeAll(() => open());
    afterAll(() => app.dispose());
    test("three mails of nested tags hold up nobody's mail", async () => {
      for (let at = 0; at < 3; at++) await send(html(repeat("<div>", 1_000_000), `Nested ${at}`), "eve@evil.example");
      await send(`From: ana@buyer.example\r\nSubject: My cup\r\n\r\nThe cup is broken.`, "ana@buyer.example");
      await app.idle();
      const subjects = (await listed()).map(({ subject }) => subject);
      expect(subjects.toSorted()).toEqual(["My cup", "Nested 0", "Nested 1", "Nested 2"]);
    });
  });

  describe("where reading takes too long", () => {
    beforeAll(() => open({ mailLimits: { patience: 0, milliseconds: 0 } }));
    afterAll(() => app.dispose());
    test("a mail is given up after one try: agents see from whom it is and get the original, the bot is silent", async () => {
      await send(`From: Ana <ana@buyer.example>\r\nSubject: =?utf-8?B?w5xsdA==?=\r\n\r\nHello`, "ana@buyer.example");
      await app.idle();
      const [conversation] = await listed();
      expect(conversation).toMatchObject({ subject: "Ült", status: "open", contact: { email: "ana@buyer.example" } });
      expect(conversation?.waitingSince).not.toBeNull();
      const path = `/conversations/${conversation!.id}/messages`;
      const { body } = await app.call<{ items: Message[] }>("GET", path, undefined, app.admin);
      const incoming = body.items.filter(({ direction }) => direction === "incoming");
      expect(incoming.map(({ original }) => original?.notes)).toEqual([["given_up"]]);
      expect(body.items.filter(({ direction }) => direction === "outgoing")).toEqual([]);
      const url = `${app.url}/api/v1${path}/${incoming[0]!.id}/original/raw`;
      const raw = await fetch(url, { headers: "cookie" in app.admin ? { cookie: app.admin.cookie } : {} });
      expect(await raw.text()).toContain("Hello");
    });
  });
});
