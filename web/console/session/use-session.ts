import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, useCallback, useContext, useEffect } from "react";
import type { Session } from "../../../contract/settings.ts";
import { ApiError, onUnauthenticated } from "../../ui/http.ts";
import type { Translations } from "../../ui/i18n.ts";
import { getSession } from "../api/calls.ts";
import { keys } from "../api/keys.ts";

export const TranslationsContext = createContext<Translations | null>(null);

export function useTranslations(): Translations {
  return useContext(TranslationsContext)!;
}

/** Who is logged in: null for nobody, undefined while it is not known yet. */
export function useSessionQuery() {
  const client = useQueryClient();
  const query = useQuery<Session | null>({
    queryKey: keys.session,
    queryFn: async ({ signal }) => {
      try {
        return await getSession(signal);
      } catch (error) {
        if (error instanceof ApiError && error.status === 401) return null;
        throw error;
      }
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
  // A session that ran out shows with whatever is asked next.
  useEffect(() => onUnauthenticated(() => client.setQueryData(keys.session, null)), [client]);
  const userLocale = query.data?.user.locale;
  const translations = useTranslations();
  useEffect(() => {
    if (userLocale && translations.i18n.language !== userLocale) void translations.use(userLocale);
  }, [userLocale, translations]);
  return query;
}

/** Puts a new session in place, and forgets what the cache holds of another person. */
export function useStartSession() {
  const client = useQueryClient();
  return useCallback(
    (session: Session | null) => {
      client.removeQueries({ predicate: (query) => query.queryKey[0] !== keys.session[0] });
      client.setQueryData(keys.session, session);
    },
    [client],
  );
}

export const SessionContext = createContext<Session | null>(null);

/** The session, inside of what only a logged-in person sees. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error("useSession needs RequireSession above it");
  return session;
}
