import type { Message } from "../../../../contract/message.ts";
import { formatDate } from "../../../ui/format.ts";
import { useText } from "../../texts.ts";
import { activityText } from "./activity-text.ts";
import styles from "./thread.module.css";

/** A thin line for what happened between the messages. */
export function ActivityLine({ message }: { message: Message }) {
  const { t, locale } = useText();
  return (
    <div className={styles.activity} data-kind={message.activity?.kind}>
      <span>
        <bdi>{activityText(message, t, locale)}</bdi>{" "}
        <time dateTime={message.createdAt} title={formatDate(message.createdAt, "full", locale)}>
          {formatDate(message.createdAt, "time", locale)}
        </time>
      </span>
    </div>
  );
}
