import { ActionIcon, Skeleton, Tooltip } from "@mantine/core";
import { IconArrowMerge, IconPencil } from "@tabler/icons-react";
import { useState } from "react";
import { Link, useLocation } from "react-router-dom";
import type { Conversation } from "../../../../contract/conversation.ts";
import { formatDate } from "../../../ui/format.ts";
import { Identities } from "../../contacts/identities.tsx";
import { MergeDialog } from "../../contacts/merge-dialog.tsx";
import { SignOut } from "../../contacts/sign-out.tsx";
import { Failed } from "../../shell/states.tsx";
import { useText } from "../../texts.ts";
import { ChannelIcon } from "../channel-icon.tsx";
import { useActions } from "../use-actions.tsx";
import { useConversation, useInbox } from "../use-conversation.ts";
import { ContactFacts, Fact } from "./contact-facts.tsx";
import { ContactForm } from "./contact-form.tsx";
import { Labels } from "./labels.tsx";
import { OrdersSection } from "./orders-section.tsx";
import styles from "./panel.module.css";
import { PriorityField } from "./priority-field.tsx";
import { Section } from "./section.tsx";
import { useContact } from "./use-contact.ts";

interface ContactPanelProps {
  conversationId: string;
  /** Inside of a drawer, which has its own title. */
  bare?: boolean;
}

export function ContactPanel({ conversationId, bare }: ContactPanelProps) {
  const { t, locale } = useText();
  const { data: conversation, isError } = useConversation(conversationId);
  const details = useContact(conversation?.contact.id);
  const inbox = useInbox(conversation?.inboxId);
  const actions = useActions(conversationId);
  const [editing, setEditing] = useState(false);
  const [merging, setMerging] = useState(false);
  const contact = details.data?.contact ?? conversation?.contact;
  if (!conversation || !contact) {
    return (
      <aside className={styles.panel} aria-label={t("contact.title")}>
        {!isError && (
          <div className={styles.section}>
            <Skeleton height={16} width="60%" />
            <Skeleton height={12} mt={12} />
            <Skeleton height={12} mt={8} width="80%" />
          </div>
        )}
      </aside>
    );
  }
  const others = (details.data?.conversations ?? []).filter((each) => each.id !== conversationId);
  return (
    <aside className={styles.panel} data-bare={bare || undefined} aria-label={t("contact.title")}>
      <Section
        title={bare ? t("contact.details") : t("contact.title")}
        action={
          !editing && (
            <Tooltip label={t("contact.edit")}>
              <ActionIcon size={26} aria-label={t("contact.edit")} onClick={() => setEditing(true)}>
                <IconPencil size={16} stroke={1.7} />
              </ActionIcon>
            </Tooltip>
          )
        }
      >
        {editing ? (
          <ContactForm contact={contact} onDone={() => setEditing(false)} />
        ) : (
          <ContactFacts contact={contact} />
        )}
      </Section>
      {details.error && <Failed error={details.error} retry={() => void details.refetch()} />}
      <OrdersSection contactId={contact.id} orderId={conversation.orderId} />
      {details.data && details.data.identities.length > 0 && (
        <Section
          title={t("contact.identities")}
          action={
            <Tooltip label={t("orders.merge.open")}>
              <ActionIcon size={26} aria-label={t("orders.merge.open")} onClick={() => setMerging(true)}>
                <IconArrowMerge size={16} stroke={1.7} />
              </ActionIcon>
            </Tooltip>
          }
        >
          <Identities contact={contact} identities={details.data.identities} />
          <SignOut contactId={contact.id} />
          <MergeDialog contact={contact} opened={merging} onClose={() => setMerging(false)} />
        </Section>
      )}
      <Section title={t("priority.title")}>
        <PriorityField priority={conversation.priority} onChange={(priority) => void actions.setPriority(priority)} />
      </Section>
      <Section title={t("contact.labels")}>
        <Labels labels={conversation.labels} onChange={(labels) => void actions.setLabels(labels)} />
      </Section>
      <Section title={t("contact.conversation")}>
        <dl className={styles.facts}>
          {inbox && <Fact name={t("contact.inbox")}>{inbox.name}</Fact>}
          <Fact name={t("contact.started")}>{formatDate(conversation.createdAt, "full", locale)}</Fact>
          {conversation.handoffReason && (
            <Fact name={t("contact.handedOff")}>{t(`reasonsShort.${conversation.handoffReason}`)}</Fact>
          )}
        </dl>
      </Section>
      <Section title={t("contact.history")}>
        {details.isPending ? (
          <Skeleton height={12} width="70%" />
        ) : others.length === 0 ? (
          <p className={styles.none}>{t("contact.noHistory")}</p>
        ) : (
          <ul className={styles.history}>
            {others.map((each) => (
              <HistoryItem key={each.id} conversation={each} />
            ))}
          </ul>
        )}
      </Section>
    </aside>
  );
}

function HistoryItem({ conversation }: { conversation: Conversation }) {
  const { t, locale } = useText();
  const { search } = useLocation();
  return (
    <li>
      <Link to={{ pathname: `/conversations/${conversation.id}`, search }} className={styles.historyItem}>
        <span>
          <ChannelIcon channel={conversation.channel} size={14} />
          {formatDate(conversation.lastActivityAt, "dayShort", locale)}
          <span className={styles.status}>{t(`status.${conversation.status}`)}</span>
        </span>
        <bdi dir="auto">{conversation.lastMessage?.text || t("list.noMessages")}</bdi>
      </Link>
    </li>
  );
}
