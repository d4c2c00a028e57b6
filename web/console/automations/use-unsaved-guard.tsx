import { useEffect, useRef, useState } from "react";
import { useNavigate } from "react-router-dom";
import { Confirm } from "../settings/frame.tsx";
import { useText } from "../texts.ts";

/**
 * Keeps what is typed from being lost: asks before a link, the browser's way back or closing the window leaves the page.
 * Returns the question to be shown. What the page itself does with `navigate` is not asked about.
 */
export function useUnsavedGuard(dirty: boolean) {
  const { t } = useText();
  const navigate = useNavigate();
  const [leave, setLeave] = useState<() => void>();
  const passing = useRef(false);

  useEffect(() => {
    if (!dirty) return;
    const place = indexOf(window.history.state);
    const closing = (event: BeforeUnloadEvent) => event.preventDefault();
    const clicked = (event: MouseEvent) => {
      if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
      const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[href]") : null;
      if (!link || link.target || link.origin !== window.location.origin || link.hasAttribute("download")) return;
      if (link.pathname === window.location.pathname) return;
      event.preventDefault();
      event.stopPropagation();
      const { pathname, search } = link;
      setLeave(() => () => navigate(pathname.replace(/^\/console/, "") + search));
    };
    // The address has changed already: go back to where it was, unseen by the router, and ask.
    const moved = (event: PopStateEvent) => {
      if (passing.current) {
        passing.current = false;
        event.stopImmediatePropagation();
        return;
      }
      const steps = place - indexOf(event.state);
      if (steps === 0) return;
      event.stopImmediatePropagation();
      passing.current = true;
      window.history.go(steps);
      setLeave(() => () => window.history.go(-steps));
    };
    window.addEventListener("beforeunload", closing);
    document.addEventListener("click", clicked, true);
    window.addEventListener("popstate", moved, true);
    return () => {
      window.removeEventListener("beforeunload", closing);
      document.removeEventListener("click", clicked, true);
      window.removeEventListener("popstate", moved, true);
    };
  }, [dirty, navigate]);

  const [left, setLeft] = useState<() => void>();
  // Once the listeners are gone, so that the way out is not asked about again.
  useEffect(() => {
    if (left && !dirty) left();
  }, [left, dirty]);

  return {
    question: (onDiscard: () => void) => (
      <Confirm
        opened={leave !== undefined}
        title={t("automations.unsaved.title")}
        text={t("automations.unsaved.text")}
        confirm={t("automations.unsaved.leave")}
        busy={false}
        onConfirm={() => {
          setLeft(() => leave);
          setLeave(undefined);
          onDiscard();
        }}
        onClose={() => setLeave(undefined)}
      />
    ),
  };
}

/** The router's number of a history entry. */
function indexOf(state: unknown): number {
  const index = (state as { idx?: unknown } | null)?.idx;
  return typeof index === "number" ? index : 0;
}
