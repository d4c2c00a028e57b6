import { describe, expect, it } from "vitest";
import type { Conversation } from "../../../contract/conversation.ts";
import {
  belongs,
  compareConversations,
  newer,
  type Pages,
  queryOf,
  rowsOf,
  withConversation,
} from "../../../web/console/sync/conversation-list.ts";
import { steadyRows } from "../../../web/console/sync/steady-rows.ts";
import { buildConversation } from "./build.ts";

const ME = "f".repeat(24);
const me = { id: ME, name: "Mei" };
const other = { id: "e".repeat(24), name: "Ben" };
const waiting = (number: number, minute: number, overrides: Partial<Conversation> = {}) =>
  buildConversation(number, {
    waitingSince: `2026-01-01T10:${String(minute).padStart(2, "0")}:00.000Z`,
    ...overrides,
  });
const pages = (...lists: Conversation[][]): Pages => ({
  pages: lists.map((items, at) => ({ items, nextCursor: at === lists.length - 1 ? null : `c${at}` })),
  pageParams: [],
});
const open = (data: Pages): Pages => ({
  ...data,
  pages: data.pages.map((page, at) => (at === data.pages.length - 1 ? { ...page, nextCursor: "more" } : page)),
});
const names = (data: Pages) => rowsOf(data).map((row) => row.contact.name);
const all = { filter: "all", q: "" } as const;
const unassigned = { filter: "unassigned", q: "" } as const;

describe("the conversation list", () => {
  it("puts who waits longest first and those nobody waits in last", () => {
    const rows = [
      buildConversation(1, { lastActivityAt: "2026-01-01T09:00:00.000Z" }),
      waiting(2, 30),
      buildConversation(3, { lastActivityAt: "2026-01-01T11:00:00.000Z" }),
      waiting(4, 10),
    ];
    expect(rows.sort(compareConversations).map((row) => row.contact.name)).toEqual([
      "Buyer 4",
      "Buyer 2",
      "Buyer 3",
      "Buyer 1",
    ]);
  });

  it("takes a conversation out of Unassigned when somebody takes it over, and puts it into Mine when it is me", () => {
    const data = pages([waiting(1, 1), waiting(2, 2)]);
    const taken = waiting(1, 1, { assignee: me, lastSeq: 2 });
    expect(names(withConversation(data, unassigned, taken, ME))).toEqual(["Buyer 2"]);
    expect(names(withConversation(pages([]), { filter: "mine", q: "" }, taken, ME))).toEqual(["Buyer 1"]);
    expect(belongs({ filter: "mine", q: "" }, { ...taken, assignee: other }, ME)).toBe(false);
  });

  it("moves a conversation to its place when its buyer starts to wait", () => {
    const data = pages([waiting(1, 1), waiting(2, 5)], [buildConversation(3)]);
    const next = withConversation(data, all, waiting(3, 3, { lastSeq: 2 }), ME);
    expect(names(next)).toEqual(["Buyer 1", "Buyer 3", "Buyer 2"]);
  });

  it("leaves a conversation beyond the loaded rows to its own page", () => {
    const data = open(pages([waiting(1, 1), waiting(2, 5)]));
    expect(names(withConversation(data, all, waiting(3, 9), ME))).toEqual(["Buyer 1", "Buyer 2"]);
    expect(names(withConversation(data, all, waiting(3, 3), ME))).toEqual(["Buyer 1", "Buyer 3", "Buyer 2"]);
  });

  it("shows a row once that came with two pages, in its newer version", () => {
    const data = pages([waiting(1, 1)], [waiting(1, 1, { lastSeq: 5, unread: 2 })]);
    expect(rowsOf(data)).toHaveLength(1);
    expect(rowsOf(data)[0]?.unread).toBe(2);
  });

  it("does not go back to an older version that arrives late", () => {
    const fresh = buildConversation(1, { lastSeq: 7, status: "resolved" });
    const stale = buildConversation(1, { lastSeq: 6, status: "open" });
    expect(newer(fresh, stale)).toBe(fresh);
    expect(newer(stale, fresh)).toBe(fresh);
    expect(newer(buildConversation(1, { agentReadSeq: 1 }), buildConversation(1)).agentReadSeq).toBe(1);
  });

  it("keeps what programs wrote in a list of its own", () => {
    const automatic = buildConversation(1, { kind: "automatic" });
    for (const filter of ["all", "unassigned"] as const) {
      expect(belongs({ filter, q: "" }, automatic, ME)).toBe(false);
      expect(queryOf({ filter, q: "" }).kind).toBeUndefined();
    }
    expect(belongs({ filter: "automatic", q: "" }, automatic, ME)).toBe(true);
    expect(belongs({ filter: "automatic", q: "" }, buildConversation(2), ME)).toBe(false);
    expect(queryOf({ filter: "automatic", q: "" })).toEqual({ status: "open,pending,snoozed", kind: "automatic" });
  });

  it("searches every conversation, also resolved ones, and only the server decides what is found", () => {
    const search = { filter: "mine", q: "parcel" } as const;
    expect(queryOf(search)).toEqual({
      status: "open,pending,snoozed,resolved",
      kind: "person,automatic,spam",
      q: "parcel",
    });
    const data = pages([buildConversation(1)]);
    expect(names(withConversation(data, search, buildConversation(2), ME))).toEqual(["Buyer 1"]);
    const changed = withConversation(data, search, buildConversation(1, { lastSeq: 2, unread: 4 }), ME);
    expect(rowsOf(changed)[0]?.unread).toBe(4);
  });

  it("keeps the most urgent first where that is asked for, and shows only what is pressing", () => {
    const spec = { ...all, urgentFirst: true };
    const data = pages([waiting(1, 9, { priority: "urgent" }), waiting(2, 1)]);
    const raised = withConversation(data, spec, waiting(3, 5, { priority: "high" }), ME);
    expect(names(raised)).toEqual(["Buyer 1", "Buyer 3", "Buyer 2"]);
    expect(names(withConversation(raised, spec, waiting(1, 9, { priority: "low" }), ME))).toEqual([
      "Buyer 3",
      "Buyer 2",
      "Buyer 1",
    ]);
    const pressing = { ...all, raised: true };
    expect(names(withConversation(data, pressing, waiting(1, 9, { priority: "normal" }), ME))).not.toContain("Buyer 1");
    expect(queryOf({ ...pressing, urgentFirst: true })).toMatchObject({ priority: "urgent,high", sort: "priority" });
  });

  it("asks the server for what each filter means", () => {
    expect(queryOf({ filter: "mine", q: "" })).toMatchObject({
      status: "open,pending",
      assignee: "me",
    });
    expect(queryOf(unassigned)).toMatchObject({ status: "open", assignee: "none" });
    expect(queryOf({ filter: "resolved", q: "" })).toMatchObject({ status: "resolved" });
  });
});

describe("the rows on screen", () => {
  const latest = () => undefined;
  const rows = (...conversations: Conversation[]) =>
    conversations.map((conversation) => ({ conversation, gone: false }));
  const shownNames = (list: ReturnType<typeof steadyRows>) =>
    list.map((row) => `${row.conversation.contact.name}${row.gone ? " (gone)" : ""}`);

  it("keep their places under the pointer", () => {
    const shown = rows(waiting(1, 1), waiting(2, 2), waiting(3, 3));
    const wanted = [waiting(4, 0), waiting(3, 3), waiting(2, 2)];
    expect(shownNames(steadyRows(shown, wanted, { held: true, latest, belongs: () => false }))).toEqual([
      "Buyer 1 (gone)",
      "Buyer 2",
      "Buyer 3",
      "Buyer 4",
    ]);
    expect(shownNames(steadyRows(shown, wanted, { held: false, latest, belongs: () => false }))).toEqual([
      "Buyer 4",
      "Buyer 3",
      "Buyer 2",
    ]);
  });

  it("keep the open conversation where it was until another one is opened", () => {
    const shown = rows(waiting(1, 1), waiting(2, 2));
    const resolved = waiting(1, 1, { status: "resolved" });
    const options = { held: false, keepId: resolved.id, latest: () => resolved };
    const kept = steadyRows(shown, [waiting(2, 2)], { ...options, belongs: () => false });
    expect(shownNames(kept)).toEqual(["Buyer 1 (gone)", "Buyer 2"]);
    expect(kept[0]?.conversation.status).toBe("resolved");
    // Answered, it has its place further down, where nothing is loaded yet: it has not left.
    const answered = steadyRows(shown, [waiting(2, 2)], { ...options, belongs: () => true });
    expect(shownNames(answered)).toEqual(["Buyer 1", "Buyer 2"]);
  });
});
