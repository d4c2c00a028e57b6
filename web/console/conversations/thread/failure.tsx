import { Button, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconAlertCircle, IconAt, IconClock, IconCopy, IconRefresh } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { Message } from "../../../../contract/message.ts";
import { keys } from "../../api/keys.ts";
import { retryMessage } from "../../api/mail.ts";
import { explainError } from "../../errors.ts";
import { useServices } from "../../realtime/console-provider.tsx";
import { type Translate, useText } from "../../texts.ts";
import { inWords } from "./original-head.tsx";
import styles from "./thread.module.css";

/** What a correction of the address can mend. */
const ADDRESS_PROBLEMS = new Set([
  "mailbox_unknown",
  "domain_unknown",
  "mailbox_disabled",
  "mailbox_full",
  "no_recipient",
]);

/** Why a message did not arrive, and what can be done: the same again, or to another address. */
export function Failure({ message }: { message: Message }) {
  const { t } = useText();
  const services = useServices();
  const client = useQueryClient();
  const { problem } = message;
  const [correcting, setCorrecting] = useState(false);
  const [address, setAddress] = useState(problem?.address ?? message.original?.to[0]?.address ?? "");
  const retry = useMutation({
    mutationFn: (to?: string) => retryMessage(message.conversationId, message.id, to),
    onSuccess: (fresh) => {
      services.thread(message.conversationId).updated(fresh);
      setCorrecting(false);
      void client.invalidateQueries({ queryKey: keys.conversation(message.conversationId) });
    },
    onError: (error) =>
      notifications.show({
        color: "red",
        message: explainError(error, t),
        role: "alert",
      }),
  });
  const correctable = problem && (problem.kind === "hard" || ADDRESS_PROBLEMS.has(problem.code));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (address.trim()) retry.mutate(address.trim());
  };
  return (
    <div className={styles.failure} role="alert">
      <IconAlertCircle size={15} aria-hidden="true" />
      <span className={styles.reason}>
        {failureText(t, message)}
        {problem?.said && (
          <details className={styles.said}>
            <summary>{t("mailboxes.failure.details")}</summary>
            <p dir="ltr">{[problem.address, problem.status, problem.said].filter(Boolean).join(" · ")}</p>
          </details>
        )}
      </span>
      {correcting ? (
        <form className={styles.correct} onSubmit={submit}>
          <TextInput
            type="email"
            size="xs"
            required
            dir="ltr"
            data-autofocus
            autoFocus
            aria-label={t("mailboxes.failure.address")}
            value={address}
            maxLength={254}
            onChange={(event) => setAddress(event.currentTarget.value)}
          />
          <Button type="submit" size="xs" loading={retry.isPending}>
            {t("mailboxes.failure.sendThere")}
          </Button>
          <Button size="xs" variant="subtle" color="gray" onClick={() => setCorrecting(false)}>
            {t("actions.cancel")}
          </Button>
        </form>
      ) : (
        <span className={styles.remedies}>
          {correctable && (
            <Button
              size="compact-xs"
              variant="light"
              color="red"
              leftSection={<IconAt size={13} />}
              onClick={() => setCorrecting(true)}
            >
              {t("mailboxes.failure.correct")}
            </Button>
          )}
          <Button
            size="compact-xs"
            variant="light"
            color="red"
            leftSection={<IconRefresh size={13} />}
            loading={retry.isPending}
            onClick={() => retry.mutate(undefined)}
          >
            {t("actions.retry")}
          </Button>
        </span>
      )}
    </div>
  );
}

/** A message that did not go out yet: why, and that it is tried again by itself. */
export function WillRetry({ message }: { message: Message }) {
  const { t } = useText();
  return (
    <p className={styles.willRetry}>
      <IconClock size={13} aria-hidden="true" />
      {t(isUnconfirmed(message) ? "mailboxes.failure.willRepeat" : "mailboxes.failure.willRetry", {
        reason: reasonOf(t, message),
      })}
    </p>
  );
}

/** A message that was sent a second time, because nobody knows whether it arrived the first time. */
export function MayBeTwice() {
  const { t } = useText();
  return (
    <p className={styles.willRetry}>
      <IconCopy size={13} aria-hidden="true" />
      {t("mailboxes.failure.mayBeTwice")}
    </p>
  );
}

/** It may have arrived all the same. */
function isUnconfirmed({ problem }: Message): boolean {
  return problem?.code === "unconfirmed";
}

function failureText(t: Translate, message: Message): string {
  if (!message.failure) return t("thread.failed");
  const reason = reasonOf(t, message);
  return isUnconfirmed(message) ? reason : t("thread.failedBecause", { reason });
}

/** In the reader's language where the reason is a known one; what came with the message otherwise. */
function reasonOf(t: Translate, { problem, failure = "" }: Message): string {
  return problem ? inWords(t, `email.failures.${problem.code}`, failure) : failure;
}
