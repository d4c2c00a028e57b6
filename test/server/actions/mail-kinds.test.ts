import { Types } from "mongoose";
import { createTransport } from "nodemailer";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Conversation } from "../../../contract/conversation.ts";
import type { Message } from "../../../contract/message.ts";
import { migration } from "../../../server/migrations/003-mailin.ts";
import { ConversationModel } from "../../../server/models/conversation.ts";
import { startTestApp, type TestApp } from "../../support/app.ts";

const SUPPORT = "support@parley.localhost";
let app: TestApp;
let send: (mail: Record<string, unknown>) => Promise<void>;

beforeAll(async () => {
  app = await startTestApp({ smtpPort: 0 });
  const transport = createTransport({ host: "127.0.0.1", port: app.mailroom.smtpPort!, ignoreTLS: true });
  send = async (mail) => {
    await transport.sendMail({ to: SUPPORT, ...mail });
    await app.idle();
  };
});
afterAll(() => app?.dispose());

async function list(query = ""): Promise<Conversation[]> {
  const path = `/conversations?limit=100${query}`;
  return (await app.call<{ items: Conversation[] }>("GET", path, undefined, app.admin)).body.items;
}
const subjects = async (query?: string) => (await list(query)).map(({ subject }) => subject);
async function named(subject: string): Promise<Conversation> {
  const found = (await list("&kind=person,automatic,spam&status=open,pending,resolved")).filter(
    (each) => each.subject === subject,
  );
  expect(found.length).toBe(1);
  return found[0]!;
}
async function messages(id: string): Promise<Message[]> {
  const path = `/conversations/${id}/messages`;
  return (await app.call<{ items: Message[] }>("GET", path, undefined, app.admin)).body.items;
}
const mark = (id: string, kind: string) =>
  app.call<Conversation>("POST", `/conversations/${id}/kind`, { kind }, app.admin);
const newsletter = (subject: string, more: object = {}) =>
  send({ from: "news@carrier.example", subject, text: "Ship for less.", headers: { Precedence: "bulk" }, ...more });

describe("what programs send", () => {
  test("is in a list of its own, whatever its status", async () => {
    await newsletter("Summer rates");
    expect(await subjects()).not.toContain("Summer rates");
    expect(await subjects("&kind=automatic")).toContain("Summer rates");
    expect(await subjects("&kind=automatic&status=pending")).toContain("Summer rates");
    expect(await subjects("&kind=automatic&sort=priority")).toContain("Summer rates");
    expect(await subjects("&kind=automatic&assignee=none")).toContain("Summer rates");
    expect(await subjects("&kind=spam")).toEqual([]);
    const { status } = await app.call("GET", "/conversations?kind=robot", undefined, app.admin);
    expect(status).toBe(400);
  });

  test("is among people's as soon as a person writes in it", async () => {
    await newsletter("Rates", { messageId: "<rates@carrier.example>" });
    await send({
      from: "news@carrier.example",
      subject: "Re: Rates",
      text: "Are you still there? Kim",
      inReplyTo: "<rates@carrier.example>",
    });
    expect((await named("Rates")).kind).toBe("person");
  });

  test("is among people's once an agent answers it", async () => {
    await newsletter("Invoice 12");
    const { id } = await named("Invoice 12");
    await app.call("POST", `/conversations/${id}/messages`, { text: "Thank you" }, app.admin);
    expect((await named("Invoice 12")).kind).toBe("person");
  });

  test("does not take a person's conversation out of their list", async () => {
    await send({
      from: "kim@buyer.example",
      subject: "My cup",
      text: "It is broken.",
      messageId: "<cup@buyer.example>",
    });
    await send({
      from: "kim@buyer.example",
      subject: "Automatic reply: My cup",
      text: "Away",
      inReplyTo: "<cup@buyer.example>",
      headers: { "Auto-Submitted": "auto-replied" },
    });
    expect((await named("My cup")).kind).toBe("person");
  });
});

describe("an agent says", () => {
  test("that a person wrote it: they wait, and the bot answers them", async () => {
    await newsletter("Opening", { from: "ana@buyer.example", text: "What are your opening hours?" });
    const { id, waitingSince } = await named("Opening");
    expect(waitingSince).toBeNull();
    const { status, body } = await mark(id, "person");
    expect(status).toBe(200);
    expect(body.kind).toBe("person");
    await app.idle();
    const all = await messages(id);
    expect(all.find(({ direction }) => direction === "incoming")).toMatchObject({ automatic: false });
    expect(all.filter(({ direction }) => direction === "outgoing").length).toBe(1);
    expect(all.find(({ activity }) => activity)?.activity).toMatchObject({ kind: "marked_person" });
    expect(await subjects()).toContain("Opening");
  });

  test("that a person wrote what the bot cannot answer: they wait for a person", async () => {
    await newsletter("Odd", { from: "bo@buyer.example", text: "Zxqv?" });
    const { id } = await named("Odd");
    await mark(id, "person");
    await app.idle();
    expect((await named("Odd")).waitingSince).not.toBeNull();
  });

  test("that it is automatic or spam: nobody waits, and the bot stays silent", async () => {
    await send({ from: "seo@agency.example", subject: "Your ranking", text: "We can get your shop to the top." });
    const { id } = await named("Your ranking");
    for (const kind of ["automatic", "spam"]) {
      expect((await mark(id, kind)).body).toMatchObject({ kind, waitingSince: null });
      expect(await subjects()).not.toContain("Your ranking");
      expect(await subjects(`&kind=${kind}`)).toContain("Your ranking");
    }
    expect((await mark(id, "robot")).status).toBe(400);
  });
});

test("conversations of before get their kind", async () => {
  await newsletter("Old news");
  await send({ from: "old@buyer.example", subject: "Old question", text: "Where is it?" });
  const before = await named("Old news");
  const _id = { $in: [before.id, (await named("Old question")).id].map((id) => new Types.ObjectId(id)) };
  await ConversationModel.collection.updateMany({ _id }, { $unset: { kind: "" } });
  await migration.run(app.ctx);
  await migration.run(app.ctx);
  expect(await named("Old news")).toEqual(before);
  expect((await named("Old question")).kind).toBe("person");
});
