import { createHmac } from "node:crypto";
import { Types } from "mongoose";
import { createTransport } from "nodemailer";
import { io } from "socket.io-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Conversation } from "../../contract/conversation.ts";
import type { ErrorBody } from "../../contract/errors.ts";
import { linkSignature } from "../../server/actions/buyer-links.ts";
import { ContactIdentityModel } from "../../server/models/contact.ts";
import { openLink } from "../server/buyer/support.ts";
import { startTestApp, type TestApp } from "../support/app.ts";
import { hashIdentity, identitySecret, shopToken } from "../support/identity.ts";
import { connectAgent, connectWidget, nextEvent, type WidgetClient } from "../support/sockets.ts";

let app: TestApp;
let secret: string;
let mail: (mail: Record<string, unknown>) => Promise<unknown>;

beforeAll(async () => {
  app = await startTestApp({ smtpPort: 0 });
  secret = await identitySecret(app);
  const transport = createTransport({ host: "127.0.0.1", port: app.mailroom.smtpPort ?? 0, ignoreTLS: true });
  mail = (each) => transport.sendMail({ to: "support@parley.localhost", ...each });
});
afterAll(() => app.dispose());

async function write(socket: WidgetClient, text: string): Promise<string> {
  const result = await socket.emitWithAck("message:send", { echoId: crypto.randomUUID(), text });
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.message.conversationId;
}
/** All that a shopper's connection reads. */
async function seenBy(socket: WidgetClient): Promise<string> {
  const result = await socket.emitWithAck("history", { afterSeq: 0 });
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return JSON.stringify(result.messages);
}
const contactOf = async (id: string) =>
  (await app.call<Conversation>("GET", `/conversations/${id}`, undefined, app.admin)).body.contact;
async function conversationsFrom(email: string): Promise<Conversation[]> {
  const { body } = await app.call<{ items: Conversation[] }>(
    "GET",
    "/conversations?limit=100&status=pending,open,resolved",
    undefined,
    app.admin,
  );
  return body.items.filter(({ contact }) => contact.email === email);
}
async function placeOrder(orderId: string, email: string, tracking: string): Promise<void> {
  const event = { orderId, buyer: { externalId: `owner-of-${orderId}`, email, name: "Vera" } };
  const at = (hour: number) => new Date(Date.now() - hour * 3600_000).toISOString();
  const send = (body: object) => app.call("POST", "/orders/events", { ...event, ...body }, app.admin);
  await send({ eventId: `${orderId}-1`, type: "paid", occurredAt: at(40), order: { number: orderId } });
  await send({
    eventId: `${orderId}-2`,
    type: "shipped",
    occurredAt: at(20),
    tracking: { carrier: "DHL", number: tracking },
  });
}

describe("a customer with a signature of their own", () => {
  it("who claims another's address reads neither that person's mails nor, by a forged one, their tracking number", async () => {
    await placeOrder("20771", "vera@victim.example", "JD0199887766");
    const attacker = await connectWidget(app.url, {
      identity: hashIdentity(secret, "mallory", { name: "Vera", email: "vera@victim.example" }),
    });
    const own = await write(attacker.socket, "hello");
    const pushed: unknown[] = [];
    for (const event of ["message:new", "conversation:updated"] as const) {
      (attacker.socket as unknown as { on(name: string, run: (value: unknown) => void): void }).on(event, (value) =>
        pushed.push(value),
      );
    }
    await app.idle();
    await mail({
      from: "Vera <vera@victim.example>",
      subject: "Private",
      text: "My doctor said the parcel is urgent.",
    });
    await mail({ from: "vera@victim.example", subject: "Order", text: "Where is my order 20771?" });
    await app.idle();
    const mails = await conversationsFrom("vera@victim.example");
    expect(mails.length).toBeGreaterThan(0);
    const { id } = await contactOf(own);
    for (const each of mails) expect(each.contact.id).not.toBe(id);
    expect(await seenBy(attacker.socket)).not.toMatch(/doctor|JD0199887766/);
    expect(JSON.stringify(pushed)).not.toMatch(/doctor|JD0199887766/);
    const again = await connectWidget(app.url, { visitorToken: attacker.session.visitorToken });
    expect(await seenBy(again.socket)).not.toMatch(/doctor|JD0199887766/);
    for (const { socket } of [attacker, again]) socket.disconnect();
  });

  it("who claims the address of somebody who has mailed before is not joined with them", async () => {
    await mail({ from: "wim@victim.example", subject: "Private", text: "A private matter of Wim" });
    await app.idle();
    const [theirs] = await conversationsFrom("wim@victim.example");
    for (const identity of [
      hashIdentity(secret, "mallory-2", { email: "wim@victim.example" }),
      { token: await shopToken(secret, { sub: "mallory-3", email: "wim@victim.example", email_verified: false }) },
    ]) {
      const { socket } = await connectWidget(app.url, { identity });
      expect((await contactOf(await write(socket, "hello"))).id).not.toBe(theirs?.contact.id);
      expect(await seenBy(socket)).not.toContain("private matter");
      socket.disconnect();
    }
  });

  it("cannot change a claim of the token that the shop signed, nor sign without the secret", async () => {
    const good = await shopToken(secret, { sub: "mallory" });
    const [header, , signature] = good.split(".");
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const claims = { sub: "vera", aud: "parley-widget", exp: Math.floor(Date.now() / 1000) + 600 };
    const signed = (head: object, key: string, hash = "sha256") => {
      const text = `${part(head)}.${part(claims)}`;
      return `${text}.${createHmac(hash, key).update(text).digest("base64url")}`;
    };
    const forged = [
      `${header}.${part(claims)}.${signature}`,
      `${part({ alg: "none" })}.${part(claims)}.`,
      `${part({ alg: "none" })}.${part(claims)}.${signature}`,
      signed({ alg: "HS256" }, ""),
      signed({ alg: "HS512" }, secret, "sha512"),
      await shopToken(await identitySecret(app, "insite"), claims),
    ];
    for (const token of forged) {
      await expect(connectWidget(app.url, { identity: { token } })).rejects.toMatchObject({ code: "invalid_identity" });
    }
  });
});

describe("somebody at a computer where a customer was logged in", () => {
  it("gets in neither by the browser's token nor by the identity, once the customer has logged out", async () => {
    const identity = { token: await shopToken(secret, { sub: "xenia" }) };
    const first = await connectWidget(app.url, { identity });
    await write(first.socket, "Xenia's secret");
    const { visitorToken } = first.session;
    await first.socket.emitWithAck("logout");
    const later = await connectWidget(app.url, { visitorToken });
    expect(later.session).toMatchObject({ lastSeq: 0 });
    expect(await seenBy(later.socket)).toBe("[]");
    // What they write now is nobody's but theirs.
    expect((await contactOf(await write(later.socket, "hi"))).verified).toBe(false);
    expect(await seenBy(later.socket)).not.toContain("secret");
    later.socket.disconnect();
    await expect(connectWidget(app.url, { identity })).rejects.toMatchObject({ code: "identity_ended" });
    await expect(connectWidget(app.url, { identity, visitorToken })).rejects.toMatchObject({ code: "identity_ended" });
  });

  it("learns nothing by a token from before the login, and a page that they left open is cut", async () => {
    const planted = await connectWidget(app.url);
    await write(planted.socket, "written before");
    const { visitorToken } = planted.session;
    const cut = nextEvent(planted.socket, "disconnect");
    const heard: string[] = [];
    planted.socket.on("message:new", ({ text }) => heard.push(text));
    const identity = { token: await shopToken(secret, { sub: "yara" }) };
    const customer = await connectWidget(app.url, { visitorToken, identity });
    await cut;
    const id = await write(customer.socket, "Yara's secret");
    const again = await connectWidget(app.url, { visitorToken });
    expect(again.session).toMatchObject({ lastSeq: 0 });
    expect(await seenBy(again.socket)).toBe("[]");
    // Nor do words get into the customer's conversation by the old token, at the next page of hers.
    const stray = await write(again.socket, "please send it to my address");
    expect(stray).not.toBe(id);
    const page = await connectWidget(app.url, { visitorToken: customer.session.visitorToken, identity });
    expect(await seenBy(page.socket)).not.toContain("my address");
    expect(heard).not.toContain("Yara's secret");
    for (const { socket } of [customer, again, page]) socket.disconnect();
  });

  it("is shown nothing by a browser that was linked to a customer in earlier versions", async () => {
    const browser = await connectWidget(app.url);
    const id = await write(browser.socket, "Zoe's secret");
    const { visitorToken } = browser.session;
    browser.socket.disconnect();
    const { id: contactId } = await contactOf(id);
    const [own] = await ContactIdentityModel.find({ contactId: new Types.ObjectId(contactId) });
    await ContactIdentityModel.create({
      workspaceId: own?.workspaceId,
      contactId: own?.contactId,
      channel: "chat",
      key: "customer:zoe",
      verified: true,
      createdAt: new Date(),
    });
    const later = await connectWidget(app.url, { visitorToken });
    expect(await seenBy(later.socket)).toBe("[]");
    later.socket.disconnect();
    const zoe = await connectWidget(app.url, { identity: { token: await shopToken(secret, { sub: "zoe" }) } });
    expect(await seenBy(zoe.socket)).toContain("Zoe's secret");
    zoe.socket.disconnect();
  });
});

describe("an anonymous shopper whom an agent joins with somebody who mails", () => {
  it("goes on with their own chat, and reads none of the mails", async () => {
    await mail({ from: "una@victim.example", subject: "Private", text: "Una's private mail" });
    await app.idle();
    const [theirs] = await conversationsFrom("una@victim.example");
    const chat = await connectWidget(app.url);
    const id = await write(chat.socket, "I am Una");
    const cut = nextEvent(chat.socket, "disconnect");
    const { id: contactId } = await contactOf(id);
    await app.call("POST", `/contacts/${theirs?.contact.id}/merge`, { contactId }, app.admin);
    await cut;
    const again = await connectWidget(app.url, { visitorToken: chat.session.visitorToken });
    expect(await seenBy(again.socket)).toContain("I am Una");
    const heard: string[] = [];
    again.socket.on("message:new", ({ text }) => heard.push(text));
    await app.call("POST", `/conversations/${theirs?.id}/messages`, { text: "To Una's mailbox alone" }, app.admin);
    expect(await write(again.socket, "still here")).toBe(id);
    expect(await seenBy(again.socket)).not.toMatch(/private mail|mailbox alone/);
    expect(heard).not.toContain("To Una's mailbox alone");
    again.socket.disconnect();
  });
});

describe("what was signed for one thing", () => {
  it("opens no other: widget, message centre, agents' and buyers' sockets", async () => {
    const widget = await shopToken(secret, { sub: "vic" });
    const centre = await shopToken(secret, { sub: "vic", aud: "parley-messages" });
    const link = (query: Record<string, string>) =>
      openLink(app, `${app.url}/messages?${new URLSearchParams({ inbox: "chat", ...query })}`);
    expect(await link({ identity: widget })).toEqual({ cookie: "", location: "/messages/expired" });
    expect((await link({ identity: centre })).cookie).toContain("parley_buyer=");
    await expect(connectWidget(app.url, { identity: { token: centre } })).rejects.toMatchObject({
      code: "identity_wrong_audience",
    });
    const { socket, session } = await connectWidget(app.url, { identity: { token: widget } });
    for (const token of [widget, session.visitorToken]) {
      await expect(connectAgent(app.url, { key: token })).rejects.toMatchObject({ code: "unauthenticated" });
      expect(await buyerRefusal(`parley_buyer=${token}`)).toBe("link_expired");
      expect((await app.call("GET", "/buyer/session", undefined, { cookie: `parley_buyer=${token}` })).status).toBe(
        401,
      );
    }
    socket.disconnect();
  });

  it("is not a link when a customer number holds line ends, in the forms of before", async () => {
    const expires = String(Math.floor(Date.now() / 1000) + 600);
    const externalId = ["messages", "vic", "", "", expires].join("\n");
    await expect(connectWidget(app.url, { identity: hashIdentity(secret, externalId) })).rejects.toMatchObject({
      code: "invalid_request",
    });
    for (const id of ["a\nb", "a\u2028b", "a\u0085b", "a\u0000b"]) {
      const signature = linkSignature(secret, { externalId: id, expires });
      const query = new URLSearchParams({ inbox: "chat", externalId: id, expires, signature });
      expect((await openLink(app, `${app.url}/messages?${query}`)).location).toBe("/messages/expired");
      await expect(connectWidget(app.url, { identity: hashIdentity(secret, id) })).rejects.toMatchObject({
        code: "invalid_request",
      });
    }
  });
});

it("a new secret ends at once what the old one has opened", async () => {
  const { id } =
    (await app.call<{ id: string; key: string }[]>("GET", "/inboxes", undefined, app.admin)).body.find(
      ({ key }) => key === "chat",
    ) ?? {};
  const { socket, session } = await connectWidget(app.url, {
    identity: { token: await shopToken(secret, { sub: "ted" }) },
  });
  await write(socket, "Ted's secret");
  const cut = nextEvent(socket, "disconnect");
  await app.call("POST", `/inboxes/${id}/identity-secret`, undefined, app.admin);
  await cut;
  const later = await connectWidget(app.url, { visitorToken: session.visitorToken });
  expect(await seenBy(later.socket)).toBe("[]");
  later.socket.disconnect();
  secret = await identitySecret(app);
});

it("an agent who signs a buyer out ends their chat sessions as well", async () => {
  const { socket, session } = await connectWidget(app.url, {
    identity: { token: await shopToken(secret, { sub: "una-2" }) },
  });
  const { id } = await contactOf(await write(socket, "Una's secret"));
  const cut = nextEvent(socket, "disconnect");
  expect((await app.call("POST", `/contacts/${id}/sign-out`, undefined, app.admin)).status).toBeLessThan(300);
  await cut;
  const later = await connectWidget(app.url, { visitorToken: session.visitorToken });
  expect(await seenBy(later.socket)).toBe("[]");
  later.socket.disconnect();
});

/** Why the message centre's socket does not let a cookie in. */
function buyerRefusal(cookie: string): Promise<string> {
  const socket = io(`${app.url}/buyer`, {
    transports: ["websocket"],
    forceNew: true,
    reconnection: false,
    extraHeaders: { cookie },
  });
  return new Promise((resolve) => {
    socket.once("connect", () => resolve("let in"));
    socket.once("connect_error", (error) => resolve((error as Error & { data?: ErrorBody }).data?.code ?? ""));
  }).then((code) => {
    socket.disconnect();
    return code as string;
  });
}
