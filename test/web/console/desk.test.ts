import { describe, expect, it } from "vitest";
import type { Conversation } from "../../../contract/conversation.ts";
import { alertFor, waitingCount } from "../../../web/console/sync/alerts.ts";
import { ComposerDrafts } from "../../../web/console/sync/composer-drafts.ts";
import { shortcutFor } from "../../../web/console/sync/shortcuts.ts";
import { snoozeTimes, toLocalInput } from "../../../web/console/sync/snooze.ts";
import { memoryStore } from "../../../web/ui/storage.ts";
import { buildConversation } from "./build.ts";

const ME = "f".repeat(24);
const incoming = (seq: number): Partial<Conversation> => ({
  lastSeq: seq,
  waitingSince: "2026-01-01T10:00:00.000Z",
  lastMessage: {
    seq,
    text: "hi",
    direction: "incoming",
    author: "contact",
    attachments: 0,
    at: "2026-01-01T10:00:00.000Z",
  },
});

describe("an agent is called", () => {
  it("when the bot hands a conversation to people", () => {
    const before = buildConversation(1, { status: "pending", ...incoming(3) });
    const after = buildConversation(1, { status: "open", ...incoming(3), lastSeq: 4 });
    expect(alertFor(before, after, ME)).toBe("handed_off");
  });

  it("when a buyer writes in a conversation of theirs or of nobody", () => {
    const mine = { assignee: { id: ME, name: "Mei" } };
    expect(alertFor(buildConversation(1, mine), buildConversation(1, { ...mine, ...incoming(3) }), ME)).toBe("message");
    expect(alertFor(undefined, buildConversation(1, { ...incoming(1), unread: 1 }), ME)).toBe("message");
  });

  it("not for a colleague's conversation, one with the bot, or a change that is no message", () => {
    const theirs = { assignee: { id: "e".repeat(24), name: "Ben" } };
    expect(
      alertFor(buildConversation(1, theirs), buildConversation(1, { ...theirs, ...incoming(3) }), ME),
    ).toBeUndefined();
    expect(alertFor(undefined, buildConversation(1, { status: "pending", ...incoming(1) }), ME)).toBeUndefined();
    const known = buildConversation(1, incoming(3));
    expect(alertFor(known, { ...known, labels: ["vip"] }, ME)).toBeUndefined();
  });

  it("when the bot has written a reply that waits for approval, once", () => {
    const draft = {
      id: "d".repeat(24),
      text: "It is on its way.",
      bot: { decision: "answer" as const, confidence: 0.9, sources: [], latency: 3 },
      seq: 1,
      createdAt: "2026-01-01T10:00:00.000Z",
    };
    const before = buildConversation(1, { status: "pending", ...incoming(1) });
    expect(alertFor(before, { ...before, draft }, ME)).toBe("draft");
    expect(alertFor({ ...before, draft }, { ...before, draft, labels: ["vip"] }, ME)).toBeUndefined();
  });

  it("with the number of buyers who wait in the title, each once", () => {
    const waits = buildConversation(1, incoming(1));
    expect(waitingCount([[waits, buildConversation(2)], [waits]])).toBe(1);
  });
});

describe("snoozing", () => {
  const presets = (now: Date) => snoozeTimes(now).map((time) => time.preset);

  it("offers on a Tuesday morning what an agent would say", () => {
    const times = snoozeTimes(new Date(2026, 0, 6, 10, 30));
    expect(times.map((time) => [time.preset, toLocalInput(time.until)])).toEqual([
      ["hour", "2026-01-06T11:30"],
      ["laterToday", "2026-01-06T17:00"],
      ["tomorrow", "2026-01-07T09:00"],
      ["weekend", "2026-01-10T09:00"],
      ["nextWeek", "2026-01-12T09:00"],
    ]);
  });

  it("leaves out what is past or said twice", () => {
    expect(presets(new Date(2026, 0, 9, 20, 0))).toEqual(["hour", "tomorrow", "nextWeek"]);
    expect(presets(new Date(2026, 0, 11, 12, 0))).toEqual(["hour", "laterToday", "tomorrow"]);
  });
});

describe("keyboard shortcuts", () => {
  const press = (key: string, extra: Partial<Parameters<typeof shortcutFor>[0]> = {}) =>
    shortcutFor({ key, code: "", ctrlKey: false, metaKey: false, altKey: false, ...extra });

  it("follow the letter on the key", () => {
    expect(press("j")).toBe("next");
    expect(press("E")).toBe("resolve");
    expect(press("?")).toBe("help");
    expect(press("x")).toBeUndefined();
  });

  it("work on a keyboard without Latin letters by the key's place", () => {
    expect(press("о", { code: "KeyJ" })).toBe("next");
  });

  it("leave the browser's own shortcuts alone, but for taking over with Ctrl or Command and Enter", () => {
    expect(press("r", { ctrlKey: true })).toBeUndefined();
    expect(press("Enter", { metaKey: true })).toBe("claim");
    expect(press("Enter", { ctrlKey: true })).toBe("claim");
    expect(press("Enter")).toBeUndefined();
  });

  it("search with Ctrl or Command and K, as elsewhere", () => {
    expect(press("k", { ctrlKey: true })).toBe("search");
    expect(press("л", { metaKey: true, code: "KeyK" })).toBe("search");
    expect(press("k")).toBe("previous");
  });
});

describe("what an agent has typed", () => {
  it("is kept per conversation, apart for reply and note, and gone after logout", () => {
    const store = memoryStore();
    const drafts = new ComposerDrafts(store, ME);
    drafts.set("1", "reply", "Dear Ana");
    drafts.set("1", "note", "angry");
    drafts.set("2", "reply", " \n");
    expect(new ComposerDrafts(store, ME).get("1", "reply")).toBe("Dear Ana");
    expect(drafts.get("1", "note")).toBe("angry");
    expect(drafts.get("2", "reply")).toBe("");
    expect(new ComposerDrafts(store, "another").get("1", "reply")).toBe("");
    drafts.clear();
    expect(store.length).toBe(0);
  });
});
