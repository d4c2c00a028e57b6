import { IconLock, IconRobot } from "@tabler/icons-react";
import { memo, useState } from "react";
import type { ChannelName, Message } from "../../../../contract/message.ts";
import { formatDate } from "../../../ui/format.ts";
import { useText } from "../../texts.ts";
import { ChannelIcon } from "../channel-icon.tsx";
import { BotDetails, BotSummary } from "./bot-details.tsx";
import { ByRule } from "./by-rule.tsx";
import { Failure, MayBeTwice, WillRetry } from "./failure.tsx";
import { MessageBody } from "./message-body.tsx";
import { OriginalHead } from "./original-head.tsx";
import { SenderMarks } from "./sender-marks.tsx";
import { StatusTick } from "./status-tick.tsx";
import styles from "./thread.module.css";

interface MessageRowProps {
  message: Message;
  contactName: string;
  /** The conversation's channel: a message that took another one says so. */
  channel: ChannelName;
  read: boolean;
  /** Follows one of the same author: the name is not repeated. */
  continued: boolean;
  /** The thread's subject until here. */
  subject: string | undefined;
  /** It can be passed on to somebody else, by this channel. */
  forwardBy: ChannelName | undefined;
  translated: boolean;
}

export const MessageRow = memo(function MessageRow(props: MessageRowProps) {
  const { message, contactName, channel, read, continued, subject, forwardBy, translated } = props;
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
          {message.automation && <ByRule automation={message.automation} />}
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
        {message.original && <OriginalHead original={message.original} subject={subject} />}
        {message.direction === "incoming" && <SenderMarks message={message} />}
        <MessageBody message={message} translated={translated} forwardBy={forwardBy} />
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
      {message.mayBeTwice && message.status !== "failed" && message.status !== "pending" && <MayBeTwice />}
      {message.status === "pending" && message.failure && <WillRetry message={message} />}
    </article>
  );
});
