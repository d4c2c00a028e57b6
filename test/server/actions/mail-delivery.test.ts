import { SMTPServer } from "smtp-server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseMail } from "../../../channels/email/parse.ts";
import type { Conversation } from "../../../contract/conversation.ts";
import type { Message } from "../../../contract/message.ts";
import type { Inbox } from "../../../contract/settings.ts";
import { startTestApp, type TestApp } from "../../support/app.ts";

/** The seller's mail server, which knows some addresses and refuses others. */
const accepted: { to: string[]; text: string }[] = [];
const REFUSALS: Record<string, [code: number, words: string]> = {
  "typo@buyer.example": [550, "5.1.1 No such user here"],
  "full@buyer.example": [552, "5.2.2 Mailbox full"],
};
const server = new SMTPServer({
  disabledCommands: ["AUTH", "STARTTLS"],
  onRcptTo({ address }, _session, callback) {
    const refusal = REFUSALS[address];
    callback(refusal ? Object.assign(new Error(refusal[1]), { responseCode: refusal[0] }) : null);
  },
  onData(stream, session, callback) {
    const chunks: Buffer[] = [];
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    stream.on("end", async () => {
      const { text } = await parseMail(Buffer.concat(chunks));
      accepted.push({ to: session.envelope.rcptTo.map(({ address }) => address), text });
      callback();
    });
  },
});

let app: TestApp;
let inboxId: string;

beforeAll(async () => {
  const port = await new Promise<number>((resolve) => {
    const listening = server.listen(0, "127.0.0.1", () => resolve((listening.address() as { port: number }).port));
  });
  app = await startTestApp({ env: { SMTP_URL: `smtp://127.0.0.1:${port}` } });
  const { body } = await app.call<Inbox[]>("GET", "/inboxes", undefined, app.admin);
  inboxId = body.find(({ channel }) => channel === "email")!.id;
});
afterAll(async () => {
  await app?.dispose();
  await new Promise<void>((resolve) => server.close(() => resolve()));
});

async function write(to: string, message: object = {}): Promise<Conversation> {
  const { status, body } = await app.call<Conversation>(
    "POST",
    "/conversations",
    { inboxId, to: { email: to }, subject: "Your order", message: { text: "It is ready.", ...message } },
    app.admin,
  );
  expect(status).toBe(201);
  await app.idle();
  return body;
}
async function messagesOf(id: string, language = "en"): Promise<Message[]> {
  const cookie = "cookie" in app.admin ? app.admin.cookie : "";
  const response = await fetch(`${app.url}/api/v1/conversations/${id}/messages`, {
    headers: { cookie, "accept-language": language },
  });
  return ((await response.json()) as { items: Message[] }).items;
}

describe("a mail that a server refuses", () => {
  test("is shown failed with the reason in the reader's language, and what the server said", async () => {
    const { id } = await write("full@buyer.example");
    const [message] = await messagesOf(id);
    expect(message).toMatchObject({
      status: "failed",
      failure: "The buyer's mailbox is full. Try again later or use another channel.",
      problem: {
        code: "mailbox_full",
        kind: "soft",
        address: "full@buyer.example",
        status: "5.2.2",
        said: "552 5.2.2 Mailbox full",
      },
    });
    const [german] = await messagesOf(id, "de");
    expect(german!.failure).not.toBe(message!.failure);
    expect(german!.problem).toEqual(message!.problem);
  });

  test("goes to the corrected address with one call, and so does what follows", async () => {
    const { id } = await write("typo@buyer.example");
    const [failed] = await messagesOf(id);
    expect(failed).toMatchObject({ status: "failed", problem: { code: "mailbox_unknown", kind: "hard" } });
    const path = `/conversations/${id}/messages/${failed!.id}/retry`;
    expect((await app.call("POST", path, { to: "not an address" }, app.admin)).status).toBe(400);
    const retried = await app.call<Message>("POST", path, { to: "Right@buyer.example" }, app.admin);
    expect(retried.status).toBe(200);
    await app.idle();
    expect(accepted.at(-1)?.to).toEqual(["right@buyer.example"]);
    const [sent] = await messagesOf(id);
    expect(sent).toMatchObject({ status: "sent" });
    expect(sent).not.toHaveProperty("failure");
    expect(sent).not.toHaveProperty("problem");
    await app.call("POST", `/conversations/${id}/messages`, { text: "And the invoice." }, app.admin);
    await app.idle();
    expect(accepted.at(-1)).toMatchObject({ to: ["right@buyer.example"], text: expect.stringContaining("invoice") });
    expect((await app.call("POST", path, {}, app.admin)).status).toBe(409);
  });

  test("whose copy alone is refused went out, and says whose copy it was", async () => {
    const { id } = await write("ana@buyer.example", { cc: ["typo@buyer.example"] });
    const [message] = await messagesOf(id);
    expect(message).toMatchObject({ status: "sent", problem: { address: "typo@buyer.example", kind: "hard" } });
    expect(accepted.filter(({ to }) => to.includes("ana@buyer.example")).length).toBe(1);
  });

  test("that was passed on goes to the new address, and the buyer's stays", async () => {
    const { id } = await write("bea@buyer.example");
    await app.call(
      "POST",
      `/conversations/${id}/messages`,
      { text: "Please look.", forwardTo: "typo@buyer.example" },
      app.admin,
    );
    await app.idle();
    const failed = (await messagesOf(id)).at(-1)!;
    await app.call(
      "POST",
      `/conversations/${id}/messages/${failed.id}/retry`,
      { to: "factory@other.example" },
      app.admin,
    );
    await app.idle();
    expect(accepted.at(-1)?.to).toEqual(["factory@other.example"]);
    const { body } = await app.call<Conversation>("GET", `/conversations/${id}`, undefined, app.admin);
    expect(body.contact.email).toBe("bea@buyer.example");
    expect(body.subject).toBe("Your order");
  });
});
