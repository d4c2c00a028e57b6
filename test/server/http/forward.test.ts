import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Conversation } from "../../../contract/conversation.ts";
import type { Message } from "../../../contract/message.ts";
import { startTestApp, type TestApp } from "../../support/app.ts";
import { connectWidget, type WidgetClient } from "../../support/sockets.ts";

interface DemoMail {
  id: string;
  to: string[];
  subject: string;
  text: string;
  files: { name: string }[];
}

let app: TestApp;
let socket: WidgetClient;
let id: string;
beforeAll(async () => {
  app = await startTestApp();
  ({ socket } = await connectWidget(app.url));
  for (const text of ["The first cup is broken", "The second one too"]) {
    await socket.emitWithAck("message:send", { echoId: text, text });
  }
  await app.idle();
  const { body } = await app.call<{ items: Conversation[] }>("GET", "/conversations", undefined, app.admin);
  id = body.items[0]!.id;
});
afterAll(async () => {
  socket?.disconnect();
  await app?.dispose();
});

async function messages(): Promise<Message[]> {
  return (await app.call<{ items: Message[] }>("GET", `/conversations/${id}/messages`, undefined, app.admin)).body
    .items;
}
const post = (body: object) => app.call<Message>("POST", `/conversations/${id}/messages`, body, app.admin);

async function mailTo(address: string): Promise<DemoMail> {
  await app.idle();
  const { body } = await app.call<DemoMail[]>("GET", "/demo/mails", undefined, app.admin);
  const mail = body.find(({ to }) => to.includes(address));
  return (await app.call<DemoMail>("GET", `/demo/mails/${mail?.id}`, undefined, app.admin)).body;
}

describe("a message that is forwarded", () => {
  it("is the one that was chosen, with its files and without a word of one's own", async () => {
    const uploaded = await fetch(`${app.url}/api/v1/attachments?name=plan.txt`, {
      method: "POST",
      headers: { "content-type": "text/plain", ...("cookie" in app.admin && { cookie: app.admin.cookie }) },
      body: "glue it",
    });
    const { id: file } = (await uploaded.json()) as { id: string };
    const { body: withFile } = await post({ text: "Here is the plan", attachments: [file] });
    const first = (await messages()).find(({ text }) => text === "The first cup is broken");
    const answer = await post({
      channel: "email",
      forwardTo: "pottery@works.example",
      forwards: first?.id,
      subject: "Fwd: cups",
    });
    expect(answer.status).toBe(201);
    const mail = await mailTo("pottery@works.example");
    expect(mail.subject).toBe("Fwd: cups");
    expect(mail.text).toContain("> The first cup is broken");
    expect(mail.text).not.toContain("The second one too");
    await post({ channel: "email", text: "Please look", forwardTo: "glue@works.example", forwards: withFile.id });
    expect((await mailTo("glue@works.example")).files.map(({ name }) => name)).toEqual(["plan.txt"]);
  });

  it("can not be a private note, nor one of another conversation", async () => {
    const { body: note } = await post({ text: "Do not tell", private: true });
    for (const forwards of [note.id, "0".repeat(24)]) {
      const { status } = await post({ channel: "email", text: "", forwardTo: "pottery@works.example", forwards });
      expect(status).toBe(404);
    }
  });

  it("is not shown to the shopper", async () => {
    await post({ channel: "email", text: "Can you replace it?", forwardTo: "maker@works.example" });
    await app.idle();
    const history = await socket.emitWithAck("history", { afterSeq: 0, limit: 100 });
    const texts = history.ok ? history.messages.map(({ text }) => text) : [];
    expect(texts).toContain("Here is the plan");
    expect(texts).not.toContain("Can you replace it?");
  });
});
