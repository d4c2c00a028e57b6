/** @jsxImportSource preact */
import { render } from "preact";
import { directionOf, SOURCE_LOCALE } from "../../contract/locales.ts";
import type { WidgetConfig } from "../../contract/sockets.ts";
import { accentColors } from "../ui/chat/colors.ts";
import { translator } from "../ui/texts.ts";
import { chooseLocale, WidgetChat } from "./chat.ts";
import { type Embed, readEmbed, tellDeveloper } from "./embed.ts";
import css from "./styles.css?inline";
import { App } from "./view/app.tsx";

/** The shop's page may do this much: `window.Parley`. The widget has no other global. */
export interface ParleyApi {
  open(): void;
  close(): void;
  /** Says who the shopper is: `{token}`, made on the shop's server. */
  identify(identity: unknown): void;
  /** The shopper logged out: the session ends on all tabs, and this browser forgets the conversation. */
  logout(): void;
}

declare global {
  interface Window {
    Parley?: ParleyApi;
  }
}

const script = document.currentScript ?? document.querySelector("script[data-inbox][src*='widget.js']");
if (script instanceof HTMLScriptElement && !window.Parley) {
  const embed = readEmbed(script);
  if (embed) start(embed);
}

function start(embed: Embed): void {
  // Calls of the page before everything is loaded are kept for later.
  let chat: WidgetChat | undefined;
  const early: ((chat: WidgetChat) => void)[] = [];
  const soon = (run: (chat: WidgetChat) => void) => {
    if (chat) run(chat);
    else early.push(run);
  };
  window.Parley = {
    open: () => soon((it) => it.open()),
    close: () => soon((it) => it.close()),
    identify: (identity) => soon((it) => it.identify(identity)),
    logout: () => soon((it) => it.logout()),
  };
  void load(embed).then((loaded) => {
    if (!loaded) return;
    chat = mount(embed, loaded);
    for (const run of early) run(chat);
  });
  tellPage("ready");
}

interface Loaded {
  config: WidgetConfig;
  texts: Record<string, unknown>;
  locale: string;
}

/** Settings and the reader's own texts; tried until they are there. Undefined when the hub knows no such inbox. */
async function load(embed: Embed): Promise<Loaded | undefined> {
  const locale = chooseLocale(embed.locale);
  const configUrl = new URL("api/v1/widget/config", embed.base);
  configUrl.searchParams.set("inbox", embed.inboxKey);
  for (let pause = 1_000; ; pause = Math.min(pause * 2, 60_000)) {
    try {
      const [config, texts] = await Promise.all([fetchJson<WidgetConfig>(configUrl), fetchTexts(embed.base, locale)]);
      return { config, texts, locale };
    } catch (error) {
      if (error instanceof Denied) {
        tellDeveloper(error.message, embed.inboxKey);
        return undefined;
      }
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

/** English where the hub lacks the reader's language, as an older one may. */
async function fetchTexts(base: URL, locale: string): Promise<Loaded["texts"]> {
  try {
    return await fetchJson(new URL(`locales/${locale}/widget.json`, base));
  } catch (error) {
    if (!(error instanceof Denied) || locale === SOURCE_LOCALE) throw error;
    return fetchTexts(base, SOURCE_LOCALE);
  }
}

/** The hub's answer will not change by asking again. */
class Denied extends Error {}

async function fetchJson<T>(url: URL): Promise<T> {
  // No cookies: the widget knows its visitor by token alone.
  const response = await fetch(url.href, { credentials: "omit" });
  if (response.ok) return (await response.json()) as T;
  if (response.status === 404 || response.status === 403) {
    const body = (await response.json().catch(() => undefined)) as { error?: { message?: string } } | undefined;
    throw new Denied(body?.error?.message ?? `${url.pathname}: ${response.status}`);
  }
  throw new Error(String(response.status));
}

function mount(embed: Embed, { config, texts, locale }: Loaded): WidgetChat {
  const host = document.createElement("div");
  host.lang = locale;
  host.dir = directionOf(locale);
  const shadow = host.attachShadow({ mode: "open" });
  addStyles(shadow);
  followAccent(host, config.accent);
  // Shortcuts of the shop's page must not fire while someone writes here.
  for (const type of ["keydown", "keypress", "keyup"]) host.addEventListener(type, (event) => event.stopPropagation());
  const chat = new WidgetChat({
    embed,
    config,
    locale,
    t: translator(texts, locale),
    onGone: () => {
      render(null, shadow);
      host.remove();
    },
    onIdentityRefused: ({ code }) => tellPage("identity", { code }),
  });
  chat.onArrival(({ direction, automatic }) => tellPage("message", { direction, automatic }));
  render(<App chat={chat} />, shadow);
  const add = () => document.body.append(host);
  if (document.body) add();
  else document.addEventListener("DOMContentLoaded", add);
  return chat;
}

/** For the page's own scripts: `parley:ready`, `parley:message`, `parley:identity`. What was written is not told. */
function tellPage(name: "ready" | "message" | "identity", detail?: Record<string, unknown>): void {
  window.dispatchEvent(new CustomEvent(`parley:${name}`, { detail }));
}

/** Style sheets made by script are allowed where the page's policy forbids inline styles. */
function addStyles(shadow: ShadowRoot): void {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    shadow.adoptedStyleSheets = [sheet];
  } catch {
    // Safari before 16.4 has no such sheets.
    const style = document.createElement("style");
    style.textContent = css;
    shadow.append(style);
  }
}

function followAccent(host: HTMLElement, accent: string): void {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const paint = () => {
    const { fill, ink, text } = accentColors(accent, dark.matches);
    host.style.setProperty("--accent", fill);
    host.style.setProperty("--accent-ink", ink);
    host.style.setProperty("--accent-text", text);
  };
  paint();
  dark.addEventListener?.("change", paint);
}
