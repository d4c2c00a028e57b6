import { Button, Group, Textarea } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconRobot } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Draft } from "../../../../contract/bot.ts";
import type { Conversation } from "../../../../contract/conversation.ts";
import { displayName } from "../../../ui/format.ts";
import { approveDraft } from "../../api/calls.ts";
import { keys } from "../../api/keys.ts";
import { explainError } from "../../errors.ts";
import { useServices } from "../../realtime/console-provider.tsx";
import { useText } from "../../texts.ts";
import { BotDetails, BotSummary } from "../thread/bot-details.tsx";
import { MessageText } from "../thread/message-text.tsx";
import styles from "./composer.module.css";

interface DraftCardProps {
  conversation: Conversation;
  draft: Draft;
  busy: boolean;
  onDiscard(): void;
}

/** What the bot would answer, waiting for a person to send, change or drop it. */
export function DraftCard({ conversation, draft, busy, onDiscard }: DraftCardProps) {
  const { t, locale } = useText();
  const services = useServices();
  const client = useQueryClient();
  const [details, setDetails] = useState(false);
  const [edited, setEdited] = useState<string>();
  const approve = useMutation({
    mutationFn: () => approveDraft(conversation.id, edited !== undefined && edited !== draft.text ? edited : undefined),
    onSuccess: (message) => services.thread(conversation.id).posted(message),
    onError: (error) => notifications.show({ color: "red", message: explainError(error, t) }),
    onSettled: () => client.invalidateQueries({ queryKey: keys.conversation(conversation.id) }),
  });
  const editing = edited !== undefined;
  return (
    <section className={styles.draft} aria-label={t("draft.title")}>
      <header className={styles.draftHead}>
        <IconRobot size={15} aria-hidden="true" />
        <strong>{t("draft.title")}</strong>
        {draft.locale && <span>{displayName("language", draft.locale, locale)}</span>}
        <BotSummary bot={draft.bot} open={details} onToggle={() => setDetails(!details)} />
      </header>
      {editing ? (
        <Textarea
          aria-label={t("draft.edit")}
          autosize
          minRows={2}
          maxRows={8}
          dir="auto"
          value={edited}
          data-autofocus
          autoFocus
          onChange={(event) => setEdited(event.currentTarget.value)}
        />
      ) : (
        <div className={styles.draftText}>
          <MessageText text={draft.text} />
        </div>
      )}
      {details && <BotDetails bot={draft.bot} />}
      <Group gap="xs" mt={8}>
        <Button
          size="xs"
          loading={approve.isPending}
          disabled={editing && !edited.trim()}
          onClick={() => approve.mutate()}
        >
          {editing ? t("draft.sendEdited") : t("draft.approve")}
        </Button>
        {editing ? (
          <Button size="xs" variant="default" onClick={() => setEdited(undefined)}>
            {t("actions.cancel")}
          </Button>
        ) : (
          <Button size="xs" variant="default" onClick={() => setEdited(draft.text)}>
            {t("draft.edit")}
          </Button>
        )}
        <Button size="xs" variant="subtle" color="gray" loading={busy} disabled={approve.isPending} onClick={onDiscard}>
          {t("draft.discard")}
        </Button>
      </Group>
    </section>
  );
}
