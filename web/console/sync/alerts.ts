import type { Conversation } from "../../../contract/conversation.ts";

/** Why an agent is called: a conversation handed to people, a buyer's new message in one of theirs, a draft to approve. */
export type Alert = "handed_off" | "message" | "draft";

/**
 * Whether a change calls this agent. `known` is the version before, undefined for one never seen (since when nothing
 * can be compared, only a fresh conversation counts: one message of the buyer's, waiting).
 */
export function alertFor(known: Conversation | undefined, next: Conversation, me: string): Alert | undefined {
  if (next.assignee && next.assignee.id !== me) return undefined;
  if (known && next.draft && next.draft.id !== known.draft?.id) return "draft";
  if (next.status !== "open" || !next.waitingSince) return undefined;
  if (known && known.status !== "open" && !next.assignee) return "handed_off";
  const seq = next.lastMessage?.direction === "incoming" ? next.lastMessage.seq : 0;
  if (seq > (known?.lastMessage?.seq ?? 0) && (known || next.unread === 1)) return "message";
  return undefined;
}

/** Buyers who wait for this agent or for anybody: the number in the page's title. */
export function waitingCount(lists: readonly (readonly Conversation[])[]): number {
  const ids = new Set<string>();
  for (const list of lists) {
    for (const conversation of list) if (conversation.waitingSince) ids.add(conversation.id);
  }
  return ids.size;
}
