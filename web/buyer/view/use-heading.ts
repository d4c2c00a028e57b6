import { useEffect, useRef } from "preact/hooks";

/** Puts the focus on a page's heading when the page appears, so that a screen reader says where the reader is. */
export function useHeading() {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return heading;
}
