import { IconAlertCircle, IconCheck, IconChecks, IconClock } from "@tabler/icons-react";
import type { MessageStatus } from "../../../../contract/message.ts";
import { useText } from "../../texts.ts";
import styles from "./thread.module.css";

const ICONS: Record<MessageStatus, typeof IconCheck> = {
  pending: IconClock,
  sent: IconCheck,
  delivered: IconChecks,
  read: IconChecks,
  failed: IconAlertCircle,
};

/** How far a message of ours has come, as a mark and a word. */
export function StatusTick({ status }: { status: MessageStatus }) {
  const { t } = useText();
  const Icon = ICONS[status];
  return (
    <span className={styles.tick} data-status={status}>
      <Icon size={14} stroke={2} aria-hidden="true" />
      {t(`messageStatus.${status}`)}
    </span>
  );
}
