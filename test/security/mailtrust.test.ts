import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ParsedMail } from "../../channels/email/mail.ts";
import { parseMail } from "../../channels/email/parse.ts";
import { rawMail } from "../../channels/email/send.ts";
import type { Message } from "../../contract/message.ts";
import { findLocalMail, listLocalMails } from "../../server/actions/mailboxes.ts";
import { inboxesOf, storeMail } from "../../server/actions/store-mail.ts";
import { ContactModel } from "../../server/models/contact.ts";
import { MessageModel, type MessageRecord } from "../../server/models/message.ts";
import { isPublic } from "../../server/presenters/messages.ts";
import { findBuyer, listBuyerThreads } from "../../server/queries/buyers.ts";
import { startTestApp, type TestApp } from "../support/app.ts";
import { conversationsOf, DKIM_KEY, incomingWith, sendMail, TestDns } from "../support/senders.ts";

const TRACKING = "JD014600099";
const dns = new TestDns();
let app: TestApp;
let now = new Date();

beforeAll(async () => {
  dns.publish("proven.example", { dkim: true, dmarc: "v=DMARC1; p=none" });
  dns.publish("friend.example", { dkim: true });
  app = await startTestApp({
    smtpPort: 0,
    mailResolver: dns.resolve,
    clock: { now: () => now },
    env: { MAIL_TRUSTED_RELAYS: "" },
  });
  for (const [orderId, email] of [
    ["70001", "ana@proven.example"],
    ["70002", "uma@small.example"],
  ] as const) {
    await app.call(
      "POST",
      "/orders/events",
      {
        eventId: `e-${orderId}`,
        type: "shipped",
        occurredAt: new Date().toISOString(),
        orderId,
        buyer: { externalId: `c-${orderId}`, email },
        tracking: { carrier: "JD", number: TRACKING },
      },
      app.admin,
    );
  }
  await app.idle();
});
afterAll(() => app?.dispose());

/** The last mail of a conversation that went to an address, or to anybody. */
async function lastMailTo(address: string, conversationId: string): Promise<ParsedMail> {
  let last: { seq: number; mail: ParsedMail } | undefined;
  for (const { _id } of await listLocalMails(500)) {
    const { raw } = (await findLocalMail(_id.toHexString()))!;
    const mail = await parseMail(Buffer.from((raw as unknown as { buffer: Uint8Array }).buffer));
    const seq = Number(new RegExp(`c\\.${conversationId}\\.(\\d+)\\.`).exec(mail.messageId ?? "")?.[1] ?? 0);
    if (address !== "" && mail.to[0]?.address !== address) continue;
    if (seq > (last?.seq ?? 0)) last = { seq, mail };
  }
  if (!last) throw new Error("no such mail");
  return last.mail;
}
async function thread(id: string): Promise<Message[]> {
  const { body } = await app.call<{ items: Message[] }>(
    "GET",
    `/conversations/${id}/messages?limit=200`,
    undefined,
    app.admin,
  );
  return body.items;
}
async function only(text: string): Promise<Message> {
  await app.idle();
  const found = await incomingWith(app, text);
  expect(found.length).toBe(1);
  return found[0]!;
}
const ask = (more: object) => sendMail(app, { from: "Ana <ana@proven.example>", subject: "My order", ...more });

describe("where is my order, by mail", () => {
  test("is told to who provably writes from the address it was placed with", async () => {
    await ask({ text: "Where is my order 70001?", signedBy: "proven.example" });
    const asked = await only("Where is my order 70001?");
    expect(asked.original?.proof).toBe("pass");
    expect((await thread(asked.conversationId)).map(({ text }) => text).join("\n")).toContain(TRACKING);
  });

  test("is not told to who merely writes that address into From", async () => {
    await ask({
      text: "Hello, where is my order 70001?",
      envelope: { from: "eve@evil.example", to: "support@parley.localhost" },
    });
    const asked = await only("Hello, where is my order 70001?");
    expect(asked.original?.proof).toBe("fail");
    expect((await thread(asked.conversationId)).map(({ text }) => text).join("\n")).not.toContain(TRACKING);
  });

  test("is not told to who signs with a domain of their own, or with a key that is not the domain's", async () => {
    dns.publish("evil.example", { dkim: true, spf: "v=spf1 ip4:127.0.0.1 -all" });
    await ask({
      text: "Now where is 70001?",
      signedBy: "evil.example",
      envelope: { from: "x@evil.example", to: "support@parley.localhost" },
    });
    const asked = await only("Now where is 70001?");
    expect(asked.original?.proof).toBe("fail");
    expect((await thread(asked.conversationId)).map(({ text }) => text).join("\n")).not.toContain(TRACKING);
  });

  test("needs the mailed code where nothing proves the sender", async () => {
    await sendMail(app, { from: "uma@small.example", subject: "Parcel", text: "Where is my order 70002?" });
    const asked = await only("Where is my order 70002?");
    expect(asked.original?.proof).toBe("unknown");
    const answers = (await thread(asked.conversationId)).filter(({ direction }) => direction === "outgoing");
    expect(answers.map(({ text }) => text).join("\n")).not.toContain(TRACKING);
    expect(answers.length).toBeGreaterThan(0);
  });

  test("is not told for results that the sender wrote into the mail", async () => {
    await ask({
      text: "And where is 70001?",
      headers: { "Authentication-Results": "mx.google.com; dmarc=pass header.from=proven.example" },
    });
    expect((await only("And where is 70001?")).original?.proof).toBe("fail");
  });
});

describe("a forged mail", () => {
  test("lands in no conversation of the one it names, though it answers our own mail, and says which it claims", async () => {
    const first = await only("Where is my order 70001?");
    const ours = await lastMailTo("ana@proven.example", first.conversationId);
    await ask({ to: ours.replyTo[0]!.address, inReplyTo: ours.messageId, text: "Send the refund to IBAN X" });
    const forged = await only("Send the refund to IBAN X");
    expect(forged.conversationId).not.toBe(first.conversationId);
    expect(forged.original).toMatchObject({ proof: "fail", claims: first.conversationId });
    const contacts = (await conversationsOf(app)).filter(({ id }) =>
      [first.conversationId, forged.conversationId].includes(id),
    );
    expect(new Set(contacts.map(({ contact }) => contact.id)).size).toBe(2);
    // What we answer to it goes to the owner of the address, whose answer is seen beside it.
    await app.call("POST", `/conversations/${forged.conversationId}/messages`, { text: "Was that you?" }, app.admin);
    await app.idle();
    const answer = await lastMailTo("ana@proven.example", forged.conversationId);
    expect(answer.text).not.toContain("/messages?");
    const owner = await findBuyer(app.ctx, {
      workspaceId: app.firstStart.workspaceId.toString(),
      email: "ana@proven.example",
    });
    const threads = (await listBuyerThreads(owner, undefined)).items.map(({ _id }) => _id.toHexString());
    expect(threads).toContain(first.conversationId);
    expect(threads).not.toContain(forged.conversationId);
    await ask({ to: answer.replyTo[0]!.address, inReplyTo: answer.messageId, text: "No!", signedBy: "proven.example" });
    expect(await only("No!")).toMatchObject({ conversationId: forged.conversationId, original: { proof: "pass" } });
  });
});

describe("a mail whose From is made so that no domain can be asked about it", () => {
  const envelope = { from: "eve@evil.example", to: "support@parley.localhost" };
  test.each([
    ["names the buyer and the forger", "From: ana@proven.example, eve@evil.example"],
    ["names them the other way round, in two headers", "From: eve@evil.example\r\nFrom: ana@proven.example"],
    ["names a group", "From: friends: ana@proven.example, eve@evil.example;"],
    ["names nobody", "From:\r\nReply-To: ana@proven.example"],
    ["is missing", "Reply-To: ana@proven.example"],
  ])("lands apart from the one it names where it %s", async (how, headers) => {
    const text = `My new address, where it ${how}`;
    const raw = [headers, "To: support@parley.localhost", "Subject: My order", "", text].join("\r\n");
    await sendMail(app, { envelope, raw });
    const forged = await only(text);
    expect(forged.original).toMatchObject({ from: { address: "ana@proven.example" }, proof: "fail" });
    const first = await only("Where is my order 70001?");
    const contacts = (await conversationsOf(app)).filter(({ id }) =>
      [first.conversationId, forged.conversationId].includes(id),
    );
    expect(new Set(contacts.map(({ contact }) => contact.id)).size).toBe(2);
  });
});

describe("who answers from another address", () => {
  test("lands in the conversation, marked, and is answered at the known address", async () => {
    const first = await only("Where is my order 70001?");
    const ours = await lastMailTo("ana@proven.example", first.conversationId);
    await sendMail(app, {
      from: "Ana at work <ana@friend.example>",
      to: ours.replyTo[0]!.address,
      subject: "Re: My order",
      text: "Where is my order 70001? (from work)",
      signedBy: "friend.example",
    });
    const other = await only("Where is my order 70001? (from work)");
    expect(other).toMatchObject({
      conversationId: first.conversationId,
      author: { name: "Ana at work" },
      original: { proof: "pass", role: "another_address" },
    });
    expect(other.author.id).toBeUndefined();
    const { to, text } = await lastMailTo("", first.conversationId);
    expect(to.map(({ address }) => address)).toEqual(["ana@proven.example"]);
    expect(text).not.toContain("from work");
    expect((await thread(first.conversationId)).filter((each) => each.text.includes(TRACKING)).length).toBe(1);
  });

  test("opens nothing without a reply address of ours", async () => {
    const first = await only("Where is my order 70001?");
    const ours = await lastMailTo("ana@proven.example", first.conversationId);
    await sendMail(app, {
      from: "eve@evil.example",
      inReplyTo: ours.messageId,
      subject: "Re: My order",
      text: "By its id alone",
    });
    expect((await only("By its id alone")).conversationId).not.toBe(first.conversationId);
  });
});

describe("who answers from another address and is judged by an agent", () => {
  const judge = (message: Message, how: "confirm" | "refuse", as = app.admin) =>
    app.call<Message>(
      "POST",
      `/conversations/${message.conversationId}/messages/${message.id}/${how}-sender`,
      undefined,
      as,
    );
  /** A buyer's conversation, answered, and an answer to that from another address. */
  async function answeredFromElsewhere(name: string, more: object = {}) {
    await ask({ from: `${name}@proven.example`, text: `I am ${name}`, signedBy: "proven.example" });
    const first = await only(`I am ${name}`);
    await reply(first.conversationId, "Hello!");
    const ours = await lastMailTo(`${name}@proven.example`, first.conversationId);
    const elsewhere = {
      from: `${name}@friend.example`,
      to: ours.replyTo[0]!.address,
      subject: "Re: My order",
      signedBy: "friend.example",
    };
    await sendMail(app, { ...elsewhere, text: `${name} from elsewhere`, ...more });
    return { first, elsewhere, other: await only(`${name} from elsewhere`) };
  }
  async function reply(id: string, text: string): Promise<void> {
    await app.call("POST", `/conversations/${id}/messages`, { text }, app.admin);
    await app.idle();
  }

  test("is the buyer once confirmed: answered there, and known from then on", async () => {
    const { first, elsewhere, other } = await answeredFromElsewhere("bea");
    expect(other.original?.role).toBe("another_address");
    await reply(first.conversationId, "Before");
    expect((await lastMailTo("", first.conversationId)).to[0]?.address).toBe("bea@proven.example");
    const confirmed = await judge(other, "confirm");
    expect(confirmed.body.original?.role).toBeUndefined();
    expect(confirmed.body.author.id).toBe(first.author.id);
    await reply(first.conversationId, "After");
    expect((await lastMailTo("", first.conversationId)).to[0]?.address).toBe("bea@friend.example");
    await sendMail(app, { ...elsewhere, text: "bea once more" });
    expect((await only("bea once more")).original?.role).toBeUndefined();
    // Answers follow the address that the buyer last wrote from.
    await ask({ from: "bea@proven.example", to: elsewhere.to, text: "bea at home", signedBy: "proven.example" });
    expect((await only("bea at home")).conversationId).toBe(first.conversationId);
    await reply(first.conversationId, "At home");
    expect((await lastMailTo("", first.conversationId)).to[0]?.address).toBe("bea@proven.example");
    expect((await judge(other, "confirm")).status).toBe(409);
  });

  test("is kept out once refused", async () => {
    const { first, elsewhere, other } = await answeredFromElsewhere("cora");
    expect((await judge(other, "refuse")).body.original?.role).toBe("refused");
    await sendMail(app, { ...elsewhere, text: "cora tries again" });
    const again = await only("cora tries again");
    expect(again.conversationId).not.toBe(first.conversationId);
    // That is now a contact of its own: it becomes the buyer's only by merging the two.
    expect(await judge(other, "confirm")).toMatchObject({
      status: 409,
      body: { error: { code: "address_of_another_contact" } },
    });
  });

  test("is not judged by somebody without a session", async () => {
    const { other } = await answeredFromElsewhere("dora");
    const { status } = await app.call(
      "POST",
      `/conversations/${other.conversationId}/messages/${other.id}/confirm-sender`,
    );
    expect(status).toBe(401);
  });

  test("does not count as read by the buyer", async () => {
    const { first } = await answeredFromElsewhere("flo");
    const conversation = (await conversationsOf(app)).find(({ id }) => id === first.conversationId)!;
    const hello = (await thread(first.conversationId)).find(({ text }) => text === "Hello!")!;
    expect(conversation.contactReadSeq).toBeLessThan(hello.seq);
    expect(conversation.waitingSince).not.toBeNull();
  });

  test("stops no messages to the buyer, and does not appear in the buyer's own threads", async () => {
    const { first, elsewhere } = await answeredFromElsewhere("eli");
    await sendMail(app, { ...elsewhere, text: "STOP" });
    const stop = await only("STOP");
    expect(stop).toMatchObject({ conversationId: first.conversationId, original: { role: "another_address" } });
    const contact = await ContactModel.findById(first.author.id).lean();
    expect(contact?.optedOut).toBeUndefined();
    const records = await MessageModel.find({ conversationId: first.conversationId }).lean<MessageRecord[]>();
    const shown = records.filter(isPublic).map(({ text }) => text);
    expect(shown).toContain("I am eli");
    expect(shown).not.toContain("STOP");
    expect(shown).not.toContain("eli from elsewhere");
  });
});

describe("mail that the hub did not receive itself", () => {
  const results = "Authentication-Results: mx.mail.example; dmarc=pass header.from=proven.example";
  const received = "Received: from client.example by mx.mail.example";
  const mail = (text: string, ...headers: string[]) =>
    Buffer.from(
      [...headers, "From: gil@proven.example", "To: support@parley.localhost", "Subject: Hi", "", text].join("\r\n"),
    );
  async function taken(text: string, raw: Buffer, via: "imap" | "webhook") {
    const [inbox] = await inboxesOf(app.ctx, ["support@parley.localhost"]);
    await storeMail(app.ctx, { inbox: inbox!, mail: { raw, via } });
    return (await only(text)).original?.proof;
  }

  test("is believed where the mailbox's own server says so, above what the sender could write", async () => {
    expect(await taken("fetched 1", mail("fetched 1", results, received), "imap")).toBe("pass");
    expect(await taken("fetched 2", mail("fetched 2", received, results), "imap")).toBe("unknown");
    expect(await taken("posted 1", mail("posted 1", results, received), "webhook")).toBe("unknown");
  });

  test("is believed for its signature, by whichever way it came", async () => {
    const raw = await rawMail({
      from: "gil@proven.example",
      to: "support@parley.localhost",
      text: "posted, signed",
      dkim: { domainName: "proven.example", keySelector: "s1", privateKey: DKIM_KEY },
    });
    const { body: inboxes } = await app.call<{ id: string; address?: string }[]>(
      "GET",
      "/inboxes",
      undefined,
      app.admin,
    );
    const inbox = inboxes.find(({ address }) => address)!;
    const { body } = await app.call<{ webhookPath: string }>(
      "GET",
      `/inboxes/${inbox.id}/mailbox`,
      undefined,
      app.admin,
    );
    const posted = await fetch(`${app.url}${body.webhookPath}`, {
      method: "POST",
      headers: { "content-type": "message/rfc822" },
      body: new Uint8Array(raw),
    });
    expect(posted.status).toBe(202);
    expect((await only("posted, signed")).original?.proof).toBe("pass");
  });

  test("is believed in a named server's name, and by a named relay", async () => {
    const { body: inboxes } = await app.call<{ id: string; address?: string }[]>(
      "GET",
      "/inboxes",
      undefined,
      app.admin,
    );
    const path = `/inboxes/${inboxes.find(({ address }) => address)!.id}/mailbox`;
    expect((await app.call("PATCH", path, { trustedRelays: ["everybody"] }, app.admin)).status).toBe(400);
    await app.call("PATCH", path, { trustedRelays: ["127.0.0.0/8"], trustedResults: ["mx.mail.example"] }, app.admin);
    expect(await taken("posted 2", mail("posted 2", received, results), "webhook")).toBe("pass");
    await ask({ text: "by the relay" });
    expect((await only("by the relay")).original?.proof).toBe("pass");
    await ask({
      text: "a relay that found it forged",
      headers: { "Authentication-Results": "mx.mail.example; dmarc=fail header.from=proven.example" },
    });
    expect((await only("a relay that found it forged")).original?.proof).toBe("fail");
    await app.call("PATCH", path, { trustedRelays: [], trustedResults: [] }, app.admin);
  });

  test("written at the demo mailbox is proven", async () => {
    await app.call(
      "POST",
      "/demo/mails",
      { from: "hal@proven.example", to: "support@parley.localhost", text: "demo mail" },
      app.admin,
    );
    expect((await only("demo mail")).original?.proof).toBe("pass");
  });
});

describe("a sender whom the DNS did not tell about yet", () => {
  test("is unknown, then known, and agents see it", async () => {
    dns.publish("slow.example", { dkim: true, dmarc: "v=DMARC1; p=reject" });
    dns.silent.add("_dmarc.slow.example");
    await sendMail(app, { from: "kim@slow.example", subject: "Hi", text: "Slow one", signedBy: "slow.example" });
    expect((await only("Slow one")).original?.proof).toBe("unknown");
    dns.silent.clear();
    await expect
      .poll(
        async () => {
          now = new Date(now.getTime() + 3_600_000);
          await app.mailroom.sweep();
          return (await only("Slow one")).original?.proof;
        },
        { timeout: 20_000, interval: 700 },
      )
      .toBe("pass");
  });
});
