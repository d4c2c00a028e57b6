/** @jsxImportSource preact */
import type { ComponentChildren } from "preact";
import { navigate, pathOf, type Route } from "../route.ts";

interface PageLinkProps {
  to: Route;
  children: ComponentChildren;
  class?: string;
  /** It leads to where the reader is. */
  current?: boolean;
}

/** A link within the message centre; with a modifier key or the middle button it opens as any link does. */
export function PageLink({ to, children, class: name, current }: PageLinkProps) {
  return (
    <a
      href={pathOf(to)}
      class={name}
      aria-current={current ? "page" : undefined}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button !== 0) return;
        event.preventDefault();
        navigate(to);
      }}
    >
      {children}
    </a>
  );
}
