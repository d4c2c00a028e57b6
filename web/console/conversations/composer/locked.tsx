import { Button } from "@mantine/core";
import type { Conversation } from "../../../../contract/conversation.ts";
import { useSession } from "../../session/use-session.ts";
import { useText } from "../../texts.ts";
import type { Actions } from "../use-actions.tsx";
import styles from "./composer.module.css";

/** Why no reply can be written now, and the one step that changes it. */
export function Locked({
  conversation,
  resolved,
  kept,
  actions,
}: {
  conversation: Conversation;
  resolved: boolean;
  /** What has been written of a reply already. */
  kept: string;
  actions: Actions;
}) {
  const { t } = useText();
  const { user } = useSession();
  const { assignee, status } = conversation;
  return (
    <div className={styles.locked}>
      <span>
        {resolved
          ? t("composer.resolved")
          : assignee
            ? t("composer.taken", { name: assignee.name })
            : status === "pending" && conversation.kind === "person"
              ? t(conversation.draft ? "composer.withDraft" : "composer.withBot")
              : t("composer.unclaimed")}
        {kept && (
          <span className={styles.kept} role="status">
            {t("composer.kept")} <bdi>{kept}</bdi>
          </span>
        )}
      </span>
      {resolved ? (
        <Button size="xs" variant="default" loading={actions.busy} onClick={() => void actions.reopen()}>
          {t("thread.reopen")}
        </Button>
      ) : assignee ? (
        // Agents do not take from a colleague; who leads the shift may.
        user.role !== "agent" && (
          <Button size="xs" variant="default" loading={actions.busy} onClick={() => void actions.takeFrom(user.id)}>
            {t("claim.takeFrom", { name: assignee.name })}
          </Button>
        )
      ) : (
        <Button size="xs" loading={actions.busy} onClick={() => void actions.claim()}>
          {t("claim.action")}
        </Button>
      )}
    </div>
  );
}
