import { io } from "socket.io-client";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { ContactDetail } from "../../contract/contact.ts";
import type { Conversation } from "../../contract/conversation.ts";
import type { Inbox } from "../../contract/settings.ts";
import { ContactIdentityModel } from "../../server/models/contact.ts";
import { ConversationModel } from "../../server/models/conversation.ts";
import { WidgetSessionModel } from "../../server/models/widget-session.ts";
import { buyerCookie, connectBuyer } from "../server/buyer/support.ts";
import { startTestApp, type TestApp } from "../support/app.ts";
import { identitySecret, shopToken } from "../support/identity.ts";
import { connectWidget, type WidgetClient } from "../support/sockets.ts";

let app: TestApp;
let secret: string;
let now = Date.now();
beforeAll(async () => {
  app = await startTestApp({ clock: { now: () => new Date(now) } });
  secret = await identitySecret(app);
});
afterAll(() => app?.dispose());

let count = 0;
async function post(buyer: string, text: string): Promise<string> {
  count += 1;
  const message = { messageId: `m-${count}`, threadId: `t-${count}`, text, sentAt: new Date(now).toISOString() };
  const { body } = await app.call<{ conversationId: string }>(
    "POST",
    "/insite/insite/messages",
    { ...message, buyer: { externalId: buyer } },
    app.admin,
  );
  await app.idle();
  return body.conversationId;
}
async function reply(id: string, text: string, undo = false): Promise<void> {
  const answer = await app.call("POST", `/conversations/${id}/messages`, { text, undo }, app.admin);
  expect(answer.status).toBe(201);
  await app.idle();
}
const contactOf = async (id: string) =>
  (await app.call<Conversation>("GET", `/conversations/${id}`, undefined, app.admin)).body.contact.id;
async function write(socket: WidgetClient, text: string): Promise<string> {
  const result = await socket.emitWithAck("message:send", { echoId: crypto.randomUUID(), text });
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.message.conversationId;
}
/** Does something the next time that a document is looked up, after it was read and before the answer is out. */
function afterNext(model: object, method: "find" | "findOne" | "findById", act: () => Promise<unknown>): void {
  const methods = model as Record<string, (...given: unknown[]) => { lean(): Promise<unknown> }>;
  const real = methods[method]!.bind(model);
  vi.spyOn(methods, method).mockImplementationOnce((...given) => {
    const query = real(...given);
    const lean = query.lean.bind(query);
    query.lean = async () => {
      const found = await lean();
      await act();
      return found;
    };
    return query;
  });
}
/** Whether a page is let in, or its connection ends before it has a session. */
function knock(namespace: string, auth: object, cookie = ""): Promise<"in" | "out"> {
  const socket = io(`${app.url}${namespace}`, {
    auth,
    transports: ["websocket"],
    forceNew: true,
    reconnection: false,
    extraHeaders: { cookie },
  });
  return new Promise<"in" | "out">((resolve) => {
    socket.once("session", () => resolve("in"));
    socket.once("disconnect", () => resolve("out"));
    socket.once("connect_error", () => resolve("out"));
  }).finally(() => socket.disconnect());
}

describe("a page that is being let in", () => {
  it("is not the customer's any more who logs out on another page meanwhile", async () => {
    const first = await connectWidget(app.url, { identity: { token: await shopToken(secret, { sub: "racer" }) } });
    await write(first.socket, "a secret");
    const { visitorToken } = first.session;
    afterNext(WidgetSessionModel, "findById", () => first.socket.emitWithAck("logout"));
    expect(await knock("/widget", { inboxKey: "chat", visitorToken })).toBe("out");
  });

  it("hears nothing of the customer who logs in meanwhile in the browser that it has the token of", async () => {
    const planted = await connectWidget(app.url);
    await write(planted.socket, "written before");
    const { visitorToken } = planted.session;
    planted.socket.disconnect();
    const token = await shopToken(secret, { sub: "planted" });
    afterNext(ConversationModel, "findOne", async () => {
      const customer = await connectWidget(app.url, { visitorToken, identity: { token } });
      customer.socket.disconnect();
    });
    expect(await knock("/widget", { inboxKey: "chat", visitorToken })).toBe("out");
  });

  it("is not the buyer's any more whom an agent signs out meanwhile", async () => {
    const contactId = await contactOf(await post("leaver", "hello"));
    const { cookie } = await buyerCookie(app, { externalId: "leaver" });
    afterNext(ContactIdentityModel, "find", () =>
      app.call("POST", `/contacts/${contactId}/sign-out`, undefined, app.admin),
    );
    expect(await knock("/buyer", {}, cookie)).toBe("out");
  });
});

it("a buyer whose contact is split hears no more of what is somebody else's, also on a page that is open", async () => {
  const [own, others] = [await post("una", "mine"), await post("vera", "Vera's")];
  const [id, contactId] = [await contactOf(own), await contactOf(others)];
  await app.call("POST", `/contacts/${id}/merge`, { contactId }, app.admin);
  const cookie = await buyerCookie(app, { externalId: "una" });
  const page = await connectBuyer(app, cookie, { conversationId: others });
  const list = await connectBuyer(app, cookie);
  const heard: string[] = [];
  page.on("message:new", ({ text }) => heard.push(text));
  const cut = [page, list].map((each) => new Promise<void>((resolve) => each.on("disconnect", () => resolve())));
  const { body } = await app.call<ContactDetail>("GET", `/contacts/${id}`, undefined, app.admin);
  const identityIds = body.identities.filter(({ key }) => key === "customer:vera").map((each) => each.id);
  expect((await app.call("POST", `/contacts/${id}/split`, { identityIds }, app.admin)).status).toBe(200);
  await Promise.all(cut);
  await reply(others, "For Vera alone");
  expect(heard).not.toContain("For Vera alone");
  await expect(connectBuyer(app, cookie, { conversationId: others })).rejects.toMatchObject({ code: "not_found" });
});

it("an anonymous shopper whose page is open hears a reply that waited to be taken back", async () => {
  const { body: inboxes } = await app.call<Inbox[]>("GET", "/inboxes", undefined, app.admin);
  const chat = inboxes.find(({ key }) => key === "chat");
  await app.call("PATCH", `/inboxes/${chat?.id}`, { undoSeconds: 5, bot: { mode: "off" } }, app.admin);
  const { socket } = await connectWidget(app.url);
  const id = await write(socket, "Is anybody there?");
  await app.idle();
  const heard: string[] = [];
  const arrives = new Promise<void>((resolve) => {
    socket.on("message:new", ({ text }) => {
      heard.push(text);
      resolve();
    });
  });
  await reply(id, "I am.", true);
  expect(JSON.stringify(await socket.emitWithAck("history", { afterSeq: 0 }))).not.toContain("I am.");
  expect(heard).toEqual([]);
  now += 6_000;
  await app.sweep();
  await arrives;
  expect(heard).toEqual(["I am."]);
  socket.disconnect();
});

it("a page that has no thread open is told so when it writes", async () => {
  await post("lost", "hello");
  const page = await connectBuyer(app, await buyerCookie(app, { externalId: "lost" }));
  const answer = await page.emitWithAck("message:send", { echoId: crypto.randomUUID(), text: "into nothing" });
  expect(answer).toMatchObject({ ok: false, error: { code: "not_found" } });
  page.disconnect();
});
