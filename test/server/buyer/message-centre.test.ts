import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BuyerThreads } from "../../../contract/buyer.ts";
import type { Conversation } from "../../../contract/conversation.ts";
import type { PublicMessage } from "../../../contract/sockets.ts";
import { linkSignature } from "../../../server/actions/buyer-links.ts";
import { continueElsewhere } from "../../../server/actions/continue-elsewhere.ts";
import { startTestApp, type TestApp } from "../../support/app.ts";
import { type BuyerClient, buyerCookie, connectBuyer, openLink } from "./support.ts";

let app: TestApp;
let time = new Date("2026-05-02T09:00:00Z");
const sockets: BuyerClient[] = [];
beforeAll(async () => {
  app = await startTestApp({ clock: { now: () => time } });
});
afterAll(async () => {
  for (const socket of sockets) socket.disconnect();
  await app?.dispose();
});

const order = (orderId: string, externalId: string) => ({
  eventId: `${orderId}-paid`,
  type: "paid",
  occurredAt: "2026-05-01T09:00:00Z",
  orderId,
  buyer: { externalId, name: "Ana Ruiz", email: `${externalId}@example.com` },
  order: {
    number: `#${orderId}`,
    items: [{ name: "Ceramic tea set", quantity: 1, price: 48 }],
    total: 48,
    currency: "EUR",
    promisedAt: "2026-05-09T09:00:00Z",
  },
});

async function inSite(buyer: string, threadId: string, text: string, orderId?: string): Promise<string> {
  const { body } = await app.call<{ conversationId: string }>(
    "POST",
    "/insite/insite/messages",
    {
      messageId: `${threadId}-${text}`,
      threadId,
      buyer: { externalId: buyer, email: `${buyer}@example.com` },
      text,
      sentAt: "2026-05-02T09:00:00Z",
      ...(orderId && { orderId }),
    },
    app.admin,
  );
  return body.conversationId;
}

async function connect(who: { cookie: string }, conversationId?: string): Promise<BuyerClient> {
  const socket = await connectBuyer(app, who, conversationId ? { conversationId } : {});
  sockets.push(socket);
  return socket;
}

const threadsOf = async (who: { cookie: string }) =>
  (await app.call<BuyerThreads>("GET", "/buyer/threads", undefined, who)).body;

const history = (socket: BuyerClient): Promise<PublicMessage[]> =>
  new Promise((resolve, reject) =>
    socket.emit("history", {}, (result) => (result.ok ? resolve(result.messages) : reject(result.error))),
  );

describe("a link to the message centre", () => {
  it("opens the buyer's threads, sets an HttpOnly cookie and leaves nothing signed in the address", async () => {
    await app.call("POST", "/orders/events", order("10482", "link-1"), app.admin);
    await inSite("link-1", "l1", "Where is it?", "10482");
    const { body } = await app.call<{ url: string }>("POST", "/buyer-links", { externalId: "link-1" }, app.admin);
    const url = new URL(body.url);
    const response = await fetch(`${app.url}${url.pathname}${url.search}`, { redirect: "manual" });
    expect(response.status).toBe(303);
    expect(response.headers.get("location")).toBe("/messages");
    const setCookie = response.headers.getSetCookie()[0] ?? "";
    expect(setCookie).toMatch(/HttpOnly/);
    expect(setCookie).toMatch(/SameSite=Strict/);
    const { threads, orders } = await threadsOf({ cookie: setCookie.split(";")[0] ?? "" });
    expect(threads.map(({ orderId, lastMessage }) => [orderId, typeof lastMessage?.text])).toEqual([
      ["10482", "string"],
    ]);
    expect(orders[0]).toMatchObject({ number: "10482", total: 48, currency: "EUR", state: "paid" });
  });

  it("no longer opens after its time, nor when forged, nor as a session of its own", async () => {
    const { body } = await app.call<{ url: string }>(
      "POST",
      "/buyer-links",
      { externalId: "link-1", expiresIn: 60 },
      app.admin,
    );
    const token = new URL(body.url).searchParams.get("token") ?? "";
    const stolen = await app.call("GET", "/buyer/session", undefined, { cookie: `parley_buyer=${token}` });
    expect(stolen.status).toBe(401);
    expect((await openLink(app, `${body.url}x`)).location).toBe("/messages/expired");
    time = new Date(time.getTime() + 61_000);
    expect(await openLink(app, body.url)).toEqual({ cookie: "", location: "/messages/expired" });
  });

  it("can be signed by the shop's own server, and not by anybody else", async () => {
    const inbox = (await app.call<{ id: string; key: string }[]>("GET", "/inboxes", undefined, app.admin)).body.find(
      ({ key }) => key === "insite",
    );
    const { secret } = (
      await app.call<{ secret: string }>("GET", `/inboxes/${inbox?.id}/identity-secret`, undefined, app.admin)
    ).body;
    const now = Math.floor(time.getTime() / 1000);
    const link = (expires: number, key = secret, externalId = "link-1") => {
      const signature = linkSignature(key, { externalId, name: "Ana", expires: String(expires) });
      return `${app.url}/messages?${new URLSearchParams({ inbox: "insite", externalId: "link-1", name: "Ana", expires: String(expires), signature })}`;
    };
    const good = await openLink(app, link(now + 600));
    expect(good.location).toBe("/messages");
    expect((await threadsOf(good)).threads).toHaveLength(1);
    for (const bad of [
      link(now - 1),
      link(now + 40 * 86_400),
      link(now + 600, "guess"),
      link(now + 600, secret, "x"),
    ]) {
      expect((await openLink(app, bad)).location).toBe("/messages/expired");
    }
  });

  it("is made up for by a code to an address the shop knows, and says the same for one it does not", async () => {
    const ask = (email: string) => app.call("POST", "/buyer/link-requests", { email, locale: "es" });
    const known = await ask("LINK-1@example.com");
    const unknown = await ask("nobody@example.com");
    expect([known.status, unknown.status]).toEqual([202, 202]);
    expect(known.body).toEqual(unknown.body);
    const mails = async () =>
      (await app.call<{ id: string; to: string[] }[]>("GET", "/demo/mails", undefined, app.admin)).body;
    await expect.poll(async () => (await mails()).map(({ to }) => to[0])).toEqual(["link-1@example.com"]);
    const [mail] = await mails();
    const { text } = (await app.call<{ text: string }>("GET", `/demo/mails/${mail?.id}`, undefined, app.admin)).body;
    expect(text).not.toMatch(/token=/);
    const browser = known.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    const code = /\d{6}/.exec(text)?.[0] ?? "";
    const typed = await app.call("POST", "/buyer/codes", { code }, { cookie: browser });
    expect(typed.status).toBe(204);
    const cookie = typed.headers.getSetCookie().find((each) => each.startsWith("parley_buyer="));
    expect((await threadsOf({ cookie: cookie?.split(";")[0] ?? "" })).threads).toHaveLength(1);
    for (let more = 0; more < 3; more += 1) await ask("link-1@example.com");
    expect((await ask("other@example.com")).status).toBe(429);
  });
});

describe("a buyer at the message centre", () => {
  it("reads and writes a thread, hears the agent live, and sees no note, bounce or forwarded mail", async () => {
    const id = await inSite("b1", "t1", "The cup is broken");
    const buyer = await buyerCookie(app, { externalId: "b1" });
    await app.idle();
    const socket = await connect(buyer, id);
    const live: PublicMessage[] = [];
    socket.on("message:new", (message) => live.push(message));
    await app.call("POST", `/conversations/${id}/messages`, { text: "Secret remark", private: true }, app.admin);
    await app.call("POST", `/conversations/${id}/messages`, { text: "We send a new one" }, app.admin);
    await expect.poll(() => live.map(({ text }) => text)).toEqual(["We send a new one"]);
    expect(JSON.stringify(live)).not.toMatch(/"(bot|private|original)"/);

    const sent = await new Promise<PublicMessage>((resolve, reject) =>
      socket.emit("message:send", { echoId: "e1", text: "Thank you" }, (result) =>
        result.ok ? resolve(result.message) : reject(result.error),
      ),
    );
    const again = await new Promise<PublicMessage>((resolve, reject) =>
      socket.emit("message:send", { echoId: "e1", text: "Thank you" }, (result) =>
        result.ok ? resolve(result.message) : reject(result.error),
      ),
    );
    expect(again.id).toBe(sent.id);
    const texts = (await history(socket)).map(({ text }) => text);
    expect(texts).toContain("We send a new one");
    expect(texts).not.toContain("Secret remark");
    const seen = await app.call<Conversation>("GET", `/conversations/${id}`, undefined, app.admin);
    expect(seen.body.lastMessage?.text).toBe("Thank you");
  });

  it("marks what was read, and the agent sees it", async () => {
    const id = await inSite("b2", "t2", "Hello");
    await app.idle();
    await app.call("POST", `/conversations/${id}/messages`, { text: "Good day" }, app.admin);
    const buyer = await buyerCookie(app, { externalId: "b2" });
    expect((await threadsOf(buyer)).threads[0]?.unread).toBe(true);
    const socket = await connect(buyer, id);
    const last = (await history(socket)).at(-1)?.seq ?? 0;
    socket.emit("read", { seq: last });
    await expect.poll(async () => (await threadsOf(buyer)).threads[0]?.unread).toBe(false);
  });

  it("begins a thread about an order of theirs, once per echoId, and about nobody else's", async () => {
    await app.call("POST", "/orders/events", order("77", "b3"), app.admin);
    await app.call("POST", "/orders/events", order("78", "somebody-else"), app.admin);
    const buyer = await buyerCookie(app, { externalId: "b3", name: "Ben" });
    const start = (orderId: string, echoId: string) =>
      app.call<{ id: string }>("POST", "/buyer/threads", { orderId, echoId, text: "When does it ship?" }, buyer);
    const first = await start("77", "s1");
    expect(first.status).toBe(201);
    expect((await start("77", "s1")).body).toEqual(first.body);
    expect((await start("78", "s2")).status).toBe(404);
    const { threads } = await threadsOf(buyer);
    expect(threads).toMatchObject([{ id: first.body.id, orderId: "77" }]);
    const seen = await app.call<Conversation>("GET", `/conversations/${first.body.id}`, undefined, app.admin);
    expect(seen.body).toMatchObject({ channel: "insite", orderId: "77" });
  });

  it("gets by mail what was answered after they left, once, and nothing they have read", async () => {
    const buyer = await buyerCookie(app, { externalId: "b7", email: "b7@example.com" });
    const started = await app.call<{ id: string }>("POST", "/buyer/threads", { echoId: "n", text: "Hello" }, buyer);
    await app.idle();
    const answer = (text: string) =>
      app.call("POST", `/conversations/${started.body.id}/messages`, { text }, app.admin);
    const socket = await connect(buyer, started.body.id);
    await answer("Read on the spot");
    await app.idle();
    socket.emit("read", { seq: (await history(socket)).at(-1)?.seq ?? 0 });
    await expect.poll(async () => (await threadsOf(buyer)).threads[0]?.unread).toBe(false);
    await answer("Written later");
    await app.idle();
    const mails = async () =>
      (await app.call<{ id: string; to: string[] }[]>("GET", "/demo/mails", undefined, app.admin)).body.filter(
        ({ to }) => to[0] === "b7@example.com",
      );
    await continueElsewhere(app.ctx);
    expect(await mails()).toEqual([]);
    time = new Date(time.getTime() + 3 * 60_000);
    // The hub's own schedule may be faster; one of the two sends it.
    await continueElsewhere(app.ctx);
    await expect.poll(async () => (await mails()).length).toBe(1);
    await continueElsewhere(app.ctx);
    const [mail, ...more] = await mails();
    expect(more).toEqual([]);
    const { text } = (await app.call<{ text: string }>("GET", `/demo/mails/${mail?.id}`, undefined, app.admin)).body;
    expect(text).toContain("Written later");
    expect(text).not.toContain("Read on the spot");
    expect(text).toMatch(/\/messages\?token=/);
  });

  it("sends a picture, which nobody else can put into a message", async () => {
    const buyer = await buyerCookie(app, { externalId: "b4" });
    const stranger = await buyerCookie(app, { externalId: "b5" });
    const png = Buffer.from(
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
      "base64",
    );
    const response = await fetch(`${app.url}/api/v1/buyer/attachments?name=cup.png`, {
      method: "POST",
      headers: { cookie: buyer.cookie, "content-type": "image/png" },
      body: png,
    });
    expect(response.status).toBe(201);
    const { id } = (await response.json()) as { id: string };
    const write = (who: { cookie: string }) =>
      app.call("POST", "/buyer/threads", { echoId: "p", text: "", attachments: [id] }, who);
    expect((await write(stranger)).status).toBe(422);
    const written = await write(buyer);
    expect(written.status).toBe(201);
    const messages = await history(await connect(buyer, (written.body as { id: string }).id));
    expect(messages[0]?.attachments).toMatchObject([{ id, name: "cup.png" }]);
    expect((await threadsOf(stranger)).threads).toEqual([]);
  });

  it("has the published answers in their language", async () => {
    const buyer = await buyerCookie(app, { externalId: "b6" });
    const policies = async (locale: string) =>
      (await app.call<{ items: { question: string }[] }>("GET", `/buyer/policies?locale=${locale}`, undefined, buyer))
        .body.items;
    const [english, spanish] = await Promise.all([policies("en"), policies("es")]);
    expect(english.length).toBeGreaterThan(5);
    expect(spanish).toHaveLength(english.length);
    expect(spanish[0]?.question).not.toBe(english[0]?.question);
  });
});

describe("a buyer who writes by mail", () => {
  it("opens the thread from the foot of the answer, without what was passed on to others", async () => {
    const inboxes = (await app.call<{ address?: string }[]>("GET", "/inboxes", undefined, app.admin)).body;
    const to = inboxes.find(({ address }) => address)?.address ?? "";
    const mail = { from: "mia@example.com", name: "Mia", to, subject: "Broken lid", text: "The lid came broken." };
    await app.call("POST", "/demo/mails", mail, app.admin);
    await app.idle();
    const list = await app.call<{ items: Conversation[] }>("GET", "/conversations?q=mia&limit=1", undefined, app.admin);
    const id = list.body.items[0]?.id ?? "";
    const reply = async (body: object) => {
      const posted = await app.call("POST", `/conversations/${id}/messages`, body, app.admin);
      expect(posted).toMatchObject({ status: 201 });
    };
    await reply({ text: "A new lid is on its way", channel: "email" });
    await reply({ text: "Please send Mia a lid", channel: "email", forwardTo: "supplier@example.net" });
    await reply({ text: "For you both", channel: "email", cc: ["friend@example.net"] });
    await app.idle();

    const mails = (await app.call<{ id: string; to: string[] }[]>("GET", "/demo/mails", undefined, app.admin)).body;
    const texts = await Promise.all(
      mails.map(
        async (each) =>
          (await app.call<{ text: string }>("GET", `/demo/mails/${each.id}`, undefined, app.admin)).body.text,
      ),
    );
    expect(texts.filter((text) => /send Mia a lid|For you both/.test(text))).toHaveLength(2);
    const linkIn = (words: string) => /http\S+token=\S+/.exec(texts.find((text) => text.includes(words)) ?? "")?.[0];
    expect([linkIn("send Mia a lid"), linkIn("For you both")]).toEqual([undefined, undefined]);
    const copy = mails[texts.findIndex((text) => text.includes("For you both"))]?.id ?? "";
    const { replyTo } = (await app.call<{ replyTo: string }>("GET", `/demo/mails/${copy}`, undefined, app.admin)).body;
    const friend = { from: "friend@example.net", to: replyTo, text: "Between us, it was old", answers: copy };
    await app.call("POST", "/demo/mails", friend, app.admin);
    await app.idle();
    const seen = await app.call("GET", `/conversations/${id}/messages`, undefined, app.admin);
    expect(JSON.stringify(seen.body)).toContain("Between us, it was old");

    const buyer = await openLink(app, linkIn("A new lid is on its way") ?? "");
    expect(buyer.location).toBe(`/messages/t/${id}`);
    expect((await threadsOf(buyer)).threads).toMatchObject([{ id, subject: "Broken lid" }]);
    const shown = (await history(await connect(buyer, id))).map(({ text }) => text);
    expect(shown).toContain("A new lid is on its way");
    expect(shown).toContain("The lid came broken.");
    expect(shown).not.toContain("Please send Mia a lid");
    expect(shown.join()).not.toContain("Between us");
  });
});

describe("nobody else", () => {
  it("reaches a buyer's threads: not another buyer, not without a cookie, not from another site", async () => {
    const id = await inSite("owner", "o1", "Private matter");
    const other = await buyerCookie(app, { externalId: "other" });
    const owner = await buyerCookie(app, { externalId: "owner" });
    expect((await threadsOf(other)).threads).toEqual([]);
    await expect(connect(other, id)).rejects.toMatchObject({ code: "not_found" });
    await expect(connect({ cookie: "" }, id)).rejects.toMatchObject({ code: "link_expired" });
    await expect(
      connectBuyer(app, owner, { conversationId: id }, { origin: "https://evil.example" }),
    ).rejects.toMatchObject({ code: "origin_not_allowed" });
    const forged = await fetch(`${app.url}/api/v1/buyer/threads`, {
      method: "POST",
      headers: { cookie: owner.cookie, origin: "https://evil.example", "content-type": "application/json" },
      body: JSON.stringify({ echoId: "x", text: "x" }),
    });
    expect(forged.status).toBe(403);
    expect((await app.call("GET", "/buyer/threads")).status).toBe(401);
  });
});

it("a shop that has turned its messages off says so, as its description tells", async () => {
  const inboxes = await app.call<{ id: string; channel: string }[]>("GET", "/inboxes", undefined, app.admin);
  const { id } = inboxes.body.find(({ channel }) => channel === "insite")!;
  const turn = (enabled: boolean) => app.call("PATCH", `/inboxes/${id}`, { enabled }, app.admin);
  const document = await (await fetch(`${app.url}/api/v1/openapi.json`)).json();
  await turn(false);
  expect(await app.call("GET", "/buyer/shop")).toMatchObject({
    status: 404,
    body: { error: { code: "unknown_inbox" } },
  });
  await turn(true);
  expect((await app.call("GET", "/buyer/shop")).status).toBe(200);
  expect(document.paths["/buyer/shop"].get.responses).toHaveProperty("404");
  expect(document.paths["/buyer/link-requests"].post.responses).toHaveProperty("404");
});
