import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { Navigate, useLocation } from "react-router-dom";
import { logout } from "../api/calls.ts";
import { keys } from "../api/keys.ts";
import { Failed, Loading } from "../shell/states.tsx";
import { useText } from "../texts.ts";
import { Door } from "./door.tsx";
import { nextPath } from "./next-path.ts";
import { PasswordForm } from "./password-form.tsx";
import { useSessionQuery, useStartSession } from "./use-session.ts";

/** The one-time password is in use: nothing else is allowed before it is changed. */
export function PasswordPage() {
  const { t } = useText();
  const { search } = useLocation();
  const { data: session, error, refetch } = useSessionQuery();
  const client = useQueryClient();
  const startSession = useStartSession();
  const title = t("password.firstTitle");
  useEffect(() => {
    document.title = `${title} · ${t("app.name")}`;
  }, [title, t]);

  if (session === undefined) return error ? <Failed error={error} retry={() => void refetch()} /> : <Loading />;
  if (session === null) return <Navigate to={`/login${search}`} replace />;
  if (!session.mustChangePassword) return <Navigate to={nextPath(search)} replace />;
  return (
    <Door title={title} lead={t("password.firstLead")}>
      <PasswordForm onChanged={(changed) => client.setQueryData(keys.session, changed)} username={session.user.email} />
      <Button
        variant="subtle"
        color="gray"
        fullWidth
        mt="sm"
        onClick={() => void logout().finally(() => startSession(null))}
      >
        {t("shell.logout")}
      </Button>
    </Door>
  );
}
