import { Alert, Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useEffect, useState } from "react";
import { Navigate, useLocation } from "react-router-dom";
import { login } from "../api/calls.ts";
import { explainError } from "../errors.ts";
import { useText } from "../texts.ts";
import { Door } from "./door.tsx";
import { nextPath } from "./next-path.ts";
import { useSessionQuery, useStartSession } from "./use-session.ts";

export function LoginPage() {
  const { t } = useText();
  const { search } = useLocation();
  const { data: session } = useSessionQuery();
  const startSession = useStartSession();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const attempt = useMutation({ mutationFn: () => login(email.trim(), password), onSuccess: startSession });
  const title = t("login.title");
  useEffect(() => {
    document.title = `${title} · ${t("app.name")}`;
  }, [title, t]);

  if (session) return <Navigate to={session.mustChangePassword ? `/password${search}` : nextPath(search)} replace />;
  const expired = new URLSearchParams(search).has("next");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    attempt.mutate();
  };
  return (
    <Door title={title} lead={expired ? t("login.leadAgain") : t("login.lead")}>
      <form onSubmit={submit}>
        <Stack gap="md">
          {attempt.error && (
            <Alert color="red" variant="light" role="alert">
              {explainError(attempt.error, t)}
            </Alert>
          )}
          <TextInput
            label={t("login.email")}
            type="email"
            autoComplete="username"
            required
            withAsterisk={false}
            autoFocus
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
          <PasswordInput
            label={t("login.password")}
            autoComplete="current-password"
            required
            withAsterisk={false}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            visibilityToggleButtonProps={{ "aria-label": t("login.showPassword") }}
          />
          <Button type="submit" fullWidth loading={attempt.isPending}>
            {t("login.submit")}
          </Button>
        </Stack>
      </form>
    </Door>
  );
}
