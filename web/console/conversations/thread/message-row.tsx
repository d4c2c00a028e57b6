import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconLock, IconRefresh, IconRobot } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { memo, useState } from "react";
import type { ChannelName, Message } from "../../../../contract/message.ts";
import { formatDate } from "../../../ui/format.ts";
import { PlainText } from "../../../ui/plain-text.tsx";
import { retryMessage } from "../../api/calls.ts";
import { explainError } from "../../errors.ts";
import { useServices } from "../../realtime/console-provider.tsx";
import { useText } from "../../texts.ts";
import { ChannelIcon } from "../channel-icon.tsx";
import { Attachments } from "./attachments.tsx";
import { BotDetails, BotSummary } from "./bot-details.tsx";
import { StatusTick } from "./status-tick.tsx";
import styles from "./thread.module.css";

/** Longer texts are folded: a buyer's forwarded mail must not bury the conversation. Characters. */
const FOLD_AFTER = 1_600;

interface MessageRowProps {
  message: Message;
  contactName: string;
  /** The conversation's channel: a message that took another one says so. */
  channel: ChannelName;
  read: boolean;
  /** Follows one of the same author: the name is not repeated. */
  continued: boolean;
}

export const MessageRow = memo(function MessageRow(props: MessageRowProps) {
  const { message, contactName, channel, read, continued } = props;
  const { t, locale } = useText();
  const [details, setDetails] = useState(false);
  const fromContact = message.author.type === "contact";
  const kind = message.private ? "note" : fromContact ? "them" : message.author.type === "bot" ? "bot" : "us";
  const name = fromContact
    ? message.author.name || contactName || t("contact.unnamed")
    : message.author.type === "user"
      ? (message.author.name ?? t("author.user"))
      : t(`author.${message.author.type}`);
  return (
    <article className={styles.message} data-kind={kind} data-continued={continued || undefined}>
      {!continued && (
        <header className={styles.byline}>
          {kind === "note" && <IconLock size={13} aria-hidden="true" />}
          {kind === "bot" && <IconRobot size={14} aria-hidden="true" />}
          <bdi>{name}</bdi>
          {kind === "bot" && message.author.name && <span>{t("bot.approvedBy", { name: message.author.name })}</span>}
          {kind === "note" && <span>{t("thread.noteMark")}</span>}
          {message.bot && <BotSummary bot={message.bot} open={details} onToggle={() => setDetails(!details)} />}
          {message.channel !== channel && !message.private && (
            <span className={styles.via}>
              <ChannelIcon channel={message.channel} size={13} decorative />
              {t("thread.via", { channel: t(`channels.${message.channel}`) })}
            </span>
          )}
        </header>
      )}
      <div className={styles.bubble}>
        <MessageText text={message.text} />
        <Attachments attachments={message.attachments} />
      </div>
      {details && message.bot && <BotDetails bot={message.bot} />}
      <footer className={styles.foot}>
        <time dateTime={message.createdAt} title={formatDate(message.createdAt, "full", locale)}>
          {formatDate(message.createdAt, "time", locale)}
        </time>
        {message.direction === "outgoing" && !message.private && (
          <StatusTick status={read && message.status !== "failed" ? "read" : message.status} />
        )}
      </footer>
      {message.status === "failed" && <Failure message={message} />}
    </article>
  );
});

export function MessageText({ text }: { text: string }) {
  const { t } = useText();
  const [open, setOpen] = useState(false);
  if (!text) return null;
  const long = text.length > FOLD_AFTER;
  const shown = long && !open ? foldText(text) : text;
  return (
    <>
      <p className={styles.text} dir="auto">
        <PlainText text={shown} />
        {long && !open && "…"}
      </p>
      {long && (
        <button type="button" className={styles.fold} aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? t("thread.showLess") : t("thread.showAll")}
        </button>
      )}
    </>
  );
}

/** Cuts between words where there are any, and never inside of a character. */
function foldText(text: string): string {
  const cut = text.slice(0, FOLD_AFTER);
  const space = cut.search(/\s\S{0,60}$/u);
  return (space > 0 ? cut.slice(0, space) : cut).replace(/[\uD800-\uDBFF]$/, "");
}

function Failure({ message }: { message: Message }) {
  const { t } = useText();
  const services = useServices();
  const retry = useMutation({
    mutationFn: () => retryMessage(message.conversationId, message.id),
    onSuccess: (fresh) => services.thread(message.conversationId).updated(fresh),
    onError: (error) => notifications.show({ color: "red", message: explainError(error, t) }),
  });
  return (
    <div className={styles.failure} role="alert">
      <span>{message.failure ? t("thread.failedBecause", { reason: message.failure }) : t("thread.failed")}</span>
      <Button
        size="compact-xs"
        variant="light"
        color="red"
        leftSection={<IconRefresh size={13} />}
        loading={retry.isPending}
        onClick={() => retry.mutate()}
      >
        {t("actions.retry")}
      </Button>
    </div>
  );
}
