import { DirectionProvider, MantineProvider, mergeThemeOverrides } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useMemo, useState } from "react";
import { I18nextProvider } from "react-i18next";
import { BrowserRouter, Navigate, Route, Routes } from "react-router-dom";
import { directionOf } from "../../contract/locales.ts";
import type { Translations } from "../ui/i18n.ts";
import { styleNonce } from "../ui/style-nonce.ts";
import { cssVariables, theme } from "../ui/theme.ts";
import { createQueryClient } from "./api/query-client.ts";
import { ConversationsPage } from "./conversations/page.tsx";
import { LoginPage } from "./session/login-page.tsx";
import { PasswordPage } from "./session/password-page.tsx";
import { RequireSession } from "./session/require-session.tsx";
import { TranslationsContext } from "./session/use-session.ts";
import { DemoMailbox } from "./shell/demo-mailbox.tsx";
import { ErrorBoundary } from "./shell/error-boundary.tsx";
import { NotFound } from "./shell/not-found.tsx";
import { Loading } from "./shell/states.tsx";

const AutomationsPage = lazy(() => import("./automations/page.tsx"));
const ContactsPage = lazy(() => import("./contacts/page.tsx"));
const OrdersPage = lazy(() => import("./orders/page.tsx"));
const SettingsPage = lazy(() => import("./settings/page.tsx"));

/** @param onShown called once the first screen is there */
export function App({ translations, onShown }: { translations: Translations; onShown(): void }) {
  useEffect(onShown, [onShown]);
  const [queryClient] = useState(createQueryClient);
  const language = useLanguage(translations);
  const direction = directionOf(language);
  // Toasts and dialogs are shown from many places; their close button has a name in the reader's language here.
  const close = translations.i18n.t("actions.close");
  const named = useMemo(() => {
    const closing = { defaultProps: { closeButtonProps: { "aria-label": close } } };
    return mergeThemeOverrides(theme, { components: { Notification: closing, Modal: closing, Drawer: closing } });
  }, [close]);
  return (
    <I18nextProvider i18n={translations.i18n}>
      <TranslationsContext value={translations}>
        {/* Mantine reads the direction once; a change of language between directions starts it anew. */}
        <DirectionProvider key={direction} initialDirection={direction}>
          <MantineProvider
            theme={named}
            cssVariablesResolver={cssVariables}
            defaultColorScheme="auto"
            getStyleNonce={styleNonce}
          >
            <QueryClientProvider client={queryClient}>
              <Notifications
                position={direction === "rtl" ? "bottom-right" : "bottom-left"}
                limit={4}
                autoClose={6_000}
              />
              <ErrorBoundary>
                {/* Shown at once: a key pressed right after moving on must not act on the conversation before. */}
                <BrowserRouter basename="/console" useTransitions={false}>
                  <Suspense fallback={<Loading />}>
                    <Routes>
                      <Route path="/login" element={<LoginPage />} />
                      <Route path="/password" element={<PasswordPage />} />
                      <Route element={<RequireSession />}>
                        <Route index element={<Navigate to="/conversations" replace />} />
                        <Route path="/conversations/:id?" element={<ConversationsPage />} />
                        <Route path="/automations/*" element={<AutomationsPage />} />
                        <Route path="/contacts/*" element={<ContactsPage />} />
                        <Route path="/orders/*" element={<OrdersPage />} />
                        <Route path="/settings/*" element={<SettingsPage />} />
                        <Route path="/mailbox" element={<DemoMailbox />} />
                        <Route path="*" element={<NotFound />} />
                      </Route>
                    </Routes>
                  </Suspense>
                </BrowserRouter>
              </ErrorBoundary>
            </QueryClientProvider>
          </MantineProvider>
        </DirectionProvider>
      </TranslationsContext>
    </I18nextProvider>
  );
}

function useLanguage({ i18n }: Translations) {
  const [language, setLanguage] = useState(i18n.language);
  useEffect(() => {
    i18n.on("languageChanged", setLanguage);
    return () => i18n.off("languageChanged", setLanguage);
  }, [i18n]);
  return language;
}
