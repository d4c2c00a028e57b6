import { Types } from "mongoose";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { appendMessage, duplicateKeyOf, SeqTaken } from "../../../server/actions/append-message.ts";
import { MessageModel, type MessageRecord } from "../../../server/models/message.ts";
import { startTestApp, type TestApp } from "../../support/app.ts";
import { connectWidget } from "../../support/sockets.ts";

let app: TestApp;
let first: MessageRecord;

beforeAll(async () => {
  app = await startTestApp();
  const { socket } = await connectWidget(app.url);
  const sent = await socket.emitWithAck("message:send", { echoId: "1", text: "hello" });
  if (!sent.ok) throw new Error(sent.error.message);
  await app.idle();
  first = (await MessageModel.findById(sent.message.id).lean<MessageRecord>())!;
  socket.disconnect();
});
afterEach(() => vi.restoreAllMocks());
afterAll(() => app.dispose());

function note(sourceId?: string) {
  const { workspaceId, conversationId, inboxId, channel } = first;
  return {
    workspaceId,
    conversationId,
    inboxId,
    channel,
    direction: "activity" as const,
    private: false,
    author: { type: "system" as const },
    text: "",
    attachments: [],
    status: "sent" as const,
    automatic: false,
    ...(sourceId !== undefined && { sourceId }),
  };
}

/** The database refuses what stands already, and does not say for which key. */
function forgetKeys(): void {
  const insertOne = MessageModel.collection.insertOne.bind(MessageModel.collection);
  vi.spyOn(MessageModel.collection, "insertOne").mockImplementation(async (...args) => {
    try {
      return await insertOne(...args);
    } catch {
      throw Object.assign(new Error("E11000 duplicate key error"), { code: 11000 });
    }
  });
}

describe("where the database does not say which key is taken", () => {
  test("a message that comes again is the first one", async () => {
    const source = new Types.ObjectId().toHexString();
    const { message } = await appendMessage(app.ctx, note(source));
    forgetKeys();
    const again = await appendMessage(app.ctx, note(source));
    expect(again.duplicate).toBe(true);
    expect(again.message._id).toEqual(message._id);
  });

  test("a message whose place is taken gets the next one", async () => {
    const { message } = await appendMessage(app.ctx, note());
    forgetKeys();
    app.ctx.seqHints.set(first.conversationId.toHexString(), message.seq - 1);
    const next = await appendMessage(app.ctx, note(new Types.ObjectId().toHexString()));
    expect(next.message.seq).toBe(message.seq + 1);
    await expect(appendMessage(app.ctx, note(), { expectedSeq: message.seq })).rejects.toThrow(SeqTaken);
  });

  test("a message refused for another reason is given up with an error", async () => {
    const insertOne = vi.spyOn(MessageModel.collection, "insertOne");
    insertOne.mockRejectedValue(Object.assign(new Error("E11000"), { code: 11000 }));
    await expect(appendMessage(app.ctx, note("elsewhere"))).rejects.toThrow("refused as a duplicate");
    expect(insertOne.mock.calls.length).toBeLessThan(20);
  });
});

test.each([
  [
    "E11000 duplicate key error collection: parley.messages index: inboxId_1_sourceId_1 dup key: { : 1 }",
    ["inboxId", "sourceId"],
  ],
  [
    "E11000 duplicate key error index: parley.messages.$conversationId_1_seq_1 dup key: { : 1 }",
    ["conversationId", "seq"],
  ],
  ["E11000 duplicate key error collection: parley.counts index: name_-1 dup key: { : 1 }", ["name"]],
  ["E11000", []],
])("the fields of an index that an old server names alone are read: %s", (message, fields) => {
  expect(duplicateKeyOf(Object.assign(new Error(message), { code: 11000 }))).toEqual(fields);
});
