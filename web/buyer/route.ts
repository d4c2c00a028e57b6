import { useEffect, useState } from "preact/hooks";

/** Where the reader is, as the address says. */
export type Route =
  | { page: "threads" }
  | { page: "thread"; id: string }
  | { page: "new"; orderId?: string }
  | { page: "policies" }
  /** A code for what the link did not open. */
  | { page: "all" }
  /** Behind "I did not ask for this" in a code's mail. */
  | { page: "not-me"; token: string }
  | { page: "expired" };

const BASE = "/messages";

export function pathOf(route: Route): string {
  if (route.page === "threads") return BASE;
  if (route.page === "thread") return `${BASE}/t/${route.id}`;
  if (route.page === "new" && route.orderId !== undefined)
    return `${BASE}/new?order=${encodeURIComponent(route.orderId)}`;
  return `${BASE}/${route.page}`;
}

export function routeOf({ pathname, search }: Pick<Location, "pathname" | "search">): Route {
  const [, , page, id] = pathname.split("/");
  if (page === "t" && id) return { page: "thread", id };
  if (page === "new") {
    const orderId = new URLSearchParams(search).get("order");
    return { page, ...(orderId && { orderId }) };
  }
  if (page === "not-me") return { page, token: new URLSearchParams(search).get("code") ?? "" };
  if (page === "policies" || page === "all" || page === "expired") return { page };
  return { page: "threads" };
}

const CHANGED = "parley:route";

/** Goes to another page without loading anew. `replace`: the present one is no place to come back to. */
export function navigate(route: Route, { replace = false } = {}): void {
  history[replace ? "replaceState" : "pushState"](null, "", pathOf(route));
  window.dispatchEvent(new Event(CHANGED));
}

/** The present page; follows links, the back button and `navigate`. */
export function useRoute(): Route {
  const [route, setRoute] = useState(() => routeOf(location));
  useEffect(() => {
    const follow = () => setRoute(routeOf(location));
    window.addEventListener("popstate", follow);
    window.addEventListener(CHANGED, follow);
    return () => {
      window.removeEventListener("popstate", follow);
      window.removeEventListener(CHANGED, follow);
    };
  }, []);
  return route;
}
