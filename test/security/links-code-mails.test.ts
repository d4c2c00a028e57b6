import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BuyerThreads } from "../../contract/buyer.ts";
import { MailedCodeModel } from "../../server/models/mailed-code.ts";
import { conversationOf, shopper } from "../server/bot/support.ts";
import { buyerCookie, openLink } from "../server/buyer/support.ts";
import { startTestApp, type TestApp } from "../support/app.ts";

let app: TestApp;
let ahead = 0;
beforeAll(async () => {
  app = await startTestApp({ env: { DEMO: "true" }, clock: { now: () => new Date(Date.now() + ahead) } });
  for (const orderId of ["20001", "20002", "20003"]) await reportOrder(orderId, "vera@example.com");
});
afterAll(() => app.dispose());

async function reportOrder(orderId: string, email: string): Promise<void> {
  await app.call(
    "POST",
    "/orders/events",
    {
      eventId: `${orderId}-shipped`,
      type: "shipped",
      occurredAt: "2026-05-01T08:00:00Z",
      orderId,
      buyer: { externalId: `b-${email}`, name: "Vera Vogel", email },
      order: { number: orderId, items: [{ name: "Tea set" }] },
      tracking: { carrier: "DHL", number: `JD${orderId}` },
    },
    app.admin,
  );
}

interface Mail {
  id: string;
  to: string[];
  subject: string;
  text: string;
  html: string;
  replyTo: string;
}

async function mailsTo(address: string): Promise<Mail[]> {
  const { body } = await app.call<Mail[]>("GET", "/demo/mails", undefined, app.admin);
  const mine = body.filter(({ to }) => to.includes(address)).reverse();
  return Promise.all(
    mine.map(async ({ id, to }) => ({
      ...(await app.call<Mail>("GET", `/demo/mails/${id}`, undefined, app.admin)).body,
      to,
    })),
  );
}

const threadsOf = async (who: { cookie: string }) =>
  (await app.call<BuyerThreads>("GET", "/buyer/threads", undefined, who)).body;

describe("a stranger who names somebody else's order", () => {
  it("brings its owner a code without any way into the stranger's conversation", async () => {
    await reportOrder("20010", "owner@example.com");
    const eve = await shopper(app);
    await eve.ask("my order number is 20010");
    await app.idle();
    const [mail] = await mailsTo("owner@example.com");
    expect(mail?.subject).toMatch(/\d{6}/);
    expect(`${mail?.text} ${mail?.html}`).not.toMatch(/token=/);

    // The owner answers the mail: the stranger hears nothing of it.
    const before = eve.got.length;
    await app.call("POST", "/demo/mails", {
      from: "owner@example.com",
      to: mail?.replyTo,
      text: "My street is Elm Road 3",
      answers: mail?.id,
    });
    await app.idle();
    const stranger = await conversationOf(app, eve.conversationId);
    const said = await app.call("GET", `/conversations/${stranger.id}/messages`, undefined, app.admin);
    expect(JSON.stringify(said.body)).not.toContain("Elm Road");
    expect(
      eve.got
        .slice(before)
        .map(({ text }) => text)
        .join(),
    ).not.toContain("Elm Road");
    eve.close();
  });

  it("never stands in the owner's message centre, not even with the owner's address typed into the chat", async () => {
    const eve = await shopper(app, { email: "owner@example.com" } as never);
    await eve.write("I am the owner, trust me");
    await app.idle();
    const contact = (await conversationOf(app, eve.conversationId)).contact;
    await app.call("PATCH", `/contacts/${contact.id}`, { email: "owner@example.com" }, app.admin);
    const owner = await buyerCookie(app, { email: "owner@example.com" });
    const { threads } = await threadsOf(owner);
    expect(JSON.stringify(threads)).not.toContain("trust me");
    expect(threads.map(({ id }) => id)).not.toContain(eve.conversationId);
    eve.close();
  });

  it("opens nothing of the stranger's with a link that an older mail brought", async () => {
    const { SignJWT } = await import("jose");
    const { signingKey } = await import("../../server/signing.ts");
    const eve = await shopper(app);
    await eve.write("Send me your address");
    await app.idle();
    const { contact } = await conversationOf(app, eve.conversationId);
    const session = await app.call<{ workspace: { id: string } }>("GET", "/auth/session", undefined, app.admin);
    const now = Math.floor(Date.now() / 1000);
    const token = await new SignJWT({ ws: session.body.workspace.id, eml: "owner@example.com", cid: contact.id })
      .setProtectedHeader({ alg: "HS256" })
      .setAudience("buyer-link")
      .setIssuedAt(now)
      .setExpirationTime(now + 3600)
      .sign(signingKey(app.ctx.config.secretKey, "buyer link"));
    const opened = await openLink(app, `${app.url}/messages?token=${token}`);
    const { threads } = await threadsOf(opened);
    expect(threads.map(({ id }) => id)).not.toContain(eve.conversationId);
    eve.close();
  });
});

describe("whether an order exists", () => {
  it("is told neither by the answer nor by waiting for a mail server: the mail goes out after it", async () => {
    const channel = app.ctx.channels.get("email");
    const { send } = channel;
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    channel.send = async (message) => {
      await held;
      return send(message);
    };
    try {
      const eve = await shopper(app);
      const real = await eve.ask("order 20001");
      const made = await eve.ask("order 99991");
      expect(made.text.replace("99991", "20001")).toBe(real.text);
      eve.close();
    } finally {
      release();
      await app.idle();
      channel.send = send;
    }
  });

  it("is not told by wrong codes either", async () => {
    const states = [];
    for (const number of ["20002", "99992"]) {
      const eve = await shopper(app);
      await eve.ask(`order ${number}`);
      const texts = [];
      for (let wrong = 0; wrong < 3; wrong++) texts.push((await eve.ask("000000")).text.replace(number, "N"));
      states.push(texts);
      eve.close();
    }
    expect(states[1]).toEqual(states[0]);
  });
});

describe("the owner of an order that a stranger named", () => {
  it("stops it from the mail: the code, and what it opened in the chat, are good for nothing", async () => {
    await reportOrder("20040", "stop@example.com");
    const eve = await shopper(app);
    await eve.ask("order 20040");
    await app.idle();
    const [mail] = await mailsTo("stop@example.com");
    const code = /\d{6}/.exec(mail?.subject ?? "")?.[0] ?? "";
    const token = /not-me\?code=(\S+)/.exec(mail?.text ?? "")?.[1];
    // Talked into telling the code.
    expect((await eve.ask(code)).text).toContain("JD20040");
    expect((await app.call("POST", "/buyer/code-refusals", { token })).status).toBe(204);
    const after = await eve.ask("Where is my order 20040?");
    expect(after.text).not.toContain("JD20040");
    await eve.ask(code);
    expect(eve.got.filter(({ text }) => text.includes("JD20040"))).toHaveLength(1);
    eve.close();
  });
});

describe("code mails", () => {
  it("survive a crash between the answer and the mail, and go out once", async () => {
    await reportOrder("20020", "crash@example.com");
    const emit = app.ctx.bus.emit.bind(app.ctx.bus);
    // The process that answered never gets to the mail.
    app.ctx.bus.emit = (name, event) => (name === "code.due" ? undefined : emit(name, event));
    const ana = await shopper(app);
    const answer = await ana.ask("order 20020");
    app.ctx.bus.emit = emit;
    expect(answer.text).toContain("6-digit code");
    expect(await mailsTo("crash@example.com")).toEqual([]);
    ahead += 10_000;
    await Promise.all([app.sweep(), app.sweep()]);
    await app.idle();
    const mails = await mailsTo("crash@example.com");
    expect(mails).toHaveLength(1);
    const told = await ana.ask(/\d{6}/.exec(mails[0]?.subject ?? "")?.[0] ?? "");
    expect(told.text).toContain("JD20020");
    ana.close();
  });

  it("are few for one order, whoever asks; then a person is there, politely", async () => {
    await reportOrder("20030", "busy@example.com");
    const answers = [];
    for (let visitor = 0; visitor < 7; visitor++) {
      const eve = await shopper(app);
      answers.push((await eve.ask("order 20030")).text);
      await app.idle();
      if (visitor === 6) {
        await expect.poll(async () => (await conversationOf(app, eve.conversationId)).status).toBe("open");
      }
      eve.close();
    }
    expect(answers.filter((text) => text.includes("6-digit code"))).toHaveLength(5);
    expect(await mailsTo("busy@example.com")).toHaveLength(5);
  });

  it("are few for one visitor, whatever orders they name", async () => {
    const eve = await shopper(app);
    let sent = 0;
    for (let number = 31000; number < 31008; number++) {
      if ((await conversationOf(app, eve.conversationId).catch(() => undefined))?.status === "open") break;
      if ((await eve.ask(`order ${number}`)).text.includes("6-digit code")) sent++;
      await app.idle();
    }
    expect(sent).toBeLessThanOrEqual(5);
    eve.close();
  });

  it("are few for one address, and nobody can tell", async () => {
    for (let order = 40000; order < 40008; order++) {
      await reportOrder(String(order), "many@example.com");
      const eve = await shopper(app);
      expect((await eve.ask(`order ${order}`)).text).toContain("6-digit code");
      eve.close();
      await app.idle();
    }
    expect(await mailsTo("many@example.com")).toHaveLength(6);
  });

  it("never hold the code where the database is read", async () => {
    const [mail] = await mailsTo("owner@example.com");
    const code = /\d{6}/.exec(mail?.subject ?? "")?.[0] ?? "";
    const rows = await MailedCodeModel.find({
      workspaceId: app.firstStart.workspaceId,
      email: "owner@example.com",
    }).lean();
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain(`"${code}"`);
  });
});
