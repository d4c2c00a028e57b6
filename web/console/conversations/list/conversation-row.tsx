import { Skeleton } from "@mantine/core";
import { IconBellZ, IconCheck, IconPaperclip, IconRobot, IconTag, IconUser } from "@tabler/icons-react";
import { memo } from "react";
import { Link } from "react-router-dom";
import type { Conversation } from "../../../../contract/conversation.ts";
import { displayName, formatDate, formatDuration } from "../../../ui/format.ts";
import { useNow } from "../../../ui/now.ts";
import { useSession } from "../../session/use-session.ts";
import type { Row } from "../../sync/steady-rows.ts";
import { useText } from "../../texts.ts";
import { ChannelIcon } from "../channel-icon.tsx";
import { PriorityTag } from "../priority-tag.tsx";
import styles from "./list.module.css";
import { WaitingLabel } from "./waiting-label.tsx";

interface ConversationRowProps {
  row: Row;
  open: boolean;
  /** The query string to keep. */
  search: string;
  /** Reached by the Tab key; the others by the arrow keys. */
  tabStop: boolean;
}

export const ConversationRow = memo(function ConversationRow({ row, open, search, tabStop }: ConversationRowProps) {
  const { t, locale } = useText();
  const { conversation, gone } = row;
  const { contact } = conversation;
  return (
    <Link
      to={{ pathname: `/conversations/${conversation.id}`, search }}
      className={styles.row}
      data-gone={gone || undefined}
      data-unread={conversation.unread > 0 || undefined}
      aria-current={open ? "true" : undefined}
      tabIndex={tabStop ? 0 : -1}
    >
      <span className={styles.line}>
        {conversation.unread > 0 && (
          <span className={styles.unread}>
            <span aria-hidden="true">{conversation.unread > 9 ? "9+" : conversation.unread}</span>
            <span className="parley-hidden">{t("list.unread", { count: conversation.unread })}</span>
          </span>
        )}
        <bdi className={styles.name}>{contact.name || t("contact.unnamed")}</bdi>
        <span className={styles.meta}>
          <ChannelIcon channel={conversation.channel} size={14} />
          {conversation.locale && (
            <span className={styles.language}>
              <span aria-hidden="true">{conversation.locale}</span>
              <span className="parley-hidden">{displayName("language", conversation.locale, locale)}</span>
            </span>
          )}
          {conversation.waitingSince ? (
            <WaitingLabel since={conversation.waitingSince} />
          ) : (
            <Ago at={conversation.lastActivityAt} />
          )}
        </span>
      </span>
      <LastMessage conversation={conversation} />
      <Owner conversation={conversation} gone={gone} />
    </Link>
  );
});

function Ago({ at }: { at: string }) {
  const { locale } = useText();
  const span = useNow() - new Date(at).getTime();
  const label = span < 24 * 3_600_000 ? formatDuration(span, locale) : formatDate(at, "dayShort", locale);
  return (
    <time className={styles.ago} dateTime={at} title={formatDate(at, "full", locale)}>
      {label}
    </time>
  );
}

function LastMessage({ conversation }: { conversation: Conversation }) {
  const { t } = useText();
  const last = conversation.lastMessage;
  if (!last) return <span className={styles.text}>{t("list.noMessages")}</span>;
  return (
    <span className={styles.text}>
      {conversation.subject && <bdi className={styles.subject}>{conversation.subject}</bdi>}
      {last.author === "bot" && <IconRobot size={14} role="img" aria-label={t("author.bot")} />}
      {last.author === "user" && <span className={styles.us}>{t("list.us")}</span>}
      {last.attachments > 0 && <IconPaperclip size={14} role="img" aria-label={t("list.attachment")} />}
      <bdi dir="auto">{last.text || t("list.attachment")}</bdi>
    </span>
  );
}

function Owner({ conversation, gone }: { conversation: Conversation; gone: boolean }) {
  const { t, locale } = useText();
  const { user } = useSession();
  const { assignee, status, kind, snoozedUntil } = conversation;
  return (
    <span className={styles.owner}>
      <PriorityTag priority={conversation.priority} />
      {status === "resolved" ? (
        <span className={styles.resolved}>
          <IconCheck size={13} aria-hidden="true" />
          {t("status.resolved")}
        </span>
      ) : status === "snoozed" && snoozedUntil ? (
        <span className={styles.state}>
          <IconBellZ size={13} aria-hidden="true" />
          {formatDate(snoozedUntil, "weekdayTime", locale)}
        </span>
      ) : kind !== "person" && !assignee ? (
        <span className={styles.state}>{t(`kinds.${kind}`)}</span>
      ) : status === "pending" ? (
        <span className={styles.bot}>
          <IconRobot size={13} aria-hidden="true" />
          {conversation.draft ? t("list.draftWaits") : t("list.withBot")}
        </span>
      ) : assignee ? (
        <span className={styles.state}>
          <IconUser size={13} aria-hidden="true" />
          <bdi>{assignee.id === user.id ? t("list.you") : assignee.name}</bdi>
        </span>
      ) : (
        <span className={styles.nobody}>
          {conversation.handoffReason ? t(`reasonsShort.${conversation.handoffReason}`) : t("list.unassigned")}
        </span>
      )}
      {gone && <span className={styles.state}>{t("list.moved")}</span>}
      {conversation.labels.length > 0 && (
        <span className={styles.labels}>
          <IconTag size={12} role="img" aria-label={t("contact.labels")} />
          <bdi>{conversation.labels.join(" · ")}</bdi>
        </span>
      )}
    </span>
  );
}

/** Rows to come, in the size they will have. */
export function RowSkeletons({ count = 8 }: { count?: number }) {
  return (
    <div aria-hidden="true">
      {Array.from({ length: count }, (_, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: placeholders have nothing else to tell them apart
        <div key={at} className={styles.skeleton}>
          <Skeleton height={12} width={`${45 + ((at * 17) % 30)}%`} />
          <Skeleton height={10} width={`${70 + ((at * 11) % 25)}%`} />
          <Skeleton height={10} width="30%" />
        </div>
      ))}
    </div>
  );
}
