import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Conversation } from "../../../contract/conversation.ts";
import type { PublicMessage } from "../../../contract/sockets.ts";
import { startTestApp, type TestApp } from "../../support/app.ts";
import { hashIdentity, identitySecret, shopToken } from "../../support/identity.ts";
import { connectWidget, nextEvent, type WidgetClient } from "../../support/sockets.ts";

const HOUR = 3600_000;
let app: TestApp;
let secret: string;
let ahead = 0;
const now = () => new Date(Date.now() + ahead);

beforeAll(async () => {
  app = await startTestApp({ clock: { now } });
  secret = await identitySecret(app);
});
afterAll(() => app.dispose());

const token = async (claims: Record<string, unknown>) => ({ token: await shopToken(secret, claims, now()) });

async function send(socket: WidgetClient, text: string): Promise<PublicMessage> {
  const result = await socket.emitWithAck("message:send", { echoId: crypto.randomUUID(), text });
  if (!result.ok) throw Object.assign(new Error(result.error.message), result.error);
  return result.message;
}
async function textsOf(socket: WidgetClient): Promise<string[]> {
  const result = await socket.emitWithAck("history", { afterSeq: 0 });
  if (!result.ok) throw Object.assign(new Error(result.error.message), result.error);
  return result.messages.filter(({ author }) => author.type === "contact").map(({ text }) => text);
}
const contactOf = async (id: string) =>
  (await app.call<Conversation>("GET", `/conversations/${id}`, undefined, app.admin)).body.contact;

describe("a customer whom the shop signed a token for", () => {
  it("is known with name and address, on any device, and brings along what they wrote before the login", async () => {
    const before = await connectWidget(app.url);
    const { conversationId } = await send(before.socket, "Before login");
    before.socket.disconnect();
    const identity = await token({ sub: "ana-1", name: "Ana Ruiz", email: "Ana.One@Example.com" });
    const here = await connectWidget(app.url, { visitorToken: before.session.visitorToken, identity });
    expect(here.session.conversationId).toBe(conversationId);
    expect(Date.parse(here.session.identifiedUntil ?? "")).toBeGreaterThan(Date.now() + 23 * HOUR);
    const phone = await connectWidget(app.url, { identity });
    expect(await textsOf(phone.socket)).toEqual(["Before login"]);
    expect(await contactOf(conversationId)).toMatchObject({
      name: "Ana Ruiz",
      email: "ana.one@example.com",
      verified: true,
    });
    here.socket.disconnect();
    phone.socket.disconnect();
  });

  it("stays known by the browser's token for a day, and a day more after identifying again", async () => {
    const first = await connectWidget(app.url, { identity: await token({ sub: "bea" }) });
    await send(first.socket, "Bea's secret");
    first.socket.disconnect();
    const { visitorToken } = first.session;
    ahead = 20 * HOUR;
    const reload = await connectWidget(app.url, { visitorToken });
    expect(await textsOf(reload.socket)).toEqual(["Bea's secret"]);
    reload.socket.disconnect();
    const again = await connectWidget(app.url, { visitorToken, identity: await token({ sub: "bea" }) });
    again.socket.disconnect();
    ahead = 40 * HOUR;
    const later = await connectWidget(app.url, { visitorToken: again.session.visitorToken });
    expect(await textsOf(later.socket)).toEqual(["Bea's secret"]);

    // The session runs out while the page is open.
    const gone = nextEvent(later.socket, "disconnect");
    ahead = 60 * HOUR;
    await expect(textsOf(later.socket)).rejects.toMatchObject({ code: "unavailable" });
    await gone;
    const stranger = await connectWidget(app.url, { visitorToken: again.session.visitorToken });
    expect(stranger.session).toMatchObject({ lastSeq: 0 });
    expect(stranger.session.identifiedUntil).toBeUndefined();
    stranger.socket.disconnect();
    ahead = 0;
  });

  it("is told nothing more on any tab once they have logged out, and finds everything after the next login", async () => {
    const first = await connectWidget(app.url, { identity: await token({ sub: "cleo" }) });
    const { conversationId } = await send(first.socket, "Cleo's secret");
    const tab = await connectWidget(app.url, { visitorToken: first.session.visitorToken });
    const heard: string[] = [];
    for (const { socket } of [first, tab]) socket.on("message:new", ({ text }) => heard.push(text));
    await app.idle();
    heard.length = 0;
    const gone = Promise.all([first, tab].map(({ socket }) => nextEvent(socket, "disconnect")));
    expect(await first.socket.emitWithAck("logout")).toEqual({ ok: true });
    await gone;
    await app.call("POST", `/conversations/${conversationId}/messages`, { text: "Only for Cleo" }, app.admin);
    expect(heard).toEqual([]);
    const back = await connectWidget(app.url, { identity: await token({ sub: "cleo", jti: "2" }) });
    expect(await textsOf(back.socket)).toEqual(["Cleo's secret"]);
    back.socket.disconnect();
  });

  it("is logged out by a page that is just being left, too", async () => {
    const { socket, session } = await connectWidget(app.url, { identity: await token({ sub: "dora" }) });
    const gone = nextEvent(socket, "disconnect");
    const answer = await fetch(`${app.url}/api/v1/widget/logout?inbox=chat`, {
      method: "POST",
      headers: { authorization: `Bearer ${session.visitorToken}` },
    });
    expect(answer.status).toBe(204);
    await gone;
  });

  it("is known by the mailbox that they have written from before, with the mails of before", async () => {
    const made = await app.call<{ id: string }>("POST", "/contacts", { email: "eli@example.com" }, app.admin);
    const { socket } = await connectWidget(app.url, {
      identity: await token({ sub: "eli", email: "eli@example.com" }),
    });
    const { conversationId } = await send(socket, "hello");
    expect(await contactOf(conversationId)).toMatchObject({ id: made.body.id, verified: true });
    socket.disconnect();
    // A second customer number with that address is somebody else until a person says otherwise.
    const other = await connectWidget(app.url, {
      identity: await token({ sub: "eli-2", email: "eli@example.com" }),
    });
    const second = await send(other.socket, "hello too");
    expect((await contactOf(second.conversationId)).id).not.toBe(made.body.id);
    other.socket.disconnect();
  });

  it("has an unconfirmed address when the shop says that nobody confirmed it", async () => {
    const { socket } = await connectWidget(app.url, {
      identity: await token({ sub: "fay", email: "Fay@example.com", email_verified: false }),
    });
    const { conversationId } = await send(socket, "hello");
    const contact = await contactOf(conversationId);
    expect(contact).toMatchObject({ verified: true, emailHint: "fay@example.com" });
    expect(contact.email).toBeUndefined();
    socket.disconnect();
  });

  it("sends a file that they uploaded before the login, and one from after it", async () => {
    const bytes = Buffer.from(PIXEL, "base64");
    const upload = async (visitorToken: string) => {
      const response = await fetch(`${app.url}/api/v1/widget/attachments?inbox=chat&name=a.png`, {
        method: "POST",
        headers: { authorization: `Bearer ${visitorToken}`, "content-type": "image/png" },
        body: bytes,
      });
      return ((await response.json()) as { id: string }).id;
    };
    const before = await connectWidget(app.url);
    const early = await upload(before.session.visitorToken);
    before.socket.disconnect();
    const { socket, session } = await connectWidget(app.url, {
      visitorToken: before.session.visitorToken,
      identity: await token({ sub: "gil" }),
    });
    const late = await upload(session.visitorToken);
    const sent = await socket.emitWithAck("message:send", { echoId: "files", attachments: [early, late] });
    expect(sent).toMatchObject({ ok: true, message: { attachments: [{ id: early }, { id: late }] } });
    socket.disconnect();
  });
});

describe("a shop that signs the customer number alone, as before", () => {
  it("has its customer recognised; a claimed address is a hint for agents until one of them confirms it", async () => {
    const identity = hashIdentity(secret, "hal", { name: "Hal", email: "Hal@Example.com" });
    const { socket } = await connectWidget(app.url, { identity });
    const { conversationId } = await send(socket, "hello");
    const contact = await contactOf(conversationId);
    expect(contact).toMatchObject({ name: "Hal", verified: true, emailHint: "hal@example.com" });
    expect(contact.email).toBeUndefined();
    socket.disconnect();
    await app.call("PATCH", `/contacts/${contact.id}`, { email: "hal@example.com" }, app.admin);
    const confirmed = await contactOf(conversationId);
    expect(confirmed.email).toBe("hal@example.com");
    expect(confirmed.emailHint).toBeUndefined();
  });
});

describe("a shop's developer whose token is refused", () => {
  const wrong: [string, () => Promise<string>, string, RegExp][] = [
    [
      "is too old",
      () => shopToken(secret, { sub: "1" }, new Date(Date.now() - 2 * HOUR)),
      "identity_expired",
      /expired/,
    ],
    [
      "is good for two days",
      () => shopToken(secret, { sub: "1", exp: Math.floor(Date.now() / 1000) + 48 * 3600 }),
      "identity_too_long",
      /24 hours/,
    ],
    [
      "is for the message centre",
      () => shopToken(secret, { sub: "1", aud: "parley-messages" }),
      "identity_wrong_audience",
      /parley-widget/,
    ],
    ["names no customer", () => shopToken(secret, { name: "Ana" }), "identity_claims", /sub/],
    ["has no end", () => shopToken(secret, { sub: "1", exp: undefined }), "identity_claims", /exp/],
    ["has a line end in it", () => shopToken(secret, { sub: "1\n2" }), "identity_claims", /sub/],
    ["is signed with another secret", () => shopToken("guess", { sub: "1" }), "invalid_identity", /proof/],
  ];
  for (const [what, make, code, text] of wrong) {
    it(`because it ${what} is told so`, async () => {
      await expect(connectWidget(app.url, { identity: { token: await make() } })).rejects.toMatchObject({
        code,
        message: expect.stringMatching(text),
      });
    });
  }
});

const PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
