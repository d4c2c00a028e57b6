import { Link } from "react-router-dom";
import type { Conversation } from "../../../contract/conversation.ts";
import { formatDate } from "../../ui/format.ts";
import { Tag } from "../../ui/tag.tsx";
import { ChannelIcon } from "../conversations/channel-icon.tsx";
import styles from "../orders/orders.module.css";
import { useText } from "../texts.ts";

/** Conversations as lines that open them. */
export function ConversationLines({ conversations }: { conversations: readonly Conversation[] }) {
  const { t, locale } = useText();
  return (
    <ul className={styles.list}>
      {conversations.map((each) => (
        <li key={each.id}>
          <div className={styles.line}>
            <ChannelIcon channel={each.channel} size={15} />
            <Link to={`/conversations/${each.id}`}>{formatDate(each.lastActivityAt, "full", locale)}</Link>
            {each.orderId && (
              <small className={styles.dimmed}>{t("orders.orderTitle", { number: each.orderId })}</small>
            )}
            <span className={styles.end}>
              <Tag>{t(`status.${each.status}`)}</Tag>
            </span>
          </div>
          <bdi dir="auto" className={styles.dimmed}>
            {each.lastMessage?.text || t("list.noMessages")}
          </bdi>
        </li>
      ))}
    </ul>
  );
}
