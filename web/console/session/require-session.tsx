import { Navigate, Outlet, useLocation } from "react-router-dom";
import { ConsoleProvider } from "../realtime/console-provider.tsx";
import { Shell } from "../shell/shell.tsx";
import { useHeldKeys } from "../shell/shortcuts.tsx";
import { Failed, Loading } from "../shell/states.tsx";
import { SessionContext, useSessionQuery } from "./use-session.ts";

/** Lets through who is logged in; sends others to the login and back to where they were. */
export function RequireSession() {
  const { data: session, error, refetch } = useSessionQuery();
  const { pathname, search } = useLocation();
  useHeldKeys(session === undefined && !error);
  if (session === undefined) return error ? <Failed error={error} retry={() => void refetch()} /> : <Loading />;
  const next = encodeURIComponent(pathname + search);
  if (session === null) return <Navigate to={pathname === "/" ? "/login" : `/login?next=${next}`} replace />;
  if (session.mustChangePassword) return <Navigate to={`/password?next=${next}`} replace />;
  return (
    <SessionContext value={session}>
      <ConsoleProvider key={session.user.id}>
        <Shell>
          <Outlet />
        </Shell>
      </ConsoleProvider>
    </SessionContext>
  );
}
