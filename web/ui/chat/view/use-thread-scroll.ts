import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Chat } from "../chat.ts";

/** Within this distance of the end, in pixels, the shopper is reading the latest messages. */
const NEAR_END = 48;
const NEAR_START = 80;

interface Place {
  /** Where the box was put last, and how high its content was then. */
  top: number;
  height: number;
}

function follow(box: HTMLElement, place: Place): void {
  box.scrollTop = box.scrollHeight;
  place.top = box.scrollTop;
}

/** The reader has scrolled up, and the event that says so is still to come: pulling them back would be rude. */
function leaving(box: HTMLElement, { top, height }: Place): boolean {
  return box.scrollHeight >= height && top - box.scrollTop > NEAR_END;
}

/**
 * Keeps the thread where its reader is: at the end while the end is in view, and otherwise exactly where it was, also
 * when older messages come in above. What is seen at the end counts as read.
 */
export function useThreadScroll(chat: Chat) {
  const { sync } = chat;
  const { messages, outbox } = sync;
  const scroller = useRef<HTMLDivElement>(null);
  const kept = useRef({ atEnd: true, top: 0, height: 0, first: 0, unsent: 0 });
  /** The last seq when the reader scrolled up; undefined at the end. */
  const [leftAt, setLeftAt] = useState<number | undefined>(undefined);
  const first = messages[0]?.seq ?? 0;
  const last = messages[messages.length - 1]?.seq ?? 0;

  const see = useCallback(() => {
    if (kept.current.atEnd && document.visibilityState === "visible") chat.markRead();
  }, [chat]);

  const toEnd = useCallback(() => {
    kept.current.atEnd = true;
    setLeftAt(undefined);
    const box = scroller.current;
    if (box) follow(box, kept.current);
    see();
  }, [see]);

  useLayoutEffect(() => {
    const box = scroller.current;
    if (!box) return;
    const before = kept.current;
    // Writing brings the end into view.
    if (outbox.length > before.unsent && !before.atEnd) toEnd();
    if (before.atEnd && !leaving(box, before)) follow(box, before);
    else if (before.first !== first && !before.atEnd) box.scrollTop += box.scrollHeight - before.height;
    Object.assign(before, { height: box.scrollHeight, first, unsent: outbox.length });
    // Whoever waits at the top gets more as soon as there is a connection again.
    if (!before.atEnd && box.scrollTop < NEAR_START) void sync.loadOlder();
  });

  useEffect(() => {
    if (last > 0) see();
  }, [see, last]);

  useEffect(() => {
    document.addEventListener("visibilitychange", see);
    return () => document.removeEventListener("visibilitychange", see);
  }, [see]);

  useEffect(() => {
    const box = scroller.current;
    if (!box || typeof ResizeObserver === "undefined") return;
    // The keyboard, a turned phone or a growing composer must not hide the latest message.
    const observer = new ResizeObserver(() => {
      if (kept.current.atEnd && !leaving(box, kept.current)) follow(box, kept.current);
    });
    observer.observe(box);
    return () => observer.disconnect();
  }, []);

  const onScroll = () => {
    const box = scroller.current;
    if (!box) return;
    const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_END;
    if (atEnd !== kept.current.atEnd) {
      kept.current.atEnd = atEnd;
      setLeftAt(atEnd ? undefined : last);
      see();
    }
    if (box.scrollTop < NEAR_START) void sync.loadOlder();
  };

  /** How many messages of the shop came in below what is in view. */
  const below =
    leftAt === undefined ? 0 : messages.filter(({ direction, seq }) => direction === "outgoing" && seq > leftAt).length;
  return { scroller, onScroll, toEnd, below };
}
