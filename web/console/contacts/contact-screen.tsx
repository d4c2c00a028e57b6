import { Button } from "@mantine/core";
import { IconArrowLeft, IconArrowMerge, IconPencil } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { Link, useNavigate, useParams } from "react-router-dom";
import { ContactFacts } from "../conversations/contact/contact-facts.tsx";
import { ContactForm } from "../conversations/contact/contact-form.tsx";
import { useContact } from "../conversations/contact/use-contact.ts";
import { listContactConversations, listOrders, orderKeys } from "../orders/calls.ts";
import styles from "../orders/orders.module.css";
import { OrderTable } from "../orders/orders-screen.tsx";
import { Card, Screen } from "../settings/frame.tsx";
import { MoreButton } from "../shell/more-button.tsx";
import { Failed, Loading } from "../shell/states.tsx";
import { usePages } from "../shell/use-pages.ts";
import { useText } from "../texts.ts";
import { ConversationLines } from "./conversation-lines.tsx";
import { Identities } from "./identities.tsx";
import { MergeDialog } from "./merge-dialog.tsx";
import { SignOut } from "./sign-out.tsx";

/** One buyer: who they are, where they write from, what they ordered and said. */
export function ContactScreen() {
  const { t } = useText();
  const { contactId = "" } = useParams();
  const navigate = useNavigate();
  const [editing, setEditing] = useState(false);
  const [merging, setMerging] = useState(false);
  const details = useContact(contactId);
  const contact = details.data?.contact;
  const orders = usePages(orderKeys.ofContact(contactId), (cursor, signal) =>
    listOrders({ contact: contactId }, cursor, signal),
  );
  const conversations = usePages(["contact", contactId, "conversations"], (cursor, signal) =>
    listContactConversations(contactId, cursor, signal),
  );
  // The one that was merged into another is that other one now.
  const now = contact?.id;
  useEffect(() => {
    if (now && now !== contactId) void navigate(`/contacts/${now}`, { replace: true });
  }, [now, contactId, navigate]);
  return (
    <Screen
      wide
      title={contact ? contact.name || t("contact.unnamed") : t("orders.contacts.title")}
      lead={contact?.email ?? ""}
      action={
        contact && (
          <Button variant="default" leftSection={<IconArrowMerge size={16} />} onClick={() => setMerging(true)}>
            {t("orders.merge.open")}
          </Button>
        )
      }
    >
      <Link to="/contacts" className={styles.back}>
        <IconArrowLeft size={15} aria-hidden="true" />
        {t("orders.contacts.all")}
      </Link>
      {details.error && <Failed error={details.error} retry={() => void details.refetch()} />}
      {details.isPending && <Loading />}
      {details.data && contact && (
        <div className={styles.columns}>
          <div>
            <Card title={t("orders.title")}>
              {orders.error && <Failed error={orders.error} retry={() => void orders.refetch()} />}
              {orders.items?.length === 0 && <p className={styles.dimmed}>{t("orders.noOrders")}</p>}
              {orders.items && orders.items.length > 0 && <OrderTable orders={orders.items} />}
              <MoreButton query={orders} />
            </Card>
            <Card title={t("nav.conversations")}>
              {conversations.error && <Failed error={conversations.error} retry={() => void conversations.refetch()} />}
              {conversations.items?.length === 0 && <p className={styles.dimmed}>{t("contact.noHistory")}</p>}
              {conversations.items && <ConversationLines conversations={conversations.items} />}
              <MoreButton query={conversations} />
            </Card>
          </div>
          <div>
            <Card title={t("contact.details")}>
              {editing ? (
                <ContactForm contact={contact} onDone={() => setEditing(false)} />
              ) : (
                <>
                  <ContactFacts contact={contact} />
                  <Button
                    mt="sm"
                    size="xs"
                    variant="default"
                    leftSection={<IconPencil size={15} />}
                    onClick={() => setEditing(true)}
                  >
                    {t("contact.edit")}
                  </Button>
                </>
              )}
            </Card>
            <Card title={t("contact.identities")}>
              <Identities contact={contact} identities={details.data.identities} />
              <SignOut contactId={contact.id} />
            </Card>
          </div>
          <MergeDialog contact={contact} opened={merging} onClose={() => setMerging(false)} />
        </div>
      )}
    </Screen>
  );
}
