import { Button } from "@mantine/core";
import { IconAlertCircle, IconClock, IconLock } from "@tabler/icons-react";
import { useServices } from "../../realtime/console-provider.tsx";
import { useSession } from "../../session/use-session.ts";
import type { OutboxEntry } from "../../sync/outbox.ts";
import { useText } from "../../texts.ts";
import { Attachments } from "./attachments.tsx";
import { MessageText } from "./message-text.tsx";
import styles from "./thread.module.css";

/** A message that is not stored yet, where it will stand. */
export function PendingRow({ entry }: { entry: OutboxEntry }) {
  const { t } = useText();
  const { outbox } = useServices();
  const { user } = useSession();
  const failed = entry.state === "failed";
  return (
    <article className={styles.message} data-kind={entry.private ? "note" : "us"} data-pending={!failed || undefined}>
      <header className={styles.byline}>
        {entry.private && <IconLock size={13} aria-hidden="true" />}
        <bdi>{user.name}</bdi>
        {entry.private && <span>{t("thread.noteMark")}</span>}
      </header>
      <div className={styles.bubble}>
        <MessageText text={entry.text} />
        <Attachments attachments={entry.attachments} />
      </div>
      {failed ? (
        <div className={styles.failure} role="alert">
          <IconAlertCircle size={14} aria-hidden="true" />
          <span>{t("thread.notSent", { reason: entry.error ?? "" })}</span>
          <Button size="compact-xs" variant="light" color="red" onClick={() => outbox.retry(entry.echoId)}>
            {t("actions.retry")}
          </Button>
          <Button size="compact-xs" variant="subtle" color="gray" onClick={() => outbox.discard(entry.echoId)}>
            {t("actions.discard")}
          </Button>
        </div>
      ) : (
        <footer className={styles.foot}>
          <span className={styles.tick} data-status="pending">
            <IconClock size={14} aria-hidden="true" />
            {entry.state === "sending" ? t("messageStatus.pending") : t("thread.waitsForConnection")}
          </span>
        </footer>
      )}
    </article>
  );
}
