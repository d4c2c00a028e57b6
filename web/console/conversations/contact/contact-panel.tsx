import { ActionIcon, Skeleton, Tooltip } from "@mantine/core";
import { IconPencil, IconShieldCheck } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { Link, useLocation } from "react-router-dom";
import type { ContactSummary, Conversation } from "../../../../contract/conversation.ts";
import { displayName, formatDate, isTimeZone } from "../../../ui/format.ts";
import { useNow } from "../../../ui/now.ts";
import { Tag } from "../../../ui/tag.tsx";
import type { ContactIdentity } from "../../api/calls.ts";
import { Failed } from "../../shell/states.tsx";
import { type Translate, useText } from "../../texts.ts";
import { ChannelIcon } from "../channel-icon.tsx";
import { useActions } from "../use-actions.tsx";
import { useConversation, useInbox } from "../use-conversation.ts";
import { ContactForm } from "./contact-form.tsx";
import { Labels } from "./labels.tsx";
import styles from "./panel.module.css";
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
      {details.data && details.data.identities.length > 0 && (
        <Section title={t("contact.identities")}>
          <Identities identities={details.data.identities} />
        </Section>
      )}
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

function Section({ title, action, children }: { title: string; action?: ReactNode; children: ReactNode }) {
  return (
    <section className={styles.section}>
      <div className={styles.head}>
        <h3>{title}</h3>
        {action}
      </div>
      {children}
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>
        <bdi>{children}</bdi>
      </dd>
    </>
  );
}

function ContactFacts({ contact }: { contact: ContactSummary }) {
  const { t, locale } = useText();
  const now = useNow();
  return (
    <>
      <p className={styles.name}>
        <bdi>{contact.name || t("contact.unnamed")}</bdi>
        {contact.verified && (
          <Tooltip label={t("contact.verifiedHint")}>
            <span>
              <Tag tone="resolved" icon={<IconShieldCheck size={13} aria-hidden="true" />}>
                {t("contact.verified")}
              </Tag>
            </span>
          </Tooltip>
        )}
      </p>
      <dl className={styles.facts}>
        {contact.email && <Fact name={t("contact.email")}>{contact.email}</Fact>}
        {contact.locale && <Fact name={t("contact.language")}>{displayName("language", contact.locale, locale)}</Fact>}
        {contact.country && <Fact name={t("contact.country")}>{displayName("region", contact.country, locale)}</Fact>}
        {isTimeZone(contact.timeZone) && (
          <Fact name={t("contact.localTime")}>{formatDate(new Date(now), "time", locale, contact.timeZone)}</Fact>
        )}
      </dl>
    </>
  );
}

function Identities({ identities }: { identities: readonly ContactIdentity[] }) {
  const { t } = useText();
  return (
    <ul className={styles.identities}>
      {identities.map((identity) => (
        <li key={identity.id}>
          <ChannelIcon channel={identity.channel} size={15} />
          <bdi title={identity.key}>{identityLabel(identity.key, t)}</bdi>
          {identity.verified && <IconShieldCheck size={15} role="img" aria-label={t("contact.verified")} />}
        </li>
      ))}
    </ul>
  );
}

/** An address as it is; a browser or a customer of the shop by a short name. */
function identityLabel(key: string, t: Translate): string {
  const [, kind, id] = /^(visitor|customer):(.+)$/.exec(key) ?? [];
  if (kind === "visitor") return t("contact.visitor", { id: id!.slice(0, 8) });
  if (kind === "customer") return t("contact.customer", { id: id! });
  return key;
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
