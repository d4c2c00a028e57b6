import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";

/** Within this of the end counts as reading the latest. Pixels. */
const NEAR_END = 48;

interface StickyScrollOptions {
  /** Changes when older messages were put in front. */
  firstKey: number;
  /** Changes when something was added at the end. */
  lastKey: string;
}

/**
 * Keeps a thread's scroll position: at the end it follows, elsewhere nothing shifts, whether messages are added at
 * the end or in front, and when pictures or details change their size.
 */
export function useStickyScroll(scroller: RefObject<HTMLElement | null>, { firstKey, lastKey }: StickyScrollOptions) {
  const atEnd = useRef(true);
  const heightBefore = useRef(0);
  const firstBefore = useRef(firstKey);
  const [following, setFollowing] = useState(true);

  const toEnd = useCallback(() => {
    const element = scroller.current;
    if (!element) return;
    atEnd.current = true;
    setFollowing(true);
    element.scrollTop = element.scrollHeight;
  }, [scroller]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: lastKey is what tells that something was added
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    if (firstKey < firstBefore.current) {
      element.scrollTop += element.scrollHeight - heightBefore.current;
    } else if (atEnd.current) {
      element.scrollTop = element.scrollHeight;
    }
    firstBefore.current = firstKey;
    heightBefore.current = element.scrollHeight;
  }, [firstKey, lastKey, scroller]);

  useEffect(() => {
    const element = scroller.current;
    const content = element?.firstElementChild;
    if (!element || !content) return;
    const scrolled = () => {
      atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END;
      setFollowing(atEnd.current);
    };
    const resized = new ResizeObserver(() => {
      if (atEnd.current) element.scrollTop = element.scrollHeight;
      heightBefore.current = element.scrollHeight;
    });
    resized.observe(content);
    resized.observe(element);
    element.addEventListener("scroll", scrolled, { passive: true });
    return () => {
      resized.disconnect();
      element.removeEventListener("scroll", scrolled);
    };
  }, [scroller]);

  return { following, toEnd };
}
