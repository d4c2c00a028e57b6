import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../../support/app.ts";
import { conversationOf, insite, messagesOf, shopper } from "./support.ts";

let app: TestApp;
let ahead = 0;
beforeAll(async () => {
  app = await startTestApp({ env: { DEMO: "true" }, clock: { now: () => new Date(Date.now() + ahead) } });
  await app.call(
    "POST",
    "/orders/events",
    {
      eventId: "e1",
      type: "shipped",
      occurredAt: "2026-05-01T08:00:00Z",
      orderId: "10482",
      buyer: { externalId: "b-1", name: "Ana Ruiz", email: "ana@example.com" },
      order: { number: "10482", items: [{ name: "Tea set" }] },
      tracking: { carrier: "DHL", number: "JD014600003" },
    },
    app.admin,
  );
});
afterAll(() => app.dispose());

/** Codes that were mailed to an address, oldest first. */
async function codesTo(address: string): Promise<string[]> {
  const { body } = await app.call<{ id: string; to: string[]; subject: string; at: string }[]>(
    "GET",
    "/demo/mails",
    undefined,
    app.admin,
  );
  const mine = body.filter(({ to }) => to.includes(address)).sort((a, b) => (a.at < b.at ? -1 : 1));
  return mine.map(({ subject }) => /\d{6}/.exec(subject)?.[0] ?? "");
}

describe("an order that somebody asks about in the chat", () => {
  it("is told after the code that went to the order's address was typed", async () => {
    const ana = await shopper(app);
    const asked = await ana.ask("my order number is 10482");
    expect(asked.text).toContain("6-digit code");
    expect(asked.text).not.toContain("JD014600003");
    await expect.poll(() => codesTo("ana@example.com")).toHaveLength(1);
    const [code = ""] = await codesTo("ana@example.com");
    const wrong = await ana.ask(code === "111111" ? "222222" : "111111");
    expect(wrong.text).toContain("not right");
    const told = await ana.ask(`it is ${code.slice(0, 3)} ${code.slice(3)}`);
    expect(told.text).toContain("JD014600003");
    // The proof holds for this conversation.
    const again = await ana.ask("Where is my order 10482?");
    expect(again.text).toContain("JD014600003");
    // Marked, so that no mail to an address that nobody has proven repeats it.
    const messages = await messagesOf(app, ana.conversationId);
    for (const { text, bot } of messages) expect(bot?.order === true).toBe(text.includes("JD014600003"));
    ana.close();
  });

  it("is answered alike whether or not it exists, and no mail tells anybody", async () => {
    const eve = await shopper(app);
    const answer = await eve.ask("order 99999");
    expect(answer.text).toContain("6-digit code");
    expect(await codesTo("ana@example.com")).toHaveLength(1);
    eve.close();
  });

  it("goes to a person after five wrong codes, and the right one is too late then", async () => {
    const eve = await shopper(app);
    await eve.ask("order 10482");
    await expect.poll(() => codesTo("ana@example.com")).toHaveLength(2);
    const code = (await codesTo("ana@example.com"))[1] ?? "";
    for (let wrong = 0; wrong < 5; wrong++) {
      const status = (await conversationOf(app, eve.conversationId)).status;
      if (status !== "pending") break;
      await eve.ask(`${code === "000000" ? 111111 : "000000"}`);
    }
    await expect.poll(async () => (await conversationOf(app, eve.conversationId)).status).toBe("open");
    await eve.write(code);
    await app.idle();
    expect(eve.got.every(({ text }) => !text.includes("JD014600003"))).toBe(true);
    eve.close();
  });

  it("is not told with a code that is too old", async () => {
    const late = await shopper(app);
    await late.ask("order 10482");
    await expect.poll(() => codesTo("ana@example.com")).toHaveLength(3);
    const code = (await codesTo("ana@example.com"))[2] ?? "";
    ahead = 20 * 60_000;
    await late.write(code);
    await app.idle();
    ahead = 0;
    expect(late.got.every(({ text }) => !text.includes("JD014600003"))).toBe(true);
    late.close();
  });
});

describe("who takes over from the bot", () => {
  it("reads what the buyer wants and what was tried, and the buyer their place in the queue", async () => {
    const ben = await shopper(app);
    await ben.ask("How do I return an item?");
    const goodbye = await ben.ask("I want to talk to a person about the scratch on my blue lamp, order 10482");
    expect(goodbye.text).toMatch(/place in the queue: [2-9]/);
    const activity = await expect
      .poll(async () =>
        (await messagesOf(app, ben.conversationId)).find(({ activity }) => activity?.kind === "handed_off"),
      )
      .toBeDefined()
      .then(async () => (await messagesOf(app, ben.conversationId)).find(({ activity }) => activity?.summary));
    expect(activity?.activity?.summary).toMatchObject({
      wish: expect.stringContaining("scratch on my blue lamp"),
      orderNumber: "10482",
      tried: [{ decision: "answer", title: expect.any(String) }],
    });
    // The buyer learns nothing of it.
    const history = await ben.socket.emitWithAck("history", { limit: 50 });
    expect(JSON.stringify(history)).not.toContain("tried");
    ben.close();
  });

  it("is awaited until the shop opens, and the buyer is told when and where the answer comes", async () => {
    const now = new Date();
    const week = Object.fromEntries(["mon", "tue", "wed", "thu", "fri", "sat", "sun"].map((day) => [day, []]));
    const tomorrow = new Date(now.getTime() + 24 * 3600_000);
    const day = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"][tomorrow.getUTCDay()]!;
    const businessHours = { timeZone: "UTC", week: { ...week, [day]: [{ from: "09:30", to: "17:00" }] } };
    const saved = await app.call("PATCH", "/workspace", { businessHours }, app.admin);
    expect(saved.body).toMatchObject({ businessHours });
    const kim = await shopper(app);
    const goodbye = await kim.ask("I want to talk to a human");
    expect(goodbye.text).toContain("away");
    expect(goodbye.text).toContain("9:30");
    expect(goodbye.text).not.toContain("queue");
    await app.call("PATCH", "/workspace", { businessHours: null }, app.admin);
    kim.close();
  });
});

describe("an order of a buyer who is known", () => {
  it("is told with the answer to where it is, without a number, when only one can be meant", async () => {
    const id = await insite(app, "t-known", "Where is my parcel?", { buyer: { externalId: "b-1", locale: "en" } });
    const texts = (await messagesOf(app, id)).map(({ text }) => text).join("\n");
    expect(texts).toContain("JD014600003");
  });

  it("is not told to another buyer of the same platform", async () => {
    const id = await insite(app, "t-other", "Where is my order 10482?", { buyer: { externalId: "b-2", locale: "en" } });
    expect((await messagesOf(app, id)).map(({ text }) => text).join("\n")).not.toContain("JD014600003");
  });

  it("is told to who writes from the address it was placed with", async () => {
    const { body: inboxes } = await app.call<{ id: string; channel: string; address?: string }[]>(
      "GET",
      "/inboxes",
      undefined,
      app.admin,
    );
    const inbox = inboxes.find(({ address }) => address !== undefined)!;
    // The mail service that hands it over says whether it is genuine.
    await app.call("PATCH", `/inboxes/${inbox.id}/mailbox`, { trustedResults: ["mx.service.example"] }, app.admin);
    const mail = async (from: string) => {
      const raw = `Authentication-Results: mx.service.example; dmarc=pass header.from=example.com\r\nFrom: ${from}\r\nTo: ${inbox.address}\r\nSubject: My order\r\nMessage-ID: <${from}>\r\nDate: Fri, 01 May 2026 10:00:00 +0000\r\n\r\nWhere is my order 10482?\r\n`;
      const response = await fetch(`${app.url}/api/v1/inboxes/${inbox.id}/mails`, {
        method: "POST",
        headers: { "content-type": "message/rfc822", origin: app.url, ...("cookie" in app.admin && app.admin) },
        body: raw,
      });
      expect(response.ok).toBe(true);
      await app.idle();
      const { body } = await app.call<{ items: { id: string; contact: { email?: string } }[] }>(
        "GET",
        "/conversations?limit=100",
        undefined,
        app.admin,
      );
      const conversation = body.items.find(({ contact }) => contact.email === from);
      return (await messagesOf(app, conversation?.id ?? "")).map(({ text }) => text).join("\n");
    };
    expect(await mail("ana@example.com")).toContain("JD014600003");
    expect(await mail("eve@example.com")).not.toContain("JD014600003");
  });
});
