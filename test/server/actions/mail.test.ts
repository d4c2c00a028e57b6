import { Types } from "mongoose";
import { createTransport } from "nodemailer";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ParsedMail } from "../../../channels/email/mail.ts";
import { parseMail } from "../../../channels/email/parse.ts";
import { unreadableMail } from "../../../channels/email/receive.ts";
import type { Conversation } from "../../../contract/conversation.ts";
import type { Message } from "../../../contract/message.ts";
import { findLocalMail, listLocalMails } from "../../../server/actions/mailboxes.ts";
import { receiveMail } from "../../../server/actions/receive-mail.ts";
import { ContactIdentityModel } from "../../../server/models/contact.ts";
import { ConversationModel } from "../../../server/models/conversation.ts";
import { InboxModel, type InboxRecord } from "../../../server/models/inbox.ts";
import { startTestApp, type TestApp } from "../../support/app.ts";

const SUPPORT = "support@parley.localhost";

let app: TestApp;
let send: (mail: Record<string, unknown>) => Promise<unknown>;
let sendRaw: (raw: string, from?: string) => Promise<unknown>;

beforeAll(async () => {
  app = await startTestApp({ smtpPort: 0 });
  const transport = createTransport({ host: "127.0.0.1", port: app.mailroom.smtpPort!, ignoreTLS: true });
  send = (mail) => transport.sendMail({ to: SUPPORT, ...mail });
  sendRaw = (raw, from = "ana@buyer.example") =>
    transport.sendMail({ envelope: { from, to: [SUPPORT] }, raw: raw.replaceAll("\n", "\r\n") });
});
afterAll(() => app?.dispose());

async function conversations(): Promise<Conversation[]> {
  const { body } = await app.call<{ items: Conversation[] }>(
    "GET",
    "/conversations?limit=100&status=pending,open,resolved&kind=person,automatic",
    undefined,
    app.admin,
  );
  return body.items;
}
async function conversationOf(email: string): Promise<Conversation> {
  const found = (await conversations()).filter((each) => each.contact.email === email);
  expect(found.length).toBe(1);
  return found[0]!;
}
async function messagesOf(id: string): Promise<Message[]> {
  const { body } = await app.call<{ items: Message[] }>("GET", `/conversations/${id}/messages`, undefined, app.admin);
  return body.items;
}
/** Everything stored is taken in, everything owed is done. */
async function settled(): Promise<void> {
  await app.idle();
}
async function lastMailTo(address: string): Promise<ParsedMail> {
  const found = (await listLocalMails(200)).find((mail) => mail.to.includes(address));
  const mail = await findLocalMail(found!._id.toHexString());
  return parseMail(Buffer.from((mail!.raw as unknown as { buffer: Uint8Array }).buffer));
}

async function reply(id: string, text: string, more: object = {}): Promise<Message> {
  const { status, body } = await app.call<Message>(
    "POST",
    `/conversations/${id}/messages`,
    { text, ...more },
    app.admin,
  );
  expect(status).toBe(201);
  return body;
}

describe("a buyer writes by email", () => {
  test("the mail becomes a conversation, the answer goes back in the same thread, and the next mail joins it", async () => {
    await send({
      from: "Ana Ruiz <ana1@buyer.example>",
      subject: "My vase",
      text: "It is broken. Can a person help?",
      messageId: "<a1@buyer.example>",
    });
    await settled();
    const conversation = await conversationOf("ana1@buyer.example");
    const [first] = await messagesOf(conversation.id);
    expect(first).toMatchObject({
      text: "It is broken. Can a person help?",
      channel: "email",
      original: { subject: "My vase" },
    });

    await reply(conversation.id, "We send you a new one.");
    await settled();
    const mail = await lastMailTo("ana1@buyer.example");
    expect(mail.subject).toBe("Re: My vase");
    // Without a sender's name in the settings it is the shop's, not what the team calls the inbox.
    const shop = await app.call<{ name: string }>("GET", "/workspace", undefined, app.admin);
    expect(mail.from?.name).toBe(shop.body.name);
    expect(mail.references[0]).toBe("<a1@buyer.example>");
    expect(mail.text).toContain("We send you a new one.");

    await send({
      from: "ana1@buyer.example",
      to: mail.replyTo[0]!.address,
      subject: "Re: My vase",
      text: `Thank you!\n\nOn Mon, Aug 5, 2024 at 10:12 AM Shop <${SUPPORT}> wrote:\n> We send you a new one.`,
      inReplyTo: mail.messageId,
      references: [...mail.references, mail.messageId!],
    });
    await settled();
    expect((await conversationOf("ana1@buyer.example")).id).toBe(conversation.id);
    expect((await messagesOf(conversation.id)).at(-1)?.text).toBe("Thank you!");
  });

  test("what stands around an agent's answer is in the language that the buyer writes", async () => {
    await send({
      from: "eva@buyer.example",
      subject: "Jarrón",
      text: "Hola, mi jarrón llegó roto. ¿Me pueden ayudar?",
    });
    await settled();
    const conversation = await conversationOf("eva@buyer.example");
    await reply(conversation.id, "Mañana le enviamos otro.");
    await settled();
    expect((await lastMailTo("eva@buyer.example")).text).toContain(app.ctx.translate("es", "email:mail.messages"));
  });

  test("the thread is found by its references alone", async () => {
    await send({ from: "ana2@buyer.example", subject: "A", text: "one", messageId: "<b1@buyer.example>" });
    await settled();
    const { id } = await conversationOf("ana2@buyer.example");
    await reply(id, "Answer");
    await settled();
    const mail = await lastMailTo("ana2@buyer.example");
    await send({ from: "ana2@buyer.example", subject: "Re: A", text: "two", inReplyTo: mail.messageId });
    await send({ from: "ana2@buyer.example", subject: "Re: A", text: "three", references: ["<b1@buyer.example>"] });
    await settled();
    expect((await messagesOf(id)).filter(({ direction }) => direction === "incoming").map(({ text }) => text)).toEqual([
      "one",
      "two",
      "three",
    ]);
  });

  test("a contact form's mail is a conversation with who filled it in, and the answer goes to them", async () => {
    await send({
      from: '"Shop form" <mailer@forms.example>',
      replyTo: "Nora <nora@buyer.example>",
      subject: "New message",
      text: "Does the lamp come in green?",
    });
    await send({ from: SUPPORT, replyTo: "otto@buyer.example", subject: "Contact form", text: "And in red?" });
    await settled();
    await conversationOf("otto@buyer.example");
    const { id, contact } = await conversationOf("nora@buyer.example");
    expect(contact.name).toBe("Nora");
    await reply(id, "It does.");
    await settled();
    expect((await lastMailTo("nora@buyer.example")).text).toContain("It does.");
  });

  test("a new subject is a new matter of the same contact", async () => {
    await send({ from: "ana3@buyer.example", subject: "One", text: "one" });
    await send({ from: "ana3@buyer.example", subject: "Two", text: "two" });
    await settled();
    const found = (await conversations()).filter((each) => each.contact.email === "ana3@buyer.example");
    expect(found.length).toBe(2);
    expect(found[0]!.contact.id).toBe(found[1]!.contact.id);
  });

  test("who answers from elsewhere stands beside the buyer, marked; who was in Cc is shown as themselves", async () => {
    await send({ from: "ana4@buyer.example", cc: "ana4.work@buyer.example", subject: "Secret", text: "one" });
    await settled();
    const { id } = await conversationOf("ana4@buyer.example");
    await reply(id, "Answer");
    await settled();
    const mail = await lastMailTo("ana4@buyer.example");
    await send({
      from: "eve@evil.example",
      to: mail.replyTo[0]!.address,
      subject: "Re: Secret",
      text: "I am Ana",
      inReplyTo: mail.messageId,
    });
    await send({
      from: "ana4.work@buyer.example",
      to: mail.replyTo[0]!.address,
      subject: "Re: Secret",
      text: "from work",
    });
    await settled();
    const incoming = (await messagesOf(id)).filter(({ direction }) => direction === "incoming");
    expect(incoming.map(({ text, author, original }) => [text, author.name, original?.role])).toEqual([
      ["one", undefined, undefined],
      ["I am Ana", "eve@evil.example", "another_address"],
      ["from work", "ana4.work@buyer.example", "copied"],
    ]);
    expect((await conversations()).some(({ contact }) => contact.email === "eve@evil.example")).toBe(false);
  });

  test("the same mail is one message, however often it comes, also without a Message-ID", async () => {
    const mail = {
      from: "ana5@buyer.example",
      subject: "Twice",
      text: "once",
      messageId: "<same@buyer.example>",
      date: new Date(0),
    };
    await send(mail);
    await settled();
    await send(mail);
    await send({ ...mail, headers: { "X-Other": "way" } });
    await sendRaw(
      `From: ana5@buyer.example\nTo: ${SUPPORT}\nSubject: No id\nDate: Mon, 5 Aug 2024 10:12:00 +0200\nReceived: from a\n\nno id`,
    );
    await sendRaw(
      `From: ana5@buyer.example\nTo: ${SUPPORT}\nSubject: No id\nDate: Mon, 5 Aug 2024 10:12:00 +0200\nReceived: from b\n\nno id`,
    );
    await settled();
    const found = (await conversations()).filter((each) => each.contact.email === "ana5@buyer.example");
    expect(found.length).toBe(2);
    for (const { id } of found)
      expect((await messagesOf(id)).filter(({ direction }) => direction === "incoming").length).toBe(1);
  });

  test("pictures and documents come as attachments; programs stay in the original, with a note", async () => {
    const png = Buffer.from(
      "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082",
      "hex",
    );
    await send({
      from: "ana6@buyer.example",
      subject: "Photo",
      text: "See",
      attachments: [
        { filename: "vase.png", content: png },
        {
          filename: "virus.exe",
          content: Buffer.from("4d5a90000300000004000000ffff0000", "hex"),
          contentType: "application/octet-stream",
        },
      ],
    });
    await settled();
    const { id } = await conversationOf("ana6@buyer.example");
    const [message] = await messagesOf(id);
    expect(message?.attachments.map(({ name, type }) => [name, type])).toEqual([["vase.png", "image/png"]]);
    expect(message?.original?.notes).toEqual(["attachment_type"]);
  });
});

describe("machines", () => {
  test("an absence note is recorded and not answered", async () => {
    await send({
      from: "bob@corp.example",
      subject: "Automatic reply: hello",
      text: "I am away",
      headers: { "Auto-Submitted": "auto-replied" },
    });
    await settled();
    const conversation = await conversationOf("bob@corp.example");
    const messages = await messagesOf(conversation.id);
    expect(messages.map(({ direction }) => direction)).toEqual(["incoming"]);
    expect(messages[0]).toMatchObject({ automatic: true, original: { kind: "auto_reply" } });
    expect(conversation.waitingSince).toBeNull();
  });

  test("one subject is answered once by the bot, then a person is asked", async () => {
    const ask = (id: string) =>
      send({
        from: "loop@buyer.example",
        subject: "Where is it",
        text: "What are your opening hours?",
        messageId: id,
        inReplyTo: "<l1@buyer.example>",
      });
    await ask("<l1@buyer.example>");
    await settled();
    const { id } = await conversationOf("loop@buyer.example");
    const answers = async () => (await messagesOf(id)).filter(({ direction }) => direction === "outgoing").length;
    const first = await answers();
    expect(first).toBe(1);
    await ask("<l2@buyer.example>");
    await ask("<l3@buyer.example>");
    await settled();
    expect(await answers()).toBe(first);
    expect((await conversationOf("loop@buyer.example")).status).toBe("open");
  });

  test("a burst from one address gets ten answers, and each of its mails stays", async () => {
    const names = Array.from({ length: 16 }, (_, at) => `burst ${at}`);
    const one = (subject: string) =>
      send({ from: "burst@buyer.example", subject, text: `What are your opening hours? ${subject}` });
    await Promise.all(names.map(one));
    await settled();
    const found = (await conversations()).filter(({ contact }) => contact.email === "burst@buyer.example");
    expect(found.length).toBe(names.length);
    const messages = (await Promise.all(found.map(({ id }) => messagesOf(id)))).flat();
    expect(messages.filter(({ direction }) => direction === "outgoing").length).toBe(10);
  });

  test("a mail and the one that answers it, fetched together, are one conversation", async () => {
    for (let at = 0; at < 5; at++) {
      await send({
        from: "chain@buyer.example",
        subject: "Vase",
        text: `part ${at}`,
        messageId: `<chain${at}@buyer.example>`,
        ...(at > 0 && { inReplyTo: `<chain${at - 1}@buyer.example>` }),
      });
    }
    await settled();
    const { id } = await conversationOf("chain@buyer.example");
    const texts = (await messagesOf(id)).filter(({ direction }) => direction === "incoming").map(({ text }) => text);
    expect(texts).toEqual(["part 0", "part 1", "part 2", "part 3", "part 4"]);
  });

  test("a mail and the one that answers it, taken in by two nodes at once, are one conversation", async () => {
    const inbox = await InboxModel.findOne({
      workspaceId: app.firstStart.workspaceId,
      channel: "email",
    }).lean<InboxRecord>();
    const take = async (id: string, references: string[]) =>
      receiveMail(app.ctx, {
        inbox: inbox!,
        channel: app.mailroom.channel,
        mailId: new Types.ObjectId(),
        inbound: {
          ...(await unreadableMail(Buffer.from(id), "unreadable")),
          sourceId: id,
          from: { address: "nodes@buyer.example", name: "" },
          text: `This is ${id}`,
          references,
          hints: { ours: [], references },
        },
      });
    const earlier = await take("<n0@buyer.example>", []);
    const taken = await Promise.all([
      take("<n1@buyer.example>", []),
      take("<n2@buyer.example>", ["<n1@buyer.example>"]),
      take("<n3@buyer.example>", ["<n1@buyer.example>", "<n2@buyer.example>"]),
    ]);
    expect(new Set(taken.map((message) => message?.conversationId.toHexString())).size).toBe(1);
    expect(taken[0]?.conversationId).not.toEqual(earlier?.conversationId);
  });

  test("a program that gives every mail one Message-ID loses none of them", async () => {
    const same = { subject: "Order", messageId: "<0@localhost.example>" };
    await send({ ...same, from: "eve@buyer.example", text: "the blue one" });
    await settled();
    await send({ ...same, from: "ida@buyer.example", text: "the red one" });
    await settled();
    await send({ ...same, from: "ida@buyer.example", text: "the red one", headers: { "X-Relay": "again" } });
    await settled();
    for (const [name, text] of [
      ["eve", "the blue one"],
      ["ida", "the red one"],
    ] as const) {
      const { id } = await conversationOf(`${name}@buyer.example`);
      const incoming = (await messagesOf(id)).filter(({ direction }) => direction === "incoming");
      expect(incoming.map((message) => message.text)).toEqual([text]);
    }
  });

  test("a made-up bounce silences nobody but whom the mail went to", async () => {
    for (const name of ["mallory", "victim"]) {
      await send({ from: `${name}@buyer.example`, subject: `Hi from ${name}`, text: "one" });
      await settled();
    }
    const { id } = await conversationOf("mallory@buyer.example");
    await reply(id, "Answer");
    await settled();
    const mail = await lastMailTo("mallory@buyer.example");
    await sendRaw(
      `From: MAILER-DAEMON@buyer.example\nTo: ${SUPPORT}\nSubject: Undelivered Mail Returned to Sender\nMessage-ID: <forged@buyer.example>\nContent-Type: text/plain\n\n<victim@buyer.example>: 550 5.1.1 User unknown\n\n--- Below this line is a copy of the message.\n\nMessage-ID: ${mail.messageId}\n`,
      "",
    );
    await settled();
    const { workspaceId } = (await ConversationModel.findById(id).lean())!;
    const reachable = async (key: string) =>
      (await ContactIdentityModel.findOne({ workspaceId, channel: "email", key }).lean())?.unreachable === undefined;
    expect(await reachable("victim@buyer.example")).toBe(true);
    expect(await reachable("mallory@buyer.example")).toBe(false);
  });

  test("a bounce fails the message it is about, with the reason in words, and becomes no conversation", async () => {
    await send({ from: "gone@buyer.example", subject: "Hi", text: "one" });
    await settled();
    const { id } = await conversationOf("gone@buyer.example");
    const sent = await reply(id, "Answer");
    await settled();
    const mail = await lastMailTo("gone@buyer.example");
    const before = (await conversations()).length;
    await sendRaw(
      `From: MAILER-DAEMON@buyer.example\nTo: ${SUPPORT}\nSubject: Undelivered Mail Returned to Sender\nMessage-ID: <bounce@buyer.example>\nContent-Type: text/plain\n\n<gone@buyer.example>: 550 5.1.1 User unknown\n\n--- Below this line is a copy of the message.\n\nMessage-ID: ${mail.messageId}\nTo: gone@buyer.example\n`,
      "",
    );
    await settled();
    const failed = (await messagesOf(id)).find((each) => each.id === sent.id);
    expect(failed).toMatchObject({
      status: "failed",
      failure: "This address does not exist. Check it for typing errors, correct it and send again.",
    });
    expect((await conversations()).length).toBe(before);
  });
});
