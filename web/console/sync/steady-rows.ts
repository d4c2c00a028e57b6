import type { Conversation } from "../../../contract/conversation.ts";

/** A row on screen. `gone`: it no longer belongs in this list, and leaves when that moves nothing under the hand. */
export interface Row {
  conversation: Conversation;
  gone: boolean;
}

export interface SteadyOptions {
  /** The pointer is over the list or a finger on it: rows keep their places. */
  held: boolean;
  /** The open conversation stays in the list until another one is opened. */
  keepId?: string;
  latest(id: string): Conversation | undefined;
  /** Whether it is in the list still, if beyond the loaded rows; undefined when only the server knows. */
  belongs(conversation: Conversation): boolean | undefined;
}

/**
 * The rows to show after the list changed, so that nobody clicks the wrong conversation because one above it was
 * just resolved. While held, rows update in place, leave none behind and new ones come at the end.
 */
export function steadyRows(shown: readonly Row[], wanted: readonly Conversation[], options: SteadyOptions): Row[] {
  const byId = new Map(wanted.map((conversation) => [conversation.id, conversation]));
  const ghost = (row: Row): Row => {
    const conversation = options.latest(row.conversation.id) ?? row.conversation;
    return { conversation, gone: options.belongs(conversation) !== true };
  };
  if (options.held) {
    const kept = shown.map((row): Row => {
      const conversation = byId.get(row.conversation.id);
      byId.delete(row.conversation.id);
      return conversation ? { conversation, gone: false } : ghost(row);
    });
    return [...kept, ...[...byId.values()].map((conversation): Row => ({ conversation, gone: false }))];
  }
  const rows = wanted.map((conversation): Row => ({ conversation, gone: false }));
  if (!options.keepId || byId.has(options.keepId)) return rows;
  const at = shown.findIndex((row) => row.conversation.id === options.keepId);
  return at < 0 ? rows : rows.toSpliced(at, 0, ghost(shown[at]!));
}
