/** @jsxImportSource preact */
import { LOCALE_NAMES, LOCALES, type Locale } from "../../../contract/locales.ts";
import type { Route } from "../route.ts";
import type { Texts } from "../texts.ts";
import { PageLink } from "./page-link.tsx";

interface BarProps {
  texts: Texts;
  shopName: string;
  route: Route;
  /** Somebody whose messages these are. */
  known: boolean;
  onSpeak: (locale: Locale) => void;
  onLogout: () => void;
}

/** The shop's name, where to go, and the language. */
export function Bar({ texts: { t, locale }, shopName, route, known, onSpeak, onLogout }: BarProps) {
  return (
    <header class="bar">
      <p class="shop-name">
        <bdi>{shopName}</bdi>
      </p>
      {known && (
        <nav aria-label={t("titlePlain")}>
          <PageLink to={{ page: "threads" }} current={route.page !== "policies"}>
            {t("nav.messages")}
          </PageLink>
          <PageLink to={{ page: "policies" }} current={route.page === "policies"}>
            {t("nav.policies")}
          </PageLink>
        </nav>
      )}
      <select
        class="language"
        aria-label={t("nav.language")}
        value={locale}
        onChange={(event) => onSpeak(event.currentTarget.value as Locale)}
      >
        {LOCALES.map((each) => (
          <option key={each} value={each} lang={each}>
            {LOCALE_NAMES[each]}
          </option>
        ))}
      </select>
      {known && (
        <button type="button" class="quiet" onClick={onLogout}>
          {t("nav.logout")}
        </button>
      )}
    </header>
  );
}
