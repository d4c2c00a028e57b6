import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ParsedMail } from "../../channels/email/mail.ts";
import { parseMail } from "../../channels/email/parse.ts";
import type { Message } from "../../contract/message.ts";
import { findLocalMail, listLocalMails } from "../../server/actions/mailboxes.ts";
import { startTestApp, type TestApp } from "../support/app.ts";
import { conversationsOf, incomingWith, sendMail, TestDns } from "../support/senders.ts";

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
  const found = await listLocalMails(200);
  for (const { _id } of found) {
    const { raw } = (await findLocalMail(_id.toHexString()))!;
    const mail = await parseMail(Buffer.from((raw as unknown as { buffer: Uint8Array }).buffer));
    if (!mail.messageId?.includes(conversationId)) continue;
    if (mail.to.some((to) => address === "" || to.address === address)) return mail;
  }
  throw new Error("no such mail");
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
    await ask({ to: answer.replyTo[0]!.address, inReplyTo: answer.messageId, text: "No!", signedBy: "proven.example" });
    expect(await only("No!")).toMatchObject({ conversationId: forged.conversationId, original: { proof: "pass" } });
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
