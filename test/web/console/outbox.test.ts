import { describe, expect, it } from "vitest";
import { Outbox, type OutboxEntry } from "../../../web/console/sync/outbox.ts";
import { memoryStore } from "../../../web/ui/storage.ts";
import { buildMessage, CONVERSATION_ID } from "./build.ts";

class Temporary extends Error {}

const entry = (echoId: string) => ({
  echoId,
  conversationId: CONVERSATION_ID,
  text: `text of ${echoId}`,
  private: false,
  attachments: [],
  createdAt: "2026-01-01T00:00:00.000Z",
});

const settle = () => new Promise((resolve) => setImmediate(resolve));

function make(answers: ("ok" | "offline" | "refused")[], store = memoryStore()) {
  const posts: OutboxEntry[] = [];
  const timers: { ms: number; callback: () => void }[] = [];
  const outbox = new Outbox({
    store,
    storeKey: "outbox",
    post: async (each) => {
      posts.push(each);
      const answer = answers.shift() ?? "ok";
      if (answer === "offline") throw new Temporary();
      if (answer === "refused") throw new Error("The message is empty.");
      return buildMessage(posts.length, { echoId: each.echoId });
    },
    onPosted: () => {},
    isTemporary: (error) => error instanceof Temporary,
    explain: (error) => (error as Error).message,
    later: (ms, callback) => {
      timers.push({ ms, callback });
      return () => {};
    },
  });
  return { outbox, posts, timers, store, states: () => outbox.getEntries().map((each) => each.state) };
}

describe("a message on its way", () => {
  it("is shown at once and leaves when the server has it", async () => {
    const { outbox, states } = make(["ok"]);
    outbox.send(entry("a"));
    expect(states()).toEqual(["sending"]);
    await settle();
    expect(states()).toEqual([]);
  });

  it("keeps the order in which it was written", async () => {
    const { outbox, posts } = make([]);
    for (const id of ["a", "b", "c"]) outbox.send(entry(id));
    await settle();
    expect(posts.map((post) => post.echoId)).toEqual(["a", "b", "c"]);
  });

  it("waits while there is no connection and goes out with the same echoId afterwards", async () => {
    const { outbox, posts, states } = make(["offline", "ok", "ok"]);
    outbox.send(entry("a"));
    outbox.send(entry("b"));
    await settle();
    expect(states()).toEqual(["waiting", "waiting"]);
    outbox.resume();
    await settle();
    expect(posts.map((post) => post.echoId)).toEqual(["a", "a", "b"]);
    expect(states()).toEqual([]);
  });

  it("tries again by itself, ever more rarely", async () => {
    const { outbox, timers } = make(["offline", "offline", "offline"]);
    outbox.send(entry("a"));
    await settle();
    timers[0]!.callback();
    await settle();
    timers[1]!.callback();
    await settle();
    expect(timers.map((timer) => timer.ms)).toEqual([2_000, 4_000, 8_000]);
  });

  it("shows the reason of a refusal, does not hold up the next one, and can be sent again or thrown away", async () => {
    const { outbox, posts, states } = make(["refused", "ok", "refused"]);
    outbox.send(entry("a"));
    outbox.send(entry("b"));
    await settle();
    expect(outbox.getEntries()).toMatchObject([{ echoId: "a", state: "failed", error: "The message is empty." }]);
    outbox.retry("a");
    await settle();
    expect(posts.map((post) => post.echoId)).toEqual(["a", "b", "a"]);
    expect(states()).toEqual(["failed"]);
    outbox.discard("a");
    expect(states()).toEqual([]);
  });

  it("leaves when its live message is faster than the answer", async () => {
    const { outbox } = make(["offline"]);
    outbox.send(entry("a"));
    await settle();
    outbox.confirm([buildMessage(4, { echoId: "a" })]);
    expect(outbox.getEntries()).toEqual([]);
  });

  it("survives a reload of the tab", async () => {
    const first = make(["offline"]);
    first.outbox.send(entry("a"));
    await settle();
    const second = make(["ok"], first.store);
    expect(second.outbox.unsent).toBe(true);
    second.outbox.resume();
    await settle();
    expect(second.posts.map((post) => post.echoId)).toEqual(["a"]);
    expect(make([], first.store).outbox.getEntries()).toEqual([]);
  });
});
