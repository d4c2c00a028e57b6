import { Types } from "mongoose";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Message } from "../../../contract/message.ts";
import { continueElsewhere } from "../../../server/actions/continue-elsewhere.ts";
import { markReadByContact } from "../../../server/actions/mark-read.ts";
import { startTestApp, type TestApp } from "../../support/app.ts";
import { type Conduct, type SmtpPeer, type Stage, startSmtpPeer } from "../../support/smtp-peer.ts";
import { connectWidget } from "../../support/sockets.ts";

const MINUTE = 60_000;

let app: TestApp;
let peer: SmtpPeer;
let now = Date.parse("2026-01-05T10:00:00Z");
let conduct: (stage: Stage) => Conduct | Promise<Conduct>;

beforeAll(async () => {
  peer = await startSmtpPeer((stage) => conduct(stage));
  app = await startTestApp({ clock: { now: () => new Date(now) }, env: { SMTP_URL: peer.url } });
});
beforeEach(() => {
  conduct = () => "answer";
  peer.mails.length = 0;
});
afterAll(async () => {
  await app?.dispose();
  await peer?.close();
});

async function answered(email: string): Promise<{ id: string; seq: number }> {
  const { socket } = await connectWidget(app.url);
  const sent = await socket.emitWithAck("message:send", { echoId: crypto.randomUUID(), text: "Hi", human: true });
  if (!sent.ok) throw new Error(sent.error.message);
  await app.idle();
  await socket.emitWithAck("email", { email });
  const id = sent.message.conversationId;
  const { body } = await app.call<Message>("POST", `/conversations/${id}/messages`, { text: "Yes." }, app.admin);
  await app.idle();
  now += 3 * MINUTE;
  return { id, seq: body.seq };
}
async function shownTwice(id: string, seq: number): Promise<boolean> {
  const { body } = await app.call<{ items: Message[] }>("GET", `/conversations/${id}/messages`, undefined, app.admin);
  return body.items.find((each) => each.seq === seq)?.mayBeTwice === true;
}
async function lookAgain(): Promise<void> {
  now += 6 * MINUTE;
  await continueElsewhere(app.ctx);
  await app.idle();
}

test("an answer that is read while the mail server takes its time is not mailed", async () => {
  const { id, seq } = await answered("reads-late@example.com");
  conduct = async (stage): Promise<Conduct> => {
    if (stage === "RCPT") await markReadByContact(app.ctx, { conversationId: new Types.ObjectId(id), seq });
    return "answer";
  };
  await continueElsewhere(app.ctx);
  await app.idle();
  await lookAgain();
  expect(peer.mails).toEqual([]);
});

test("a mail whose answer was lost goes once more under the same Message-ID, and agents see it", async () => {
  const { id, seq } = await answered("cut@example.com");
  conduct = (stage) => (stage === "text" ? "swallow" : "answer");
  await continueElsewhere(app.ctx);
  await app.idle();
  expect(peer.mails).toHaveLength(1);
  conduct = () => "answer";
  await lookAgain();
  await lookAgain();
  expect(peer.mails.map(({ messageId }) => messageId)).toEqual(Array(2).fill(peer.mails[0]?.messageId));
  expect(await shownTwice(id, seq)).toBe(true);
});

test("a mail server that is down for a while loses and doubles nothing", async () => {
  const { id, seq } = await answered("down@example.com");
  conduct = (stage) => (stage === "MAIL" ? "cut" : "answer");
  await continueElsewhere(app.ctx);
  await app.idle();
  await lookAgain();
  expect(peer.mails).toEqual([]);
  conduct = () => "answer";
  await lookAgain();
  await lookAgain();
  expect(peer.mails).toHaveLength(1);
  expect(await shownTwice(id, seq)).toBe(false);
});
