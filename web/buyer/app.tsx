/** @jsxImportSource preact */
import { useCallback, useEffect, useMemo, useReducer, useState } from "preact/hooks";
import type { BuyerSession, BuyerShop } from "../../contract/buyer.ts";
import type { Locale } from "../../contract/locales.ts";
import { accentColors } from "../ui/chat/colors.ts";
import { Icon } from "../ui/chat/view/icons.tsx";
import { ApiError } from "../ui/http.ts";
import { CentreContext } from "./context.ts";
import { hub } from "./hub.ts";
import { navigate, type Route, useRoute } from "./route.ts";
import { loadTexts, rememberLocale, type Texts } from "./texts.ts";
import { Threads } from "./threads.ts";
import { AllPage } from "./view/all-page.tsx";
import { Bar } from "./view/bar.tsx";
import { LinkPage } from "./view/link-page.tsx";
import { NewPage } from "./view/new-page.tsx";
import { NotMePage } from "./view/not-me-page.tsx";
import { PoliciesPage } from "./view/policies-page.tsx";
import { ThreadList } from "./view/thread-list.tsx";
import { ThreadPage } from "./view/thread-page.tsx";

/** `out`: nobody is known yet; `left`: the buyer has logged out; `ended`: they were signed out, or it was too long ago. */
type Who = "unknown" | "out" | "left" | "ended" | "failed" | BuyerSession;

/** The whole message centre: who the cookie stands for, then the page that the address names. */
export function App({ first }: { first: Texts }) {
  const [texts, setTexts] = useState(first);
  const [who, setWho] = useState<Who>("unknown");
  const [shop, setShop] = useState<BuyerShop>();
  const route = useRoute();
  const { t } = texts;

  const load = useCallback(async () => {
    setWho("unknown");
    try {
      const session = await hub.session();
      setShop(session);
      setWho(session);
    } catch (error) {
      const out = error instanceof ApiError && error.code === "link_expired";
      if (out) setShop(await hub.shop().catch(() => undefined));
      setWho(out ? "out" : "failed");
    }
  }, []);
  useEffect(() => void load(), [load]);
  useAccent(shop?.accent);

  const speak = async (locale: Locale) => {
    rememberLocale(locale);
    setTexts(await loadTexts(locale));
  };
  const onExpired = useCallback(() => setWho("ended"), []);
  const onOpened = () => {
    navigate({ page: "threads" }, { replace: true });
    void load();
  };
  const logout = async () => {
    await hub.logout().catch(() => undefined);
    setWho("left");
    navigate({ page: "threads" }, { replace: true });
  };

  useEffect(() => {
    document.title = shop ? t("title", { shop: shop.shopName }) : t("titlePlain");
  }, [shop, t]);

  const known = typeof who === "object" ? who : undefined;
  const shows = route.page === "expired" || route.page === "not-me" || !known ? "door" : "centre";
  return (
    <>
      <a class="skip" href="#content">
        {t("nav.skip")}
      </a>
      <Bar
        texts={texts}
        shopName={shop?.shopName ?? ""}
        route={route}
        known={shows === "centre"}
        onSpeak={speak}
        onLogout={logout}
      />
      {route.page === "not-me" ? (
        <NotMePage texts={texts} token={route.token} />
      ) : shows === "centre" && known ? (
        <CentrePages
          key={`${known.key} ${known.scope ? "part" : "all"} ${texts.locale}`}
          texts={texts}
          session={known}
          route={route}
          onExpired={onExpired}
          onOpened={onOpened}
        />
      ) : who === "unknown" ? (
        <main id="content" class="door" aria-busy="true" />
      ) : who === "failed" ? (
        <main id="content" class="door">
          <p role="alert">{t("list.failed")}</p>
          <button type="button" class="button" onClick={() => void load()}>
            {t("list.retry")}
          </button>
        </main>
      ) : (
        <LinkPage
          key={route.page}
          texts={texts}
          why={route.page === "expired" ? "expired" : who === "left" || who === "ended" ? who : "welcome"}
          canReturn={known !== undefined}
          onOpened={onOpened}
        />
      )}
    </>
  );
}

interface CentrePagesProps {
  texts: Texts;
  session: BuyerSession;
  route: Route;
  onExpired: () => void;
  onOpened: () => void;
}

/** The list, and beside it (on a phone instead of it) what was chosen. */
function CentrePages({ texts, session, route, onExpired, onOpened }: CentrePagesProps) {
  const threads = useMemo(() => new Threads(onExpired), [onExpired]);
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    const stop = threads.subscribe(() => redraw(undefined));
    void threads.read();
    return stop;
  }, [threads]);
  const listens = route.page !== "thread";
  useEffect(() => (listens ? threads.listen() : undefined), [threads, listens]);
  const centre = useMemo(() => ({ ...texts, session, threads, onExpired }), [texts, session, threads, onExpired]);
  return (
    <CentreContext.Provider value={centre}>
      <main id="content" class={`centre shows-${route.page}`} tabIndex={-1}>
        <ThreadList route={route} />
        <div class="pane">
          {route.page === "threads" && <Icon name="message" size={48} />}
          {route.page === "thread" && <ThreadPage key={route.id} id={route.id} />}
          {route.page === "new" && (
            <NewPage key={route.orderId ?? ""} {...(route.orderId && { orderId: route.orderId })} />
          )}
          {route.page === "policies" && <PoliciesPage />}
          {route.page === "all" && <AllPage onOpened={onOpened} />}
        </div>
      </main>
    </CentreContext.Provider>
  );
}

/** The seller's colour, as far as it can be read on this ground. */
function useAccent(accent: string | undefined): void {
  useEffect(() => {
    if (!accent) return;
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const paint = () => {
      const { fill, ink, text } = accentColors(accent, dark.matches);
      const { style } = document.documentElement;
      style.setProperty("--accent", fill);
      style.setProperty("--accent-ink", ink);
      style.setProperty("--accent-text", text);
    };
    paint();
    dark.addEventListener?.("change", paint);
    return () => dark.removeEventListener?.("change", paint);
  }, [accent]);
}
