import { IconArrowLeft } from "@tabler/icons-react";
import { useState } from "react";
import { Link, useLocation } from "react-router-dom";
import { useSession } from "../../session/use-session.ts";
import { isTextField, keyQueue } from "../../shell/keys.ts";
import { useHeldKeys, useShortcuts } from "../../shell/shortcuts.tsx";
import { Failed, Loading } from "../../shell/states.tsx";
import { useText } from "../../texts.ts";
import { Composer } from "../composer/composer.tsx";
import { DraftCard } from "../composer/draft-card.tsx";
import { useActions } from "../use-actions.tsx";
import { useConversation } from "../use-conversation.ts";
import { HeldByRules } from "./by-rule.tsx";
import { MessageList } from "./message-list.tsx";
import styles from "./thread.module.css";
import { ThreadHeader } from "./thread-header.tsx";

interface ConversationViewProps {
  id: string;
  /** Opens the buyer's details where they have no pane of their own. */
  onShowContact?: () => void;
}

export function ConversationView({ id, onShowContact }: ConversationViewProps) {
  const { t } = useText();
  const { user } = useSession();
  const { search } = useLocation();
  const { data: conversation, error, refetch } = useConversation(id);
  const actions = useActions(id);
  const [snoozing, setSnoozing] = useState(false);
  const [assigning, setAssigning] = useState(false);
  const mine = conversation?.assignee?.id === user.id;
  useShortcuts({
    claim: () =>
      conversation && !mine && conversation.status !== "resolved"
        ? actions.claim(!isTextField(document.activeElement))
        : undefined,
    resolve: () => (conversation && conversation.status !== "resolved" ? actions.resolve() : undefined),
    snooze: () => conversation && conversation.status !== "resolved" && setSnoozing(true),
    assign: () => conversation && setAssigning(true),
  });
  useHeldKeys(!conversation && !error);
  return (
    <section
      className={styles.pane}
      aria-label={t("thread.with", { name: conversation?.contact.name || t("contact.unnamed") })}
      onKeyDown={(event) => {
        // Inside the composer too, where single keys are letters.
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !mine && keyQueue.run("claim"))
          event.preventDefault();
      }}
    >
      {conversation ? (
        <>
          <ThreadHeader
            conversation={conversation}
            mine={mine}
            actions={actions}
            snoozing={snoozing}
            onSnoozing={setSnoozing}
            assigning={assigning}
            onAssigning={setAssigning}
            onShowContact={onShowContact}
          />
          <HeldByRules conversation={conversation} />
          <MessageList conversation={conversation} />
          {conversation.draft && (
            <DraftCard
              key={conversation.draft.id}
              conversation={conversation}
              draft={conversation.draft}
              onDiscard={() => void actions.discardDraft()}
              busy={actions.busy}
            />
          )}
          <Composer key={id} conversation={conversation} mine={mine} actions={actions} />
        </>
      ) : error ? (
        <>
          <Link to={{ pathname: "/conversations", search }} className={styles.backAlone}>
            <IconArrowLeft size={16} aria-hidden="true" className="parley-flip" />
            {t("thread.back")}
          </Link>
          <Failed error={error} retry={() => void refetch()} />
        </>
      ) : (
        <Loading />
      )}
    </section>
  );
}
