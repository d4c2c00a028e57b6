import type { Message } from "../../../contract/message.ts";

/**
 * The messages of one conversation as this client knows them.
 *
 * `messages` is one gapless run of seq, oldest first: what is shown. `ahead` holds live messages that came while
 * something before them is still missing; they are shown once the hole is filled, so nothing is ever out of order.
 */
export interface Thread {
  readonly messages: readonly Message[];
  readonly ahead: readonly Message[];
  /** Ids changed by a live event since the last `beginResume`: an answer read before the event must not undo it. */
  readonly touched: ReadonlySet<string>;
}

export const EMPTY_THREAD: Thread = { messages: [], ahead: [], touched: new Set() };

/** How far back a resume looks again for status changes that were missed while offline. */
const RECHECK = 50;

export function lastSeq(thread: Thread): number {
  return thread.messages.at(-1)?.seq ?? 0;
}

export function firstSeq(thread: Thread): number {
  return thread.messages[0]?.seq ?? 0;
}

export function hasOlder(thread: Thread): boolean {
  return firstSeq(thread) > 1;
}

/** The seq after which messages are known to be missing, or undefined when there is no hole. */
export function holeAfter(thread: Thread): number | undefined {
  return thread.messages.length > 0 && thread.ahead.length > 0 ? lastSeq(thread) : undefined;
}

/**
 * Where to resume after the connection was cut: after the last message, or earlier when one of the latest messages
 * may have changed its status meanwhile. Undefined for an empty thread: the latest page is wanted.
 */
export function resumeAfter(thread: Thread): number | undefined {
  const last = lastSeq(thread);
  if (last === 0) return undefined;
  const unsettled = thread.messages
    .slice(-RECHECK)
    .find((message) => message.direction === "outgoing" && !message.private && message.status !== "read");
  return unsettled ? unsettled.seq - 1 : last;
}

/** A request for messages starts: from here on, live changes outrank its answer. */
export function beginResume(thread: Thread): Thread {
  return thread.touched.size === 0 ? thread : { ...thread, touched: new Set() };
}

/** Takes in a page the server answered with: the latest, one after a seq, or an older one. */
export function withPage(thread: Thread, page: readonly Message[]): Thread {
  return merge(thread, page, (message) => !thread.touched.has(message.id), page.at(-1)?.seq);
}

/** Takes in a live `message:new`. */
export function withLive(thread: Thread, message: Message): Thread {
  return merge(thread, [message], () => false);
}

/** Takes in a live `message:updated`. One that lies before the oldest shown is left for when that page is loaded. */
export function withUpdate(thread: Thread, message: Message): Thread {
  if (message.seq < firstSeq(thread)) return thread;
  const merged = merge(thread, [message], () => true);
  return { ...merged, touched: new Set(merged.touched).add(message.id) };
}

/** Takes in the answer to this client's own post. The live events may have been faster and know more. */
export function withOwn(thread: Thread, message: Message): Thread {
  return merge(thread, [message], () => false);
}

/** `anchor`: the seq at which an empty thread may begin to be shown. */
function merge(
  thread: Thread,
  incoming: readonly Message[],
  replaces: (message: Message) => boolean,
  anchor?: number,
): Thread {
  if (incoming.length === 0) return thread;
  const bySeq = new Map<number, Message>();
  for (const message of thread.messages) bySeq.set(message.seq, message);
  for (const message of thread.ahead) bySeq.set(message.seq, message);
  let changed = false;
  for (const message of incoming) {
    if (bySeq.has(message.seq) && !replaces(message)) continue;
    bySeq.set(message.seq, message);
    changed = true;
  }
  const start = firstSeq(thread) || (anchor ?? (bySeq.has(1) ? 1 : undefined));
  // A live message alone waits for the first page: what lies before it is not known yet.
  if (start === undefined) return changed ? { ...thread, ahead: sorted(bySeq.values()) } : thread;
  if (!changed && thread.messages.length > 0) return thread;

  let first = start;
  let last = lastSeq(thread) || start;
  while (bySeq.has(first - 1)) first -= 1;
  while (bySeq.has(last + 1)) last += 1;
  const messages: Message[] = [];
  for (let seq = first; seq <= last; seq += 1) messages.push(bySeq.get(seq)!);
  const ahead = sorted([...bySeq.values()].filter((message) => message.seq > last));
  return { ...thread, messages, ahead };
}

function sorted(messages: Iterable<Message>): Message[] {
  return [...messages].sort((a, b) => a.seq - b.seq);
}
