import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConversationSync } from "../../../web/ui/chat/sync.ts";
import { buildMessage, ModelHub, memoryOutbox } from "./model-hub.ts";

type Step = (hub: ModelHub) => void | Promise<void>;

const pick = fc.nat({ max: 20 });
const step: fc.Arbitrary<[string, Step]> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<[string, Step]>(["agent writes", (hub) => void hub.append()]) },
  { weight: 2, arbitrary: fc.constant<[string, Step]>(["agent notes", (hub) => hub.note()]) },
  { weight: 5, arbitrary: fc.constant<[string, Step]>(["shopper sends", (hub) => void hub.shopperSends()]) },
  { weight: 1, arbitrary: fc.constant<[string, Step]>(["refused", (hub) => void hub.shopperSends("refused")]) },
  { weight: 8, arbitrary: pick.map<[string, Step]>((n) => [`hub handles ${n}`, (hub) => hub.hubHandles(n)]) },
  { weight: 8, arbitrary: pick.map<[string, Step]>((n) => [`client gets ${n}`, (hub) => hub.clientGets(n)]) },
  {
    weight: 3,
    arbitrary: pick.map<[string, Step]>((n) => [`client gets twice ${n}`, (hub) => hub.clientGets(n, true)]),
  },
  { weight: 2, arbitrary: pick.map<[string, Step]>((n) => [`lost ${n}`, (hub) => hub.lose(n)]) },
  { weight: 3, arbitrary: fc.boolean().map<[string, Step]>((on) => [`cut ${on}`, (hub) => hub.cut(on)]) },
  { weight: 5, arbitrary: fc.constant<[string, Step]>(["connect", (hub) => hub.connect()]) },
  { weight: 1, arbitrary: fc.constant<[string, Step]>(["reload", (hub) => hub.reload()]) },
  { weight: 2, arbitrary: fc.constant<[string, Step]>(["scroll up", (hub) => void hub.client.loadOlder()]) },
  { weight: 3, arbitrary: fc.constant<[string, Step]>(["time passes", (hub) => hub.tick()]) },
  {
    weight: 1,
    arbitrary: fc.boolean().map<[string, Step]>((on) => [
      `available ${on}`,
      (hub) => {
        hub.available = on;
      },
    ]),
  },
  { weight: 1, arbitrary: fc.constant<[string, Step]>(["new conversation", (hub) => hub.newConversation()]) },
);

function expectOrderedOnce(hub: ModelHub): void {
  const shown = hub.client.messages;
  for (const [index, message] of shown.entries()) {
    if (index > 0) expect(message.seq).toBeGreaterThan(shown[index - 1]!.seq);
  }
  const echoIds = new Set(shown.map(({ echoId }) => echoId));
  for (const item of hub.client.outbox) expect(echoIds).not.toContain(item.echoId);
}

describe("what the shopper sees of a conversation", () => {
  it("is every message once and in order, whatever the network cuts, repeats or reorders", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 80, size: "max" }), async (steps) => {
        const hub = new ModelHub();
        hub.connect();
        for (const [, run] of steps) {
          await run(hub);
          await hub.settle();
          expectOrderedOnce(hub);
        }
        await hub.calm();
        // A lost live event shows by the jump that the next one makes.
        hub.append();
        await hub.calm();
        const first = hub.client.messages[0]?.seq ?? 1;
        const expected = hub.publicMessages.map(({ seq }) => seq);
        expect(hub.client.messages.map(({ seq }) => seq)).toEqual(expected.filter((seq) => seq >= first));
        for (let pages = 0; hub.client.hasOlder && pages < 100; pages++) {
          void hub.client.loadOlder();
          hub.hubHandles(0);
          hub.clientGets(0);
          await hub.settle();
        }
        expect(hub.client.messages.map(({ id }) => id)).toEqual(hub.publicMessages.map(({ id }) => id));
        expect(hub.client.outbox.every(({ text, state }) => text === "refused" && state === "failed")).toBe(true);
        expect([...hub.outbox.items.keys()]).toEqual(hub.client.outbox.map(({ echoId }) => echoId));
      }),
      { numRuns: process.env.PARLEY_LONG ? 5_000 : 200 },
    );
  });

  it("keeps the order in which the shopper wrote", async () => {
    const hub = new ModelHub();
    const echoIds = ["one", "two", "three"].map((text) => hub.shopperSends(text));
    await hub.calm();
    expect(hub.publicMessages.map(({ echoId }) => echoId)).toEqual(echoIds);
  });

  it("asks the hub about a jump in seq, and not again when a private note made it", async () => {
    const hub = new ModelHub();
    await hub.calm();
    hub.append();
    hub.note();
    hub.append();
    await hub.calm();
    expect(hub.client.messages.map(({ seq }) => seq)).toEqual([1, 3]);
    expect(hub.client.syncedSeq).toBe(3);
    hub.append();
    hub.clientGets(0);
    expect(hub.client.syncedSeq).toBe(4);
    expect(hub.toHub).toHaveLength(0);
  });

  it("sends what was written before the page was closed, once, even if it had arrived", async () => {
    const hub = new ModelHub();
    await hub.calm();
    const echoId = hub.shopperSends("before the cut");
    hub.reload();
    expect(hub.client.outbox.map((item) => item.echoId)).toEqual([echoId]);
    await hub.calm();
    expect(hub.client.outbox).toEqual([]);
    expect(hub.publicMessages.filter((message) => message.echoId === echoId)).toHaveLength(1);
  });

  it("leaves no gap when the result of an old message sent again lies far back", async () => {
    const hub = new ModelHub();
    await hub.calm();
    hub.shopperSends("old");
    hub.reload();
    for (let count = 0; count < 8; count++) hub.append();
    await hub.calm();
    const seqs = hub.client.messages.map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.map((_, index) => (seqs[0] ?? 0) + index));
    expect(hub.client.hasOlder).toBe(true);
  });

  it("shows a refusal with its reason, and lets the shopper try again or discard", async () => {
    const hub = new ModelHub();
    const refused = hub.shopperSends("refused");
    const fine = hub.shopperSends("fine");
    await hub.calm();
    expect(hub.publicMessages.map(({ echoId }) => echoId)).toEqual([fine]);
    expect(hub.client.outbox).toMatchObject([
      { echoId: refused, state: "failed", error: { code: "message_too_long" } },
    ]);
    hub.client.retry(refused);
    expect(hub.client.outbox).toMatchObject([{ state: "sending" }]);
    await hub.calm();
    hub.client.discard(refused);
    expect(hub.client.outbox).toEqual([]);
    expect(hub.outbox.items.size).toBe(0);
  });

  it("forgets everything when another person uses the browser", async () => {
    const hub = new ModelHub();
    hub.append();
    await hub.calm();
    hub.cut(false);
    hub.shopperSends("unsent");
    hub.client.reset();
    expect(hub.client.messages).toEqual([]);
    expect(hub.client.outbox).toEqual([]);
    expect(hub.outbox.items.size).toBe(0);
  });

  it("tells of new messages, not of those the shopper left", async () => {
    const arrivals: number[] = [];
    const messages = [buildMessage({ seq: 1 })];
    const client = new ConversationSync({
      transport: { history: async () => ({ messages, lastSeq: 1, more: false }), send: async () => buildMessage() },
      outbox: memoryOutbox(),
      onChange: () => {},
      onArrival: ({ seq }) => arrivals.push(seq),
    });
    client.connected({ conversationId: buildMessage().conversationId, lastSeq: 1 });
    await new Promise((resolve) => setImmediate(resolve));
    expect(client.messages).toHaveLength(1);
    client.received(buildMessage({ seq: 2 }));
    client.received(buildMessage({ seq: 2 }));
    expect(arrivals).toEqual([2]);
  });

  it("never takes a message back from read to sent", async () => {
    const hub = new ModelHub();
    hub.append();
    await hub.calm();
    hub.client.updated({ seq: 1, status: "read" });
    hub.client.received(hub.publicMessages[0]!);
    expect(hub.client.messages[0]?.status).toBe("read");
  });
});
