import type { Page } from "../../../contract/common.ts";
import {
  CONVERSATION_KINDS,
  type Conversation,
  type ConversationKind,
  type ConversationStatus,
  PRIORITIES,
  type Priority,
} from "../../../contract/conversation.ts";

export const FILTERS = ["mine", "unassigned", "all", "bot", "snoozed", "resolved", "automatic"] as const;
export type Filter = (typeof FILTERS)[number];

/** What a list shows. With `q` it searches every conversation, whatever the filter says. */
export interface ListSpec {
  filter: Filter;
  q: string;
  label?: string;
  /** Only what was marked as pressing. */
  raised?: boolean;
  /** The most urgent first, in place of the longest waiting. */
  urgentFirst?: boolean;
}

export const RAISED: readonly Priority[] = ["urgent", "high"];

const STATUS: Record<Filter, readonly ConversationStatus[]> = {
  mine: ["open", "pending"],
  unassigned: ["open"],
  all: ["open", "pending", "snoozed"],
  bot: ["pending"],
  snoozed: ["snoozed"],
  resolved: ["resolved"],
  automatic: ["open", "pending", "snoozed"],
};
const EVERY_STATUS: readonly ConversationStatus[] = ["open", "pending", "snoozed", "resolved"];

/** What programs wrote has a list of its own; a search finds everything. */
const kindOf = (filter: Filter): ConversationKind => (filter === "automatic" ? "automatic" : "person");

export interface ListQuery {
  status: string;
  kind?: string;
  assignee?: string;
  label?: string;
  priority?: string;
  sort?: "priority";
  q?: string;
}

/** The API's query for a list. */
export function queryOf(spec: ListSpec): ListQuery {
  const narrowed = {
    label: spec.label,
    ...(spec.raised && { priority: RAISED.join(",") }),
    ...(spec.urgentFirst && { sort: "priority" as const }),
  };
  if (spec.q) return { status: EVERY_STATUS.join(","), kind: CONVERSATION_KINDS.join(","), q: spec.q, ...narrowed };
  const assignee = spec.filter === "mine" ? "me" : spec.filter === "unassigned" ? "none" : undefined;
  const kind = kindOf(spec.filter);
  return { status: STATUS[spec.filter].join(","), ...(kind !== "person" && { kind }), assignee, ...narrowed };
}

/** Whether a conversation belongs in a list, as the server would decide. Undefined for a search: only it can tell. */
export function belongs(spec: ListSpec, conversation: Conversation, me: string): boolean | undefined {
  if (spec.q) return undefined;
  if (spec.label && !conversation.labels.includes(spec.label)) return false;
  if (spec.raised && !RAISED.includes(conversation.priority)) return false;
  if (conversation.kind !== kindOf(spec.filter)) return false;
  if (!STATUS[spec.filter].includes(conversation.status)) return false;
  if (spec.filter === "mine") return conversation.assignee?.id === me;
  if (spec.filter === "unassigned") return conversation.assignee === null;
  return true;
}

/** The server's order: longest waiting first, then those nobody waits in by their last activity; or by priority before that. */
export function compareConversations(
  a: Conversation,
  b: Conversation,
  { urgentFirst }: Pick<ListSpec, "urgentFirst"> = {},
): number {
  if (urgentFirst && a.priority !== b.priority) {
    return PRIORITIES.indexOf(b.priority) - PRIORITIES.indexOf(a.priority);
  }
  if (a.waitingSince && b.waitingSince) return text(a.waitingSince, b.waitingSince) || text(a.id, b.id);
  if (a.waitingSince) return -1;
  if (b.waitingSince) return 1;
  return text(b.lastActivityAt, a.lastActivityAt) || text(a.id, b.id);
}

function text(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * Of two versions of a conversation the newer: HTTP answers and socket events may overtake each other. Every change
 * of state writes a line in the thread, so seq tells; reading marks only grow; what is left, later arrival wins.
 */
export function newer(known: Conversation | undefined, arrived: Conversation): Conversation {
  if (!known || known.id !== arrived.id) return arrived;
  if (arrived.lastSeq < known.lastSeq) return known;
  if (arrived.lastSeq > known.lastSeq) return arrived;
  if (arrived.agentReadSeq < known.agentReadSeq || arrived.contactReadSeq < known.contactReadSeq) return known;
  return arrived;
}

export interface Pages {
  pages: Page<Conversation>[];
  pageParams: unknown[];
}

/** All loaded rows once each; a row that moved while paging may have come twice. */
export function rowsOf(data: Pages | undefined): Conversation[] {
  const byId = new Map<string, Conversation>();
  for (const page of data?.pages ?? []) {
    for (const row of page.items) byId.set(row.id, newer(byId.get(row.id), row));
  }
  return [...byId.values()];
}

/**
 * The loaded pages after a conversation came or changed: updated and moved, put in its place, or taken out. One that
 * sorts after the last loaded row of an unfinished list is left to the page it will come with.
 */
export function withConversation(data: Pages, spec: ListSpec, arrived: Conversation, me: string): Pages {
  const known = data.pages.flatMap((page) => page.items).find((row) => row.id === arrived.id);
  const conversation = newer(known, arrived);
  const belongsHere = belongs(spec, conversation, me);
  if (belongsHere === undefined) {
    return known ? mapPages(data, (items) => items.map((row) => (row.id === arrived.id ? conversation : row))) : data;
  }
  if (!belongsHere) {
    return known ? mapPages(data, (items) => items.filter((row) => row.id !== arrived.id)) : data;
  }
  const without = known ? mapPages(data, (items) => items.filter((row) => row.id !== arrived.id)) : data;
  return insert(without, spec, conversation);
}

function insert(data: Pages, spec: ListSpec, conversation: Conversation): Pages {
  let placed = false;
  const pages = data.pages.map((page) => {
    const at = placed ? -1 : page.items.findIndex((row) => compareConversations(conversation, row, spec) < 0);
    if (at < 0) return page;
    placed = true;
    return { ...page, items: page.items.toSpliced(at, 0, conversation) };
  });
  const last = pages.at(-1);
  if (!placed && last && last.nextCursor === null) {
    pages[pages.length - 1] = { ...last, items: [...last.items, conversation] };
  }
  return { ...data, pages };
}

function mapPages(data: Pages, change: (items: Conversation[]) => Conversation[]): Pages {
  return { ...data, pages: data.pages.map((page) => ({ ...page, items: change(page.items) })) };
}
