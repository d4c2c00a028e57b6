import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Message } from "../../../contract/message.ts";
import {
  beginResume,
  EMPTY_THREAD,
  hasOlder,
  holeAfter,
  lastSeq,
  resumeAfter,
  withLive,
  withOwn,
  withPage,
  withUpdate,
} from "../../../web/console/sync/thread.ts";
import { ThreadSync, type ThreadTransport } from "../../../web/console/sync/thread-sync.ts";
import { buildConversation, buildMessage, CONVERSATION_ID } from "./build.ts";

const run = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => buildMessage(from + at));
const seqs = (messages: readonly Message[]) => messages.map((message) => message.seq);

describe("a thread", () => {
  it("shows a message once however often it arrives", () => {
    let thread = withPage(EMPTY_THREAD, run(1, 3));
    thread = withLive(thread, buildMessage(3));
    thread = withPage(thread, run(2, 3));
    expect(seqs(thread.messages)).toEqual([1, 2, 3]);
  });

  it("holds back a message while one before it is missing, and shows both in order afterwards", () => {
    let thread = withPage(EMPTY_THREAD, run(1, 3));
    thread = withLive(thread, buildMessage(6));
    expect(seqs(thread.messages)).toEqual([1, 2, 3]);
    expect(holeAfter(thread)).toBe(3);
    thread = withPage(thread, run(4, 5));
    expect(seqs(thread.messages)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(holeAfter(thread)).toBeUndefined();
  });

  it("waits for the first page before it shows a live message", () => {
    const early = withLive(EMPTY_THREAD, buildMessage(8));
    expect(early.messages).toEqual([]);
    expect(seqs(withPage(early, run(5, 7)).messages)).toEqual([5, 6, 7, 8]);
  });

  it("shows the very first message of a conversation at once", () => {
    expect(seqs(withLive(EMPTY_THREAD, buildMessage(1)).messages)).toEqual([1]);
  });

  it("puts an older page in front", () => {
    const thread = withPage(EMPTY_THREAD, run(51, 60));
    expect(hasOlder(thread)).toBe(true);
    const older = withPage(thread, run(1, 50));
    expect(lastSeq(older)).toBe(60);
    expect(older.messages).toHaveLength(60);
    expect(hasOlder(older)).toBe(false);
  });

  it("keeps a live status over an answer that was read before it", () => {
    const sent = buildMessage(2, { direction: "outgoing", status: "pending" });
    let thread = beginResume(withPage(EMPTY_THREAD, [buildMessage(1), sent]));
    thread = withUpdate(thread, { ...sent, status: "delivered" });
    thread = withPage(thread, [sent]);
    expect(thread.messages[1]?.status).toBe("delivered");
    thread = withOwn(thread, sent);
    expect(thread.messages[1]?.status).toBe("delivered");
  });

  it("learns on resume that a message was read while the line was cut", () => {
    const sent = buildMessage(2, { direction: "outgoing", status: "sent" });
    const thread = beginResume(withPage(EMPTY_THREAD, [buildMessage(1), sent, buildMessage(3)]));
    expect(resumeAfter(thread)).toBe(1);
    const resumed = withPage(thread, [{ ...sent, status: "read" }, buildMessage(3)]);
    expect(resumed.messages[1]?.status).toBe("read");
    expect(resumeAfter(resumed)).toBe(3);
  });

  it("leaves a change to a message above the loaded ones alone", () => {
    const thread = withPage(EMPTY_THREAD, run(51, 60));
    expect(withUpdate(thread, buildMessage(3))).toBe(thread);
  });
});

/** A server that keeps a gapless log and delivers live messages badly. */
class ModelServer {
  log: Message[] = [];
  online = true;
  append() {
    const message = buildMessage(this.log.length + 1);
    this.log.push(message);
    return message;
  }
  transport(): ThreadTransport {
    const slice = (query: { afterSeq?: number; beforeSeq?: number }) => {
      const limit = 5;
      if (query.afterSeq !== undefined) {
        const items = this.log.filter((each) => each.seq > query.afterSeq!);
        return { items: items.slice(0, limit), more: items.length > limit };
      }
      const items = this.log.filter((each) => each.seq < (query.beforeSeq ?? Number.POSITIVE_INFINITY));
      return { items: items.slice(-limit), more: items.length > limit };
    };
    return {
      connected: () => this.online,
      watch: async (_id, afterSeq) => {
        if (!this.online) throw new Error("cut");
        const page = slice(afterSeq === undefined ? {} : { afterSeq });
        return { conversation: buildConversation(1), messages: page.items, more: page.more };
      },
      unwatch: () => {},
      page: async (_id, query) => {
        if (!this.online) throw new Error("cut");
        return slice(query);
      },
    };
  }
}

describe("an open conversation", () => {
  it("ends with every message once and in order, whatever is cut, lost, doubled or reordered", async () => {
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.constant("deliver" as const) },
      { weight: 2, arbitrary: fc.constant("lose" as const) },
      { weight: 2, arbitrary: fc.constant("double" as const) },
      { weight: 2, arbitrary: fc.constant("delay" as const) },
      { weight: 1, arbitrary: fc.constant("cut" as const) },
      { weight: 1, arbitrary: fc.constant("connect" as const) },
      { weight: 1, arbitrary: fc.constant("pause" as const) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), async (steps) => {
        const server = new ModelServer();
        server.append();
        const sync = new ThreadSync(CONVERSATION_ID, server.transport());
        const close = sync.open();
        const delayed: Message[] = [];
        for (const each of steps) {
          if (each === "cut") server.online = false;
          else if (each === "connect") {
            server.online = true;
            void sync.resume();
          } else if (each === "pause") await new Promise((resolve) => setImmediate(resolve));
          else {
            const message = server.append();
            if (!server.online) continue;
            if (each === "delay") delayed.push(message);
            if (each === "deliver" || each === "double") sync.received(message);
            if (each === "double") sync.received(message);
          }
          const shown = seqs(sync.getView().messages);
          expect(shown).toEqual(shown.map((_, at) => (shown[0] ?? 0) + at));
        }
        server.online = true;
        for (const message of delayed.reverse()) sync.received(message);
        await sync.resume();
        while (sync.getView().hasOlder) await sync.loadOlder();
        expect(seqs(sync.getView().messages)).toEqual(seqs(server.log));
        close();
      }),
      { numRuns: 200 },
    );
  });

  it("fills a hole by itself as soon as a later message shows it", async () => {
    const server = new ModelServer();
    server.append();
    const sync = new ThreadSync(CONVERSATION_ID, server.transport());
    sync.open();
    await sync.resume();
    server.append();
    const change = server.append();
    sync.received(change);
    await new Promise((resolve) => setImmediate(resolve));
    expect(seqs(sync.getView().messages)).toEqual([1, 2, 3]);
    server.append();
    sync.updated({ ...server.append(), status: "read" });
    await new Promise((resolve) => setImmediate(resolve));
    expect(seqs(sync.getView().messages)).toEqual([1, 2, 3, 4, 5]);
    server.append();
    sync.posted(server.append());
    await new Promise((resolve) => setImmediate(resolve));
    expect(seqs(sync.getView().messages)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it("says that it could not be loaded, and loads when asked again", async () => {
    const server = new ModelServer();
    server.append();
    server.online = false;
    const sync = new ThreadSync(CONVERSATION_ID, server.transport());
    sync.open();
    await sync.resume();
    expect(sync.getView().phase).toBe("failed");
    server.online = true;
    await sync.resume();
    expect(sync.getView().phase).toBe("ready");
    expect(seqs(sync.getView().messages)).toEqual([1]);
  });

  it("stops watching when the last viewer leaves", () => {
    const server = new ModelServer();
    let unwatched = 0;
    const sync = new ThreadSync(CONVERSATION_ID, { ...server.transport(), unwatch: () => (unwatched += 1) });
    const first = sync.open();
    const second = sync.open();
    first();
    first();
    expect(unwatched).toBe(0);
    second();
    expect(unwatched).toBe(1);
  });
});
