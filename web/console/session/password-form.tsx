import { Alert, Button, PasswordInput, Stack } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { Session } from "../../../contract/settings.ts";
import { changePassword } from "../api/calls.ts";
import { explainError } from "../errors.ts";
import { useText } from "../texts.ts";

/** changePasswordSchema's least length. */
const SHORTEST = 10;

interface PasswordFormProps {
  /** Tells a password manager whose password changes. */
  username: string;
  onChanged(session: Session): void;
}

export function PasswordForm({ username, onChanged }: PasswordFormProps) {
  const { t } = useText();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [again, setAgain] = useState("");
  const [tried, setTried] = useState(false);
  const change = useMutation({
    mutationFn: () => changePassword(current, next),
    onSuccess: (session) => {
      for (const set of [setCurrent, setNext, setAgain]) set("");
      setTried(false);
      onChanged(session);
    },
  });
  const tooShort = next.length < SHORTEST;
  const differs = next !== again;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!tooShort && !differs) change.mutate();
  };
  const eye = { "aria-label": t("login.showPassword") };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        {change.error && (
          <Alert color="red" variant="light" role="alert">
            {explainError(change.error, t)}
          </Alert>
        )}
        <input type="text" name="username" autoComplete="username" value={username} readOnly hidden />
        <PasswordInput
          label={t("password.current")}
          autoComplete="current-password"
          required
          withAsterisk={false}
          value={current}
          onChange={(event) => setCurrent(event.currentTarget.value)}
          visibilityToggleButtonProps={eye}
        />
        <PasswordInput
          label={t("password.next")}
          description={t("password.rule", { count: SHORTEST })}
          autoComplete="new-password"
          required
          withAsterisk={false}
          value={next}
          onChange={(event) => setNext(event.currentTarget.value)}
          error={tried && tooShort ? t("password.tooShort", { count: SHORTEST }) : undefined}
          visibilityToggleButtonProps={eye}
        />
        <PasswordInput
          label={t("password.again")}
          autoComplete="new-password"
          required
          withAsterisk={false}
          value={again}
          onChange={(event) => setAgain(event.currentTarget.value)}
          error={tried && !tooShort && differs ? t("password.differs") : undefined}
          visibilityToggleButtonProps={eye}
        />
        <Button type="submit" loading={change.isPending} disabled={!current || !next}>
          {t("password.submit")}
        </Button>
      </Stack>
    </form>
  );
}
