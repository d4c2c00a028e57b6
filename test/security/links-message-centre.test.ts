import { SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BuyerSession, BuyerThreads } from "../../contract/buyer.ts";
import type { Conversation } from "../../contract/conversation.ts";
import { requestBuyerCode } from "../../server/actions/buyer-codes.ts";
import { linkSignature } from "../../server/actions/buyer-links.ts";
import { signingKey } from "../../server/signing.ts";
import { type BuyerClient, connectBuyer, openLink } from "../server/buyer/support.ts";
import { createColleague, startTestApp, type TestApp } from "../support/app.ts";
import { connectAgent, connectWidget } from "../support/sockets.ts";

let app: TestApp;
let ahead = 0;
/** A key: logins end while the clock runs ahead. */
let admin: { key: string };
let agent: { cookie: string };
let supervisor: { cookie: string };
const sockets: BuyerClient[] = [];
beforeAll(async () => {
  app = await startTestApp({ env: { DEMO: "true" }, clock: { now: () => new Date(Date.now() + ahead) } });
  const made = await app.call<{ key: string }>("POST", "/api-keys", { name: "Shop", role: "admin" }, app.admin);
  admin = { key: made.body.key };
  agent = (await createColleague(app, { name: "Amy Agent" })).credentials;
  supervisor = (await createColleague(app, { name: "Sue Supervisor", role: "supervisor" })).credentials;
});
afterAll(async () => {
  for (const socket of sockets) socket.disconnect();
  await app?.dispose();
});

/** A browser: keeps its cookies. */
class Jar {
  readonly cookies = new Map<string, string>();
  get cookie(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }
  take(headers: Headers): void {
    for (const line of headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === "") this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
  }
  async open(link: string): Promise<string> {
    const url = new URL(link);
    const response = await fetch(`${app.url}${url.pathname}${url.search}`, {
      redirect: "manual",
      headers: { cookie: this.cookie },
    });
    this.take(response.headers);
    return response.headers.get("location") ?? "";
  }
  async call<T>(method: string, path: string, body?: unknown) {
    const answer = await app.call<T>(method, path, body, { cookie: this.cookie });
    this.take(answer.headers);
    return answer;
  }
  threads = async () => (await this.call<BuyerThreads>("GET", "/buyer/threads")).body;
  connect = async (conversationId?: string) => {
    const socket = await connectBuyer(app, { cookie: this.cookie }, conversationId ? { conversationId } : {});
    sockets.push(socket);
    return socket;
  };
}

interface Mail {
  id: string;
  to: string[];
  text: string;
}

async function mailsTo(address: string): Promise<Mail[]> {
  await app.idle();
  const { body } = await app.call<Mail[]>("GET", "/demo/mails", undefined, admin);
  const mine = body.filter(({ to }) => to.includes(address));
  return Promise.all(
    mine.map(async ({ id }) => (await app.call<Mail>("GET", `/demo/mails/${id}`, undefined, admin)).body),
  );
}
/** Of the newest mail. */
const codeTo = async (address: string) => /\d{6}/.exec((await mailsTo(address))[0]?.text ?? "")?.[0] ?? "";
const notMeIn = (text: string) => /not-me\?code=(\S+)/.exec(text)?.[1] ?? "";

let shopAddress = "";
/** Somebody writes a mail and is answered; the link in the answer's foot. */
async function matter(from: string, subject: string): Promise<{ id: string; link: string }> {
  shopAddress ||=
    (await app.call<{ address?: string }[]>("GET", "/inboxes", undefined, admin)).body.find((each) => each.address)
      ?.address ?? "";
  await app.call("POST", "/demo/mails", { from, to: shopAddress, subject, text: `About the ${subject}` }, admin);
  await app.idle();
  const { body } = await app.call<{ items: Conversation[] }>(
    "GET",
    `/conversations?q=${encodeURIComponent(from)}&limit=50`,
    undefined,
    admin,
  );
  const id = body.items.find((each) => each.subject === subject)?.id ?? "";
  await app.call("POST", `/conversations/${id}/messages`, { text: `Answer on the ${subject}` }, admin);
  const answer = (await mailsTo(from)).find(({ text }) => text.includes(`Answer on the ${subject}`));
  return { id, link: /http\S+token=\S+/.exec(answer?.text ?? "")?.[0] ?? "" };
}

const problemOf = ({ body }: { body: unknown }) => (body as { error?: { code: string } } | undefined)?.error?.code;

describe("a code for the message centre", () => {
  it("is good in the browser that asked for it alone", async () => {
    await matter("kim@example.com", "bowl");
    const asker = new Jar();
    await asker.call("POST", "/buyer/link-requests", { email: "kim@example.com" });
    const code = await codeTo("kim@example.com");
    expect(problemOf(await new Jar().call("POST", "/buyer/codes", { code }))).toBe("code_expired");
    expect((await asker.call("POST", "/buyer/codes", { code })).status).toBe(204);
    // Once.
    const again = new Jar();
    for (const [name, value] of asker.cookies) again.cookies.set(name, value);
    expect(problemOf(await again.call("POST", "/buyer/codes", { code }))).toBe("code_expired");
  });

  it("is not found by trying: five wrong ones end it, and the right one is too late", async () => {
    await matter("lea@example.com", "tray");
    const eve = new Jar();
    await eve.call("POST", "/buyer/link-requests", { email: "lea@example.com" });
    const code = await codeTo("lea@example.com");
    const wrong = code === "123456" ? "654321" : "123456";
    const answers = [];
    for (let tries = 0; tries < 5; tries++)
      answers.push(problemOf(await eve.call("POST", "/buyer/codes", { code: wrong })));
    expect(answers).toEqual([...Array(4).fill("wrong_code"), "code_expired"]);
    expect(problemOf(await eve.call("POST", "/buyer/codes", { code }))).toBe("code_expired");
    expect((await eve.call("GET", "/buyer/threads")).status).toBe(401);
  });

  it("cannot be forged with an id of somebody's code", async () => {
    const eve = new Jar();
    eve.cookies.set("parley_code", "0123456789abcdef01234567AAAA");
    expect(problemOf(await eve.call("POST", "/buyer/codes", { code: "000000" }))).toBe("code_expired");
  });

  it("that nobody of this name asked for is stopped by who got it, with what it opened and the link that led to it", async () => {
    const { id, link } = await matter("ben@example.com", "rack");
    // A mail that was passed on, and somebody who talked Ben into telling the code.
    const eve = new Jar();
    await eve.open(link);
    await eve.call("POST", "/buyer/link-requests", {});
    const [mail] = await mailsTo("ben@example.com");
    expect(mail?.text).not.toMatch(/token=/);
    const page = await fetch(`${app.url}/messages/not-me?code=${notMeIn(mail?.text ?? "")}`);
    expect(page.status).toBe(200);
    // A scanner that opens the link changes nothing.
    await eve.call("POST", "/buyer/codes", { code: /\d{6}/.exec(mail?.text ?? "")?.[0] ?? "" });
    const socket = await eve.connect(id);
    const gone = new Promise((resolve) => socket.on("disconnect", resolve));
    const token = notMeIn(mail?.text ?? "");
    expect((await new Jar().call("POST", "/buyer/code-refusals", { token: `${token}x` })).status).toBe(401);
    expect((await new Jar().call("POST", "/buyer/code-refusals", { token })).status).toBe(204);
    await gone;
    expect((await eve.call("GET", "/buyer/threads")).status).toBe(401);
    expect(await eve.open(link)).toBe("/messages/expired");
    expect((await new Jar().call("POST", "/buyer/code-refusals", { token })).status).toBe(204);
  });
});

describe("a cookie or token of one kind", () => {
  it("is worth nothing as another: buyers, browsers and codes, over HTTP and all three kinds of sockets", async () => {
    await matter("eva@example.com", "pitcher");
    const { body } = await app.call<{ url: string }>("POST", "/buyer-links", { email: "eva@example.com" }, admin);
    const eva = new Jar();
    await eva.open(body.url);
    const session = eva.cookies.get("parley_buyer") ?? "";
    const link = new URL(body.url).searchParams.get("token") ?? "";
    for (const value of [link, "0123456789abcdef01234567AAAA", "x.y.z", ""]) {
      const cookie = `parley_buyer=${value}; parley_device=${session}; parley_session=${session}`;
      expect((await app.call("GET", "/buyer/threads", undefined, { cookie })).status).toBe(401);
      expect((await app.call("GET", "/conversations", undefined, { cookie })).status).toBe(401);
      await expect(connectBuyer(app, { cookie })).rejects.toMatchObject({ code: "link_expired" });
    }
    await expect(connectAgent(app.url, { cookie: `parley_session=${session}` })).rejects.toMatchObject({
      code: "unauthenticated",
    });
    await expect(connectAgent(app.url, { key: session })).rejects.toMatchObject({ code: "unauthenticated" });
    await expect(connectWidget(app.url, { visitorToken: session })).rejects.toMatchObject({
      code: "invalid_visitor_token",
    });
  });

  it("opened many times at once opens every time", async () => {
    const { body } = await app.call<{ url: string }>("POST", "/buyer-links", { email: "many@example.com" }, admin);
    const places = await Promise.all(Array.from({ length: 10 }, () => new Jar().open(body.url)));
    expect(new Set(places)).toEqual(new Set(["/messages"]));
  });

  it("that strangers ask for again and again does not keep the owner's own browser out", async () => {
    await matter("own@example.com", "ladle");
    const mine = new Jar();
    const ask = (jar: Jar) =>
      requestBuyerCode(app.ctx, { email: "own@example.com", locale: "en" }, { cookie: jar.cookie });
    const { token, send } = await ask(mine);
    send();
    mine.cookies.set("parley_code", token);
    expect((await mine.call("POST", "/buyer/codes", { code: await codeTo("own@example.com") })).status).toBe(204);
    const eve = new Jar();
    for (let more = 0; more < 5; more++) await ask(eve);
    await expect(ask(eve)).rejects.toMatchObject({ code: "rate_limited" });
    await expect(ask(mine)).resolves.toBeDefined();
  });
});

describe("a buyer who is signed out", () => {
  it("is so at once, with the page that is open, when they log out", async () => {
    const { id, link } = await matter("zoe@example.com", "mug");
    const zoe = new Jar();
    await zoe.open(link);
    const stolen = zoe.cookie;
    const socket = await zoe.connect(id);
    const gone = new Promise((resolve) => socket.on("disconnect", resolve));
    await zoe.call("POST", "/buyer/logout");
    await gone;
    expect((await app.call("GET", "/buyer/threads", undefined, { cookie: stolen })).status).toBe(401);
    await expect(connectBuyer(app, { cookie: stolen })).rejects.toMatchObject({ code: "link_expired" });
    // Whoever uses that computer next finds the mail, or the link in its history.
    const next = new Jar();
    await next.open(link);
    expect((await next.call("GET", "/buyer/threads")).status).toBe(401);
  });

  it("is so everywhere by a supervisor's click: sessions, devices, mailed and signed links", async () => {
    const { id, link } = await matter("pia@example.com", "dish");
    const inboxes = await app.call<{ id: string; key: string }[]>("GET", "/inboxes", undefined, admin);
    const inbox = inboxes.body.find(({ key }) => key === "insite");
    const { secret } = (
      await app.call<{ secret: string }>("GET", `/inboxes/${inbox?.id}/identity-secret`, undefined, admin)
    ).body;
    const expires = String(Math.floor((Date.now() + ahead) / 1000) + 3600);
    const signed = `${app.url}/messages?${new URLSearchParams({
      inbox: "insite",
      email: "pia@example.com",
      expires,
      signature: linkSignature(secret, { email: "pia@example.com", expires }),
    })}`;
    const minted = await app.call<{ url: string }>("POST", "/buyer-links", { email: "pia@example.com" }, admin);
    const jars = [link, signed, minted.body.url].map((each) => ({ each, jar: new Jar() }));
    for (const { each, jar } of jars) await jar.open(each);
    const socket = await jars[1]?.jar.connect(id);
    const gone = new Promise((resolve) => socket?.on("disconnect", resolve));

    const contactId = (await app.call<Conversation>("GET", `/conversations/${id}`, undefined, admin)).body.contact.id;
    const click = (as: { cookie: string }) => app.call("POST", `/contacts/${contactId}/sign-out`, undefined, as);
    expect((await click(agent)).status).toBe(403);
    expect((await click(supervisor)).status).toBe(204);
    await gone;
    for (const { each, jar } of jars) {
      expect((await jar.call("GET", "/buyer/threads")).status).toBe(401);
      expect(await jar.open(each)).toBe("/messages/expired");
    }
    // What the shop gives out afterwards opens again.
    const fresh = await app.call<{ url: string }>("POST", "/buyer-links", { email: "pia@example.com" }, admin);
    expect(await new Jar().open(fresh.body.url)).toBe("/messages");
  });

  it("cannot be signed out by another workspace's id, or a made-up one", async () => {
    const missing = await app.call("POST", "/contacts/0123456789abcdef01234567/sign-out", undefined, admin);
    expect(missing.status).toBe(404);
  });
});

describe("a link", () => {
  it("of the shop opens one conversation or order where it asks for that", async () => {
    const one = await matter("max@example.com", "fork");
    await matter("max@example.com", "spoon");
    const mint = (body: object) =>
      app.call<{ url: string }>("POST", "/buyer-links", { email: "max@example.com", ...body }, admin);
    const narrow = new Jar();
    expect(await narrow.open((await mint({ conversationId: one.id })).body.url)).toBe(`/messages/t/${one.id}`);
    expect((await narrow.threads()).threads.map(({ id }) => id)).toEqual([one.id]);
    // Somebody else's conversation is not theirs by being named.
    const strange = await matter("uwe@example.com", "knife");
    const tricked = new Jar();
    await tricked.open((await mint({ conversationId: strange.id })).body.url);
    expect((await tricked.threads()).threads).toEqual([]);
    expect((await mint({ conversationId: one.id, orderId: "1" })).status).toBe(400);
  });

  it("for an order opens that order, what was written about it and a new question on it, and no other", async () => {
    const buyer = { externalId: "c-7", name: "Ola", email: "ola@example.com" };
    for (const orderId of ["7001", "7002"]) {
      const event = { eventId: orderId, type: "paid", occurredAt: "2026-05-01T09:00:00Z", orderId, buyer };
      await app.call("POST", "/orders/events", { ...event, order: { items: [{ name: "Cup" }] } }, admin);
    }
    const everything = new Jar();
    await everything.open(
      (await app.call<{ url: string }>("POST", "/buyer-links", { externalId: "c-7" }, admin)).body.url,
    );
    for (const orderId of ["7001", "7002"]) {
      await everything.call("POST", "/buyer/threads", { echoId: orderId, orderId, text: `About ${orderId}` });
    }
    const narrow = new Jar();
    const minted = await app.call<{ url: string }>(
      "POST",
      "/buyer-links",
      { externalId: "c-7", orderId: "7001" },
      admin,
    );
    expect(await narrow.open(minted.body.url)).toBe("/messages");
    const { threads, orders } = await narrow.threads();
    expect([threads.map((each) => each.orderId), orders.map((each) => each.orderId)]).toEqual([["7001"], ["7001"]]);
    const start = (orderId: string) =>
      narrow.call("POST", "/buyer/threads", { echoId: `n${orderId}`, orderId, text: "Well?" });
    expect((await start("7001")).status).toBe(201);
    expect(problemOf(await start("7002"))).toBe("code_needed");
    // It says no address: the code goes to the one that the shop knows.
    const session = await narrow.call<BuyerSession>("GET", "/buyer/session");
    expect(session.body.codeTo).toBe("o•••@example.com");
  });

  it("of an older version opens nothing by itself where a mail brought it, and a code opens the rest", async () => {
    const { id } = await matter("old@example.com", "plate");
    const { contact } = (await app.call<Conversation>("GET", `/conversations/${id}`, undefined, admin)).body;
    const now = Math.floor((Date.now() + ahead) / 1000);
    const old = (audience: string) =>
      new SignJWT({ ws: app.firstStart.workspaceId, eml: "old@example.com", cid: contact.id })
        .setProtectedHeader({ alg: "HS256" })
        .setAudience(audience)
        .setIssuedAt(now)
        .setExpirationTime(now + 3600)
        .sign(signingKey(app.ctx.config.secretKey, "buyer link"));
    const link = new Jar();
    await link.open(`${app.url}/messages?token=${await old("buyer-link")}`);
    const cookie = new Jar();
    cookie.cookies.set("parley_buyer", await old("buyer-session"));
    for (const jar of [link, cookie]) {
      expect((await jar.threads()).threads).toEqual([]);
      await expect(jar.connect(id)).rejects.toMatchObject({ code: "not_found" });
    }
    await cookie.call("POST", "/buyer/link-requests", {});
    await cookie.call("POST", "/buyer/codes", { code: await codeTo("old@example.com") });
    expect((await cookie.threads()).threads.map((each) => each.id)).toEqual([id]);
  });

  it("follows a merge, and no longer opens what was split off", async () => {
    const mine = await matter("one@example.com", "lamp");
    const theirs = await matter("two@example.com", "shade");
    const contactOf = async (id: string) =>
      (await app.call<Conversation>("GET", `/conversations/${id}`, undefined, admin)).body.contact.id;
    const [into, from] = [await contactOf(mine.id), await contactOf(theirs.id)];
    const jar = new Jar();
    await jar.open(theirs.link);
    await app.call("POST", `/contacts/${into}/merge`, { contactId: from }, admin);
    // Still the one conversation that the mail was about, not those of the other address.
    expect((await jar.threads()).threads.map(({ id }) => id)).toEqual([theirs.id]);
    await expect(jar.connect(mine.id)).rejects.toMatchObject({ code: "not_found" });
  });

  it("is worth nothing at another hub's workspace, or with its claims changed", async () => {
    const { link } = await matter("ivy@example.com", "chair");
    const token = new URL(link).searchParams.get("token") ?? "";
    const [head = "", body = "", mac = ""] = token.split(".");
    const claims = JSON.parse(Buffer.from(body, "base64url").toString()) as Record<string, unknown>;
    delete claims.scp;
    const widened = [head, Buffer.from(JSON.stringify(claims)).toString("base64url"), mac].join(".");
    expect((await openLink(app, `${app.url}/messages?token=${widened}`)).location).toBe("/messages/expired");
    const elsewhere = await new SignJWT({ ws: "0123456789abcdef01234567", eml: "ivy@example.com" })
      .setProtectedHeader({ alg: "HS256" })
      .setAudience("buyer-link")
      .setIssuedAt()
      .setExpirationTime("1h")
      .sign(signingKey(app.ctx.config.secretKey, "buyer link"));
    const jar = new Jar();
    await jar.open(`${app.url}/messages?token=${elsewhere}`);
    expect((await jar.call<BuyerThreads>("GET", "/buyer/threads")).body.threads ?? []).toEqual([]);
  });
});

describe("a mail that was passed on", () => {
  it("opens the one conversation it was about, over HTTP and the socket, and nothing else", async () => {
    const lid = await matter("mia@example.com", "lid");
    const cup = await matter("mia@example.com", "cup");
    const friend = new Jar();
    expect(await friend.open(lid.link)).toBe(`/messages/t/${lid.id}`);
    const { threads, orders } = await friend.threads();
    expect([threads.map(({ id }) => id), orders]).toEqual([[lid.id], []]);
    await expect(friend.connect(cup.id)).rejects.toMatchObject({ code: "not_found" });
    const start = await friend.call("POST", "/buyer/threads", { echoId: "x", text: "Send it to my place" });
    expect([start.status, problemOf(start)]).toEqual([403, "code_needed"]);

    // The other conversation goes on: this page hears nothing of it.
    const heard: string[] = [];
    const socket = await friend.connect();
    socket.on("threads:changed", ({ id }) => heard.push(id));
    await app.call("POST", `/conversations/${cup.id}/messages`, { text: "Secret cup" }, admin);
    await app.call("POST", `/conversations/${lid.id}/messages`, { text: "Open lid" }, admin);
    await expect.poll(() => heard).toContain(lid.id);
    expect(heard).not.toContain(cup.id);
  });

  it("can be opened on the phone and then on the desktop, for a week", async () => {
    const { id, link } = await matter("tom@example.com", "vase");
    for (const device of [new Jar(), new Jar()]) expect(await device.open(link)).toBe(`/messages/t/${id}`);
    ahead += 8 * 86_400_000;
    expect(await new Jar().open(link)).toBe("/messages/expired");
  });

  it("opens everything in the owner's browser after a code, which is not asked for again for 90 days", async () => {
    const first = await matter("ana@example.com", "pot");
    const second = await matter("ana@example.com", "pan");
    const mine = new Jar();
    await mine.open(first.link);
    expect((await mine.call<BuyerSession>("GET", "/buyer/session")).body).toMatchObject({
      scope: { conversationId: first.id },
      codeTo: "a•••@example.com",
    });
    expect((await mine.call("POST", "/buyer/link-requests", {})).status).toBe(202);
    const before = mine.cookie;
    expect((await mine.call("POST", "/buyer/codes", { code: await codeTo("ana@example.com") })).status).toBe(204);
    expect((await mine.threads()).threads).toHaveLength(2);
    // The narrow session is over, not widened: a copy of its cookie gained nothing.
    expect((await app.call("GET", "/buyer/threads", undefined, { cookie: before })).status).toBe(401);

    ahead += 80 * 86_400_000;
    const third = await matter("ana@example.com", "kettle");
    await mine.open(third.link);
    expect((await mine.threads()).threads).toHaveLength(3);
    // Another browser, and this one after 90 days, get the one conversation.
    const other = new Jar();
    await other.open(third.link);
    expect((await other.threads()).threads).toHaveLength(1);
    ahead += 11 * 86_400_000;
    const fourth = await matter("ana@example.com", "jug");
    await mine.open(fourth.link);
    expect((await mine.threads()).threads).toHaveLength(1);
    expect(second.id).not.toBe(first.id);
  });
});
